"""Which users may have a credential, by the credential report, so that a per-entity call is worth it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_aws_iam.iam.credential_report import REPORT, report_of, report_row
from source_aws_iam.iam.entities import listed, named
from source_aws_iam.iam.identities import USER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from source_aws_iam.aws.reader import Reader, Row


def candidates(
    iam: Reader, what: str, has: Callable[[Row], bool], *, every_user: bool
) -> Iterator[tuple[Row, Row | None]]:
    """Yield (user, its row of the report) for every user that may have `what` ("access keys").

    `has` says so for a row of the report; with `every_user`, all are yielded. A user who is younger than the report may
    have any.
    """
    users = named(listed(iam, USER), USER)
    report = report_of(iam)
    if report is None:
        iam.tell_cost(what, len(users), *REPORT)
    for user in users:
        row = report_row(report, user)
        if row is None or every_user or has(row):
            yield user, row


def owner(user: Row) -> Row:
    """Return the columns that name the user of a credential."""
    return {"user_id": user["user_id"], "user_name": user["user_name"], "user_arn": user["arn"]}
