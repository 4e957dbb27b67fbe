"""The IAM Identity Center user for whom a request was made.

https://docs.aws.amazon.com/singlesignon/latest/userguide/sso-cloudtrail-use-cases.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_aws_iam.cloudtrail.record.fields import Fields, Json

_FIELDS: Final[Mapping[str, str]] = {
    "on_behalf_of_user_id": "userId",
    "identity_store_arn": "identityStoreArn",
}
# An application that asks for a token of a user is the caller; the user stands beside it.
_TOKENS: Final = "sso-oauth.amazonaws.com"
_OF_TOKEN: Final[Mapping[str, str]] = {
    "on_behalf_of_user_id": "identitystore:UserId",
    "identity_store_arn": "identitystore:IdentityStoreArn",
    "credential_id": "identitycenter:CredentialId",
}
_NOBODY: Final[Mapping[str, str | None]] = {**dict.fromkeys(_FIELDS), "identity_store_id": None}
_STORE: Final = ":identitystore/"


def on_behalf_of(
    fields: Fields, record: Mapping[str, Json], identity: Mapping[str, Json], credential_id: str | None
) -> Mapping[str, str | None]:
    """Return the columns about the user. `credential_id` is that of `identity`, the record's userIdentity."""
    of_token = record.get("eventSource") == _TOKENS
    if not of_token and identity.get("onBehalfOf") is None:
        return _NOBODY
    found = fields.texts(fields.members(identity, "onBehalfOf"), _FIELDS)
    if of_token:
        found["credential_id"] = credential_id
        issued = fields.texts(fields.members(record, "additionalEventData"), _OF_TOKEN)
        found = {column: found[column] or value for column, value in issued.items()}
    return {**found, "identity_store_id": _store_id(found["identity_store_arn"])}


def _store_id(arn: str | None) -> str | None:
    return arn.rpartition(_STORE)[2] if arn and _STORE in arn else None
