"""users: with groups, policies, tags, credentials and last activity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_calls.errors import AbsentError
from source_aws_iam.iam.credential_report import REPORT, ROOT, Report, report_of
from source_aws_iam.iam.credentials import OF_CREDENTIALS, credentials
from source_aws_iam.iam.entities import (
    BOUNDARY,
    KindColumns,
    entities,
    entity,
    listed,
    tagged,
)
from source_aws_iam.iam.group_members import group_names, memberships
from source_aws_iam.iam.iam_stream import IamStream
from source_aws_iam.iam.identities import GROUP, USER, counterpart, identified, joined
from source_aws_iam.streams.columns import hidden, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.reader import Reader, Row
    from source_aws_iam.aws.session import Session
    from source_aws_iam.streams.columns import ColumnCalls


def users(iam: Reader) -> Mapping[str, Row]:
    """Return all users by name. iam:ListUsers knows their last sign-in, and is not read here."""
    # First, because the per-entity calls need it, and may then use all threads.
    iam.if_allowed(lambda: memberships(iam))
    return entities(iam, USER, _COLUMNS)


def one_user(iam: Reader, listed: Row) -> Row:
    """Return one user, of which `listed` says who it is. Raises AbsentError if it is absent."""
    # The memberships of all users may have been read before this user existed.
    columns = KindColumns(
        _of_bulk_row, lambda iam, name: {**_entity_calls(iam, name), ("group_names",): lambda: _groups(iam, name)}
    )
    return entity(iam, USER, columns, listed)


def _of_bulk_row(user: Row) -> Row:
    return {**tagged(user), "group_names": user.get("group_list", [])}


def _groups(iam: Reader, name: str) -> Row:
    found = iam.rows("list_groups_for_user", "Groups", UserName=name)
    return {"group_names": [group for row in found if (group := identified(row, GROUP)["group_name"])]}


def _entity_calls(iam: Reader, name: str) -> ColumnCalls:
    return {
        ("tags", *BOUNDARY): lambda: tagged(iam.one("get_user", UserName=name)["user"]),
        ("group_names",): lambda: {"group_names": group_names(iam).get(name, [])},
    }


_COLUMNS: Final = KindColumns(_of_bulk_row, _entity_calls)


class Users(IamStream):
    """One row per IAM user, and one for the root user."""

    def is_counted(self, row: Mapping[str, Any]) -> bool:
        """Return whether it is not the root user, whom AWS does not count."""
        return not row["is_root"]

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield every user. One that is created or deleted meanwhile is read with per-entity calls, if it exists."""
        iam = session.reader("iam")
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


def _with_credentials(iam: Reader, user: Row, report: Report | None) -> Row:
    found = credentials(iam, user, report)
    return {**user, **found, "unavailable_fields": [*user["unavailable_fields"], *found["unavailable_fields"]]}


def _last_sign_in(iam: Reader, detail: Row) -> Row:
    found: Row = iam.one("get_user", UserName=detail["user_name"])["user"]
    if not counterpart(detail, {detail["user_name"]: identified(found, USER)}, USER):
        raise AbsentError(detail["user_name"])  # deleted, and the name given to another user
    return {"password_last_used": found.get("password_last_used")}


def _root(iam: Reader, report: Report | None) -> Row:
    """Return the row of the root user, which no list has. Its id is the account id, as in AWS's own records."""
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
    return root if report else {**root, **hidden(("create_date", "password_last_used"), OF_CREDENTIALS)}
