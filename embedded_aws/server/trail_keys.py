"""The public keys with which the digests of a Region can be verified. Who signs has the private ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class PublicKey:
    """`value` is DER, PKCS#1. Both ends of its validity are inclusive."""

    value: bytes
    fingerprint: str
    valid_from: datetime
    valid_to: datetime
