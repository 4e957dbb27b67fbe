"""saml_providers: each with what only a call for it tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.aws.values import tags
from source_aws_iam.components.inventory import Inventory
from source_aws_iam.iam.account import account
from source_aws_iam.iam.entities import hidden, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.session import Session
    from source_aws_iam.iam.account import Account, Row

ASKED: Final = (
    *("saml_provider_uuid", "saml_metadata_document", "tags"),
    *("assertion_encryption_mode", "private_key_list"),
)


class SamlProviders(Inventory):
    """One row per SAML provider. Of its private keys AWS tells the ids alone."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield every provider."""
        iam = account(session)
        providers = iam.rows("list_saml_providers", "SAMLProviderList")
        yield from iam.each("SAML providers", lambda row: {**row, **_visible(iam, row)}, providers)


def _visible(iam: Account, provider: Row) -> Row:
    return visible({ASKED: lambda: _asked(iam, provider)}) if provider.get("arn") else hidden(ASKED)


def _asked(iam: Account, provider: Row) -> Row:
    found = iam.one(
        "get_saml_provider", "SAMLMetadataDocument", "SAMLProviderUUID", "CreateDate", SAMLProviderArn=provider["arn"]
    )
    return {**{name: found.get(name) for name in ASKED}, "tags": tags(found.get("tags", []))}
