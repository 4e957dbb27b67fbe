"""The credential report: passwords, keys, certificates and MFA of all users, the root user's too, in one answer.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
"""

from __future__ import annotations

import csv
import io
import re
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final

from source_aws_iam.aws.answers import broken_answer
from source_aws_iam.aws.errors import AbsentError, AwsError, Outcome
from source_aws_iam.aws.values import utc

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from source_aws_iam.iam.account import Account, Row

ROOT: Final = "<root_account>"
_NAMES: Final = ("user", "arn")
# All but additional_credentials_info, which not every report has. Without one of them, "no" could not be told from "?".
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
# AWS makes a report within seconds, in large accounts within minutes. Seconds between two questions, 5 minutes in all.
PAUSES: Final = (1, 1, 2, 4, 8, *(16,) * 18)
_TO_BE_MADE: Final = frozenset({"ReportNotPresent", "ReportExpired"})
_NOT_READY: Final = _TO_BE_MADE | {"ReportInProgress"}
# Why a cell has no value: there is none, AWS has not recorded it, or the root user has no such thing.
_SENTINELS: Final = frozenset({"N/A", "no_information", "not_supported"})
_BOOLEANS: Final = {"true": True, "false": False}
_IS_BOOLEAN: Final = re.compile("_(enabled|active)$")
_IS_TIME: Final = re.compile("_(time|used|changed|rotation|rotated|used_date)$")


@dataclass(frozen=True)
class CredentialReport:
    """Rows by ARN. AWS makes a new report every four hours at most: younger users are not in it.

    `generated_at` is None where AWS does not say it. `lacking` are those of COLUMNS that the report does not have.
    """

    rows: Mapping[str, Row]
    generated_at: str | None
    lacking: frozenset[str]


def credential_report(account: Account) -> CredentialReport:
    """Return the account's report; AWS is asked to make one where the last one is older than four hours."""
    return account.settled("credential report", lambda: _parsed(account, fetch(account)))


def fetch(account: Account, sleep: Callable[[float], None] = time.sleep) -> Row:
    """Return the answer of GetCredentialReport. Raises AwsError, LATER where the report is not made in time."""
    for pause in (0, *PAUSES):
        if pause:
            sleep(pause)
        # Twice, because AWS may have a report by the time it is asked to make one.
        for _ in range(2):
            try:
                return account.one("get_credential_report", "Content", absent=_NOT_READY)
            except AbsentError as missing:
                if str(missing) not in _TO_BE_MADE or not _is_made(account):
                    break
    target = account.target("get_credential_report")
    sentence = f"{target} had no report after {sum(PAUSES)} seconds. AWS is still making it; sync again later."
    raise AwsError(Outcome.LATER, sentence, code="ReportInProgress", target=target)


def _is_made(account: Account) -> bool:
    """Ask AWS to make a report, and return whether there is one already."""
    try:
        state = account.one("generate_credential_report", "State", absent=frozenset({"LimitExceeded"}))["state"]
    except AbsentError:
        return False  # somebody else has asked a moment ago
    return bool(state == "COMPLETE")


def _parsed(account: Account, answer: Row) -> CredentialReport:
    generated_at = answer.get("generated_time")
    # Some tools put a mark before UTF-8. Python 3.10 does not read NUL.
    text = answer["content"].decode("utf-8-sig", "replace").replace("\0", "\ufffd")
    try:
        head, *lines = [*csv.reader(io.StringIO(text, newline=""))] or [[]]
    except csv.Error:
        head, lines = [], []
    lines = [_whole(line, len(head)) for line in lines if line]
    if not set(_NAMES).issubset(head) or any(len(line) != len(head) for line in lines):
        raise broken_answer(account.target("get_credential_report"))
    rows = (_row(dict(zip(head, line, strict=True)), generated_at) for line in lines)
    return CredentialReport({row["arn"] or row["user"]: row for row in rows}, generated_at, COLUMNS - {*head})


def _whole(line: list[str], columns: int) -> list[str]:
    """Return a line with its name in one piece: IAM names may have commas, and AWS does not say that it quotes them.

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
    if _IS_BOOLEAN.search(column):
        return _BOOLEANS.get(cell.lower())
    return _time(cell) if _IS_TIME.search(column) else cell


def _time(cell: str) -> str | None:
    try:
        time_of_cell = datetime.fromisoformat(cell.replace("Z", "+00:00"))
        return utc(time_of_cell if time_of_cell.tzinfo else time_of_cell.replace(tzinfo=timezone.utc))
    except (ValueError, OverflowError):
        return None
