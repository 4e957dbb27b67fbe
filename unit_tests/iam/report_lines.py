"""Credential reports as AWS writes them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from unit_tests.iam.aws_answers import IAM

MADE = "2026-07-01T12:00:00Z"
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
_COLUMNS = """
user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,
access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,
access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,
access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,
cert_2_last_rotated
"""
HEADER = _COLUMNS.replace("\n", "").split(",")


def line(name: str, **cells: str) -> dict[str, str]:
    """Return the cells of a user without any credentials, but for those that are given."""
    arn = f"{IAM}:root" if name == "<root_account>" else f"{IAM}:user/{name}"
    none = {column: "false" if column.endswith(("_active", "_enabled")) else "N/A" for column in HEADER}
    return {**none, "user": name, "arn": arn, "user_creation_time": "2026-01-01T00:00:00+00:00", **cells}


def answer(*lines: Mapping[str, str], header: Sequence[str] = HEADER, made: str = MADE) -> dict[str, Any]:
    """Return the answer of GetCredentialReport."""
    text = io.StringIO()
    writer = csv.DictWriter(text, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return {"Content": text.getvalue().encode(), "ReportFormat": "text/csv", "GeneratedTime": made}
