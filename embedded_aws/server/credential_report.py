"""The IAM credential report, with all the columns and the sentinels AWS uses.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from moto.iam.models import AccessKey, IAMBackend, SigningCertificate, User

from embedded_aws.server.errors import AwsError
from embedded_aws.server.iam_shapes import ROOT_CREATED, password_last_used, seconds

LIFETIME = timedelta(hours=4)
"""A report is generated at most this often; until then AWS serves the last one, however much has changed."""

_KEY_COLUMNS = ("active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")
COLUMNS = (
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    *(f"access_key_{number}_{column}" for number in (1, 2) for column in _KEY_COLUMNS),
    *(f"cert_{number}_{column}" for number in (1, 2) for column in ("active", "last_rotated")),
)


@dataclass
class _Report:
    content: bytes
    generated: datetime
    ready: bool = False


@dataclass
class CredentialReport:
    """The last report of each account. A new one is ready from the next call on: clients have to poll."""

    _reports: dict[str, _Report] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def generate(self, backend: IAMBackend, now: datetime, *, root_mfa: bool) -> dict[str, Any]:
        """Start a report, or say that the one started earlier is complete."""
        with self._lock:
            report = self._reports.get(backend.account_id)
            if report is None or _expired(report, now):
                self._reports[backend.account_id] = _Report(_csv(backend, root_mfa=root_mfa), now)
                description = "No report exists. Starting a new report generation task"
                return {"State": "STARTED", "Description": description}
            report.ready = True
            return {"State": "COMPLETE"}

    def get(self, backend: IAMBackend, now: datetime) -> dict[str, Any]:
        with self._lock:
            report = self._reports.get(backend.account_id)
            if report is None:
                raise AwsError("ReportNotPresent", "No report is present. Generate one first.", 410)
            if _expired(report, now):
                raise AwsError("ReportExpired", "The most recent report has expired. Generate a new one.", 410)
            if not report.ready:
                report.ready = True
                raise AwsError("ReportInProgress", "The report is still being generated.", 404)
            generated = report.generated.replace(microsecond=0)
            return {"Content": report.content, "ReportFormat": "text/csv", "GeneratedTime": generated}

    def arns(self, account_id: str, now: datetime) -> Collection[str] | None:
        """Whom the report has that AWS serves now; None where it would make one."""
        report = self._reports.get(account_id)
        if report is None or _expired(report, now):
            return None
        return {line["arn"] for line in csv.DictReader(io.StringIO(report.content.decode()))}


def _expired(report: _Report, now: datetime) -> bool:
    return now - report.generated >= LIFETIME


def _csv(backend: IAMBackend, *, root_mfa: bool) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerow(_root_row(backend, root_mfa=root_mfa))
    writer.writerows(_user_row(backend, user) for user in backend.users.values())
    return text.getvalue().removesuffix("\n").encode()


def _root_row(backend: IAMBackend, *, root_mfa: bool) -> list[str]:
    """A root user without keys who has not signed in of late: what AWS recommends."""
    arn = f"arn:{backend.partition}:iam::{backend.account_id}:root"
    password = ["not_supported", "no_information", "not_supported", "not_supported"]
    return ["<root_account>", arn, _stamp(ROOT_CREATED), *password, _flag(root_mfa), *_keys([]), *_certificates([])]


def _user_row(backend: IAMBackend, user: User) -> list[str]:
    mfa = _flag(bool(user.mfa_devices))
    keys, certificates = _keys(user.access_keys), _certificates(user.signing_certificates.values())
    return [
        user.name,
        user.arn,
        _stamp(user.create_date),
        *_password(backend, user),
        mfa,
        *keys,
        *certificates,
    ]


def _password(backend: IAMBackend, user: User) -> list[str]:
    """Enabled, last used, last changed, next rotation. moto does not record a change, so the first password
    counts.
    """
    if not user.password:
        return ["false", "N/A", "N/A", "N/A"]
    last_used = password_last_used(user)
    used = _stamp(last_used) if last_used else "no_information"
    policy = backend.account_password_policy
    rotation = "N/A"
    if policy and policy.max_password_age:
        rotation = _stamp(user.create_date + timedelta(days=policy.max_password_age))
    return ["true", used, _stamp(user.create_date), rotation]


def _keys(keys: list[AccessKey]) -> list[str]:
    cells = []
    for key in keys[:2]:
        used = key.last_used
        usage = [_stamp(used.timestamp), used.region, used.service] if used else ["N/A", "N/A", "N/A"]
        cells += [_flag(key.status == "Active"), _stamp(key.create_date), *usage]
    return cells + ["false", "N/A", "N/A", "N/A", "N/A"] * (2 - len(keys))


def _certificates(certificates: Iterable[SigningCertificate]) -> list[str]:
    cells = [
        cell
        for certificate in list(certificates)[:2]
        for cell in (_flag(certificate.status == "Active"), _stamp(certificate.upload_date))
    ]
    return cells + ["false", "N/A"] * (2 - len(cells) // 2)


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _stamp(time: datetime) -> str:
    return seconds(time).strftime("%Y-%m-%dT%H:%M:%S+00:00")
