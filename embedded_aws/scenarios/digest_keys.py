"""The key pairs that sign digests: one for each Region, made when a digest is first signed there."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from embedded_aws.server.cloud import Cloud
from embedded_aws.server.trail_keys import PublicKey

_VALID = timedelta(days=400)


class DigestKeys:
    """The pairs of one embedded AWS. The public halves are what ListPublicKeys answers."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._pairs: dict[str, rsa.RSAPrivateKey] = {}
        self._fingerprints: dict[str, str] = {}

    def fingerprint(self, region: str) -> str:
        self._pair(region)
        return self._fingerprints[region]

    def sign(self, region: str, text: str) -> str:
        """Return the signature in hex."""
        return self._pair(region).sign(text.encode(), padding.PKCS1v15(), SHA256()).hex()

    def rotate(self, region: str) -> None:
        """Sign with a new pair from now on. The old public key stays listed."""
        self._pairs.pop(region, None)

    def _pair(self, region: str) -> rsa.RSAPrivateKey:
        if region not in self._pairs:
            pair = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            value = pair.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
            fingerprint = hashlib.md5(value, usedforsecurity=False).hexdigest()
            now = self._cloud.now()
            listed = PublicKey(value, fingerprint, now - _VALID, now + _VALID)
            self._cloud.trail_keys.setdefault(region, []).append(listed)
            self._pairs[region], self._fingerprints[region] = pair, fingerprint
        return self._pairs[region]
