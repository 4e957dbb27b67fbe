"""ssh_public_keys: one request per user, because AWS has neither a bulk form nor a hint who has one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.components.inventory import Inventory
from source_aws_iam.iam.account import account
from source_aws_iam.iam.entities import listed, named
from source_aws_iam.iam.identities import USER
from source_aws_iam.iam.prospects import owner

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.session import Session
    from source_aws_iam.iam.account import Row


class SshPublicKeys(Inventory):
    """One row per SSH public key of an IAM user, without the key itself."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield the keys of all users."""
        iam = account(session)

        def keys(user: Row) -> list[Row]:
            rows = iam.rows("list_ssh_public_keys", "SSHPublicKeys", UserName=user["user_name"])
            return [{**key, **owner(user)} for key in rows]

        for found in iam.each("users", keys, named(listed(iam, USER), USER)):
            yield from found
