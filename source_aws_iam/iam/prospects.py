"""Which users are worth a call of their own: all whom the credential report does not rule out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_aws_iam.iam.credentials import REPORT, report_of, report_row
from source_aws_iam.iam.entities import listed, named
from source_aws_iam.iam.identities import USER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from source_aws_iam.iam.account import Account, Row


def prospects(account: Account, what: str, has: Callable[[Row], bool]) -> Iterator[tuple[Row, Row | None]]:
    """Yield (user, its row of the report) for every user that may have `what` ("access keys").

    `has` says so for a row of the report. A user whom the report does not know, as it is too young, may have any.
    """
    users = named(listed(account, USER), USER)
    report = report_of(account)
    if report is None:
        account.tell_cost(what, len(users), *REPORT)
    for user in users:
        row = report_row(report, user)
        if row is None or account.asks_every_user or has(row):
            yield user, row


def owner(user: Row) -> Row:
    """Return the columns that say whose a credential is."""
    return {"user_id": user["user_id"], "user_name": user["user_name"], "user_arn": user["arn"]}
