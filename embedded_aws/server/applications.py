"""The applications and trusted token issuers of an instance of IAM Identity Center.

Both may be changed while clients are running.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass
class Application:
    """An application, and who is assigned to it."""

    arn: str
    name: str | None
    account: str
    created: datetime
    created_from: str
    provider_arn: str
    status: str = "ENABLED"
    description: str | None = None
    portal_options: dict[str, Any] | None = None
    """With AWS's names."""
    assignment_required: bool = True
    assignments: list[tuple[str, str]] = field(default_factory=list)
    """Principal types and ids."""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass
class TrustedTokenIssuer:
    """An issuer of the only type that AWS knows, OIDC_JWT."""

    arn: str
    name: str
    issuer_url: str
    claim_attribute_path: str = "email"
    identity_store_attribute_path: str = "emails.value"
    tags: Mapping[str, str] = field(default_factory=dict)
