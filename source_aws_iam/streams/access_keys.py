"""access_keys: with their ids, which the credential report lacks, and their last use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.components.inventory import Inventory
from source_aws_iam.iam.account import account
from source_aws_iam.iam.keys import access_keys, slots_of
from source_aws_iam.iam.prospects import owner, prospects

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.session import Session
    from source_aws_iam.iam.account import Row


class AccessKeys(Inventory):
    """One row per access key of an IAM user. AWS tells nobody the id of a key of the root user."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield the keys of all users that have any."""
        iam = account(session)

        def keys(prospect: tuple[Row, Row | None]) -> list[Row]:
            user, report = prospect
            return [{**key, **owner(user)} for key in access_keys(iam, user["user_name"], report)]

        asked = prospects(iam, "access keys", lambda report: bool(slots_of(report)))
        for found in iam.each("users", keys, asked):
            yield from found
