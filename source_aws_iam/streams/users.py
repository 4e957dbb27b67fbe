"""users: who they are, what is attached to them, how they can sign in, and when they last did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.aws.errors import AbsentError
from source_aws_iam.components.inventory import Inventory
from source_aws_iam.iam.account import account
from source_aws_iam.iam.credential_report import ROOT, CredentialReport
from source_aws_iam.iam.credentials import OF_CREDENTIALS, REPORT, credentials, report_of, report_row
from source_aws_iam.iam.entities import hidden, listed, visible
from source_aws_iam.iam.identities import USER, counterpart, identified, joined
from source_aws_iam.iam.users import user as one_user
from source_aws_iam.iam.users import users

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.session import Session
    from source_aws_iam.iam.account import Account, Row


class Users(Inventory):
    """One row per IAM user, and one for the root user."""

    def counted(self, row: Mapping[str, Any]) -> bool:
        """AWS does not count the root user."""
        return not row["is_root"]

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield every user. One that is created or deleted meanwhile is asked for by itself: it is whole, or gone."""
        iam = account(session)
        details = users(iam)
        every = listed(iam, USER)
        report = report_of(iam)
        if report is None:
            iam.tell_cost("the credentials of users", 4 * len(every), *REPORT)

        def row(user: Row) -> Row:
            known = joined(counterpart(user, details, USER) or one_user(iam, user), user, USER)
            whole = {**known, "password_last_used": user.get("password_last_used"), "is_root": False}
            return _with_credentials(iam, whole, report)

        def unlisted(detail: Row) -> Row:
            sign_in = ("password_last_used",)
            named = detail["user_name"]
            found = visible({sign_in: lambda: _last_sign_in(iam, detail)}) if named else hidden(sign_in)
            unavailable = [*detail["unavailable_fields"], *found["unavailable_fields"]]
            whole = {**detail, **found, "unavailable_fields": unavailable, "is_root": False}
            return _with_credentials(iam, whole, report)

        yield _root(iam, report)
        yield from iam.each("users", row, every.values())
        yield from iam.each("users", unlisted, [row for row in details.values() if not counterpart(row, every, USER)])


def _with_credentials(iam: Account, user: Row, report: CredentialReport | None) -> Row:
    found = credentials(iam, user, report_row(report, user))
    return {**user, **found, "unavailable_fields": [*user["unavailable_fields"], *found["unavailable_fields"]]}


def _last_sign_in(iam: Account, detail: Row) -> Row:
    found: Row = iam.one("get_user", "User", UserName=detail["user_name"])["user"]
    if not counterpart(detail, {detail["user_name"]: identified(found, USER)}, USER):
        raise AbsentError(detail["user_name"])  # deleted, and the name given to somebody else
    return {"password_last_used": found.get("password_last_used")}


def _root(iam: Account, report: CredentialReport | None) -> Row:
    """Return the row of the root user, which no list of users has. Its id is the account's, as AWS says itself."""
    arn = f"arn:{iam.partition}:iam::{iam.account_id}:root"
    found = report.rows.get(arn) if report else None
    root: Row = {
        "user_id": iam.account_id,
        "user_name": ROOT,
        "arn": arn,
        "is_root": True,
        "create_date": found["user_creation_time"] if found else None,
        "password_last_used": found["password_last_used"] if found else None,
        "unavailable_fields": [],
    }
    if found:
        return _with_credentials(iam, root, report)
    return {**root, "unavailable_fields": ["create_date", "password_last_used", *OF_CREDENTIALS]}
