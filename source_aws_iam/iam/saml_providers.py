"""saml_providers: each with the columns of a per-entity call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.aws.values import tags
from source_aws_iam.iam.iam_stream import IamStream
from source_aws_iam.streams.visible import hidden, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.reader import Reader, Row
    from source_aws_iam.aws.session import Session

ASKED: Final = (
    *("saml_provider_uuid", "saml_metadata_document", "tags"),
    *("assertion_encryption_mode", "private_key_list"),
)


class SamlProviders(IamStream):
    """One row per SAML provider. AWS shows only the ids of its private keys."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield every provider."""
        iam = session.reader("iam")
        providers = iam.rows("list_saml_providers", "SAMLProviderList")
        yield from iam.each("SAML providers", lambda row: {**row, **_visible(iam, row)}, providers)


def _visible(iam: Reader, provider: Row) -> Row:
    return visible({ASKED: lambda: _asked(iam, provider)}) if provider.get("arn") else hidden(ASKED)


def _asked(iam: Reader, provider: Row) -> Row:
    found = iam.one("get_saml_provider", SAMLProviderArn=provider["arn"])
    return {**{name: found.get(name) for name in ASKED}, "tags": tags(found.get("tags", []))}
