"""oidc_providers: each with what only a call for it tells."""

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

ASKED: Final = ("url", "client_id_list", "thumbprint_list", "create_date", "tags")


class OidcProviders(Inventory):
    """One row per OpenID Connect provider."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield every provider."""
        iam = account(session)
        providers = iam.rows("list_open_id_connect_providers", "OpenIDConnectProviderList")
        yield from iam.each("OIDC providers", lambda row: {**row, **_visible(iam, row)}, providers)


def _visible(iam: Account, provider: Row) -> Row:
    return visible({ASKED: lambda: _asked(iam, provider)}) if provider.get("arn") else hidden(ASKED)


def _asked(iam: Account, provider: Row) -> Row:
    found = iam.one(
        "get_open_id_connect_provider", "Url", "ClientIDList", "CreateDate", OpenIDConnectProviderArn=provider["arn"]
    )
    return {**{name: found.get(name) for name in ASKED}, "tags": tags(found.get("tags", []))}
