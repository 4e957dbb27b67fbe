"""credential_report: passwords, keys, certificates and MFA of all users, the root user too, in one answer."""

from __future__ import annotations

import csv
import io
import logging
import re
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final

from aws_calls.answers import broken_answer
from aws_calls.errors import AbsentError, AwsError, Outcome
from aws_calls.timestamps import utc
from source_aws_iam.iam.iam_stream import IamStream
from source_aws_iam.iam.polling import PAUSES, polled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from source_aws_iam.aws.reader import Reader, Row
    from source_aws_iam.aws.session import Session


REPORT: Final = ("generate_credential_report", "get_credential_report")
ROOT: Final = "<root_account>"
_NAMES: Final = ("user", "arn")
# All but additional_credentials_info, which not every report has. Without one of them, "no" and "unknown" look the
# same.
COLUMNS: Final = frozenset(
    {
        *_NAMES,
        "user_creation_time",
        *("password_enabled", "password_last_used", "password_last_changed", "password_next_rotation", "mfa_active"),
        *(
            f"access_key_{slot}_{name}"
            for slot in (1, 2)
            for name in ("active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")
        ),
        *(f"cert_{slot}_{name}" for slot in (1, 2) for name in ("active", "last_rotated")),
    }
)
_TO_BE_MADE: Final = frozenset({"ReportNotPresent", "ReportExpired"})
_NOT_READY: Final = _TO_BE_MADE | {"ReportInProgress"}
# Cells without a value: there is none, AWS has not recorded it, or the root user cannot have it.
_SENTINELS: Final = frozenset({"N/A", "no_information", "not_supported"})
_BOOLEANS: Final = {"true": True, "false": False}
_IS_BOOLEAN: Final = re.compile("_(enabled|active)$")
_IS_TIME: Final = re.compile("_(time|used|changed|rotation|rotated|used_date)$")
_UNUSABLE: Final = "The credential report of account %s lacks its %s, so the credentials of users are read one by one."
logger = logging.getLogger("airbyte.source_aws_iam")


@dataclass(frozen=True)
class Report:
    """The report, with its rows by ARN. AWS makes a new one every four hours at most: younger users are not in it.

    `generated_at` is None where AWS left it out. `lacking` are those of COLUMNS that the report does not have.
    """

    rows: Mapping[str, Row]
    generated_at: str | None
    lacking: frozenset[str]


def credential_report(iam: Reader) -> Report:
    """Return the account's report. Makes AWS generate one where the last one is older than four hours."""
    return iam.settled("credential report", lambda: _parsed(iam, fetch(iam)))


def fetch(iam: Reader, sleep: Callable[[float], None] = time.sleep) -> Row:
    """Return the answer of GetCredentialReport. Raises AwsError, LATER where the report is not made in time."""
    report = polled(lambda: _made(iam), sleep)
    if report is not None:
        return report
    target = iam.target("get_credential_report")
    sentence = f"{target} had no report after {sum(PAUSES)} seconds. AWS is still making it; sync again later."
    raise AwsError(Outcome.LATER, sentence, code="ReportInProgress", target=target)


def _made(iam: Reader) -> Row | None:
    """Return the answer of GetCredentialReport, or None where AWS is still making the report."""
    # Twice, because AWS may have a report by the time it is asked to generate one.
    for _ in range(2):
        try:
            return iam.one("get_credential_report")
        except AbsentError as missing:
            if str(missing) not in _TO_BE_MADE or not _is_made(iam):
                break
    return None


def _is_made(iam: Reader) -> bool:
    """Ask AWS to generate a report, and return whether there is one already."""
    try:
        state = iam.one("generate_credential_report")["state"]
    except AbsentError:
        return False  # another caller has asked a moment ago
    return bool(state == "COMPLETE")


def _parsed(iam: Reader, answer: Row) -> Report:
    generated_at = answer.get("generated_time")
    # Some tools put a byte order mark before UTF-8. csv of Python 3.10 does not read NUL.
    text = answer["content"].decode("utf-8-sig", "replace").replace("\0", "\ufffd")
    try:
        head, *lines = [*csv.reader(io.StringIO(text, newline=""))] or [[]]
    except csv.Error:
        head, lines = [], []
    lines = [_whole(line, len(head)) for line in lines if line]
    if not set(_NAMES).issubset(head) or any(len(line) != len(head) for line in lines):
        raise broken_answer(iam.target("get_credential_report"))
    rows = (_row(dict(zip(head, line, strict=True)), generated_at) for line in lines)
    return Report({row["arn"] or row["user"]: row for row in rows}, generated_at, COLUMNS - {*head})


def _whole(line: list[str], columns: int) -> list[str]:
    """Return a line with its name in one cell: names may have commas, and AWS does not document that it quotes them.

    The name is in the first two columns, of which the second is its ARN.
    """
    end = max(len(line) - columns, 0) + 2
    name, _, arn = ",".join(line[:end]).partition(",arn:")
    return [name, f"arn:{arn}", *line[end:]] if arn else line


def _row(line: Mapping[str, str], generated_at: str | None) -> Row:
    row: Row = {column: cell if column in _NAMES else _value(column, cell) for column, cell in line.items()}
    untyped = {column: cell for column, cell in line.items() if cell and row[column] is None}
    return {**row, "column_status": untyped, "report_generated_at": generated_at}


def _value(column: str, cell: str) -> str | bool | None:
    if not cell or cell in _SENTINELS:
        return None
    return _reader(column)(cell)


@lru_cache(maxsize=1000)
def _reader(column: str) -> Callable[[str], str | bool | None]:
    """Return what reads a cell of `column`, by its name: AWS may add columns."""
    if _IS_BOOLEAN.search(column):
        return lambda cell: _BOOLEANS.get(cell.lower())
    return _time if _IS_TIME.search(column) else str


def _time(cell: str) -> str | None:
    try:
        time_of_cell = datetime.fromisoformat(cell.replace("Z", "+00:00"))
        return utc(time_of_cell if time_of_cell.tzinfo else time_of_cell.replace(tzinfo=timezone.utc))
    except (ValueError, OverflowError):
        return None


def report_of(iam: Reader) -> Report | None:
    """Return the credential report, or None where AWS denies it, or where it lacks one of the columns.

    Without a column, it would say "no" for all users.
    """
    try:
        report = iam.if_allowed(lambda: credential_report(iam))
        lacking = sorted(report.lacking) if report else []
    except AwsError as error:
        if not error.is_broken_answer:
            raise
        report, lacking = None, ["content"]
    if lacking:
        tell = partial(logger.warning, _UNUSABLE, iam.account_id, ", ".join(lacking))
        iam.once("unusable report", tell)
    return None if lacking else report


def report_row(report: Report | None, user: Row) -> Row | None:
    """Return the report's row of a user, or None for one who is younger than the report.

    A row of the same name may belong to an earlier user.
    """
    found = report.rows.get(user["arn"]) if report else None
    if report is None or found is None:
        return None
    made, created = report.generated_at, user.get("create_date") or ""
    return found if (created <= made if made else created == found["user_creation_time"]) else None


class CredentialReport(IamStream):
    """One row per user of the report, the root user included."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield the rows of the report, which includes users that were deleted since it was made."""
        yield from credential_report(session.reader("iam")).rows.values()
