"""ssh_public_keys: a call per user, because AWS has neither a bulk call nor a hint who has a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.iam.candidates import owner
from source_aws_iam.iam.entities import listed, named
from source_aws_iam.iam.iam_stream import IamStream
from source_aws_iam.iam.identities import USER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.aws.session import Session


class SshPublicKeys(IamStream):
    """One row per SSH public key of an IAM user, without the key itself."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield the keys of all users."""
        iam = session.reader("iam")

        def keys(user: Row) -> list[Row]:
            rows = iam.rows("list_ssh_public_keys", "SSHPublicKeys", UserName=user["user_name"])
            return [{**key, **owner(user)} for key in rows]

        for found in iam.each("users", keys, named(listed(iam, USER), USER)):
            yield from found
