"""oidc_providers: each with the columns of a per-entity call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.aws.values import tags
from source_aws_iam.iam.iam_stream import IamStream
from source_aws_iam.streams.visible import hidden, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.reader import Reader, Row
    from source_aws_iam.aws.session import Session

ASKED: Final = ("url", "client_id_list", "thumbprint_list", "create_date", "tags")


class OidcProviders(IamStream):
    """One row per OpenID Connect provider."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield every provider."""
        iam = session.reader("iam")
        providers = iam.rows("list_open_id_connect_providers", "OpenIDConnectProviderList")
        yield from iam.each("OIDC providers", lambda row: {**row, **_visible(iam, row)}, providers)


def _visible(iam: Reader, provider: Row) -> Row:
    return visible({ASKED: lambda: _asked(iam, provider)}) if provider.get("arn") else hidden(ASKED)


def _asked(iam: Reader, provider: Row) -> Row:
    found = iam.one("get_open_id_connect_provider", OpenIDConnectProviderArn=provider["arn"])
    return {**{name: found.get(name) for name in ASKED}, "tags": tags(found.get("tags", []))}
