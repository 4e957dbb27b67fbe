"""What both sources of audit events select by."""

from __future__ import annotations

from typing import Final

# The services of identities, sign-ins and permissions.
IDENTITY_SOURCES: Final = (
    "iam.amazonaws.com",
    "sts.amazonaws.com",
    "signin.amazonaws.com",
    "sso.amazonaws.com",
    "sso-oauth.amazonaws.com",
    "sso-directory.amazonaws.com",
    "identitystore.amazonaws.com",
    "organizations.amazonaws.com",
    "access-analyzer.amazonaws.com",
)
