"""users: ListUsers and GetAccountAuthorizationDetails joined, because each lacks what the other has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.aws.values import plain
from source_aws_iam.components.inventory import Inventory
from source_aws_iam.streams.authorization import authorization

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.session import Session


class Users(Inventory):
    """One row per IAM user."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield every user of the authorization details with its last sign-in, which only ListUsers knows.

        A user that only one of the two calls lists was created or deleted between them, and is yielded with what is
        known of it.
        """
        details = {user["user_id"]: user for user in authorization(session).users.values()}
        iam = session.caller("iam")
        shape = iam.shape("list_users", "Users")
        for page in iam.pages("list_users", expect="Users"):
            for listed in plain(page["Users"], shape):
                yield {**_listed(listed), **details.pop(listed["user_id"], {})}
        for user in details.values():
            yield {**user, "password_last_used": None}


def _listed(user: Mapping[str, Any]) -> dict[str, Any]:
    known = ("user_id", "user_name", "arn", "path", "create_date", "password_last_used")
    return {name: user.get(name) for name in known}
