"""The credential report, typed: each cell as a value, or as null and the reason for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from moto.iam.models import IAMBackend, User

from embedded_aws.server.cloud import Cloud
from embedded_aws.truth.sign_in import certificates, keys, password, root_device
from embedded_aws.truth.values import SOME_TIME, Row, aware

_ROOT_CELLS: Mapping[str, str] = {
    "password_enabled": "not_supported",
    "password_last_used": "no_information",
    "password_last_changed": "not_supported",
    "password_next_rotation": "not_supported",
}


def credential_report(aws: Cloud) -> Iterator[Row]:
    """A report that exists already lacks the users who joined since. It is taken for unchanged otherwise."""
    backend, reported = aws.iam(), aws.credential_report.arns(aws.account_id, aws.now())
    yield {
        **_row(f"arn:{aws.partition}:iam::{aws.account_id}:root", "<root_account>", _ROOT_CELLS),
        **dict.fromkeys(_ROOT_CELLS),
        "user_creation_time": SOME_TIME,
        "mfa_active": root_device(aws) is not None,
    }
    for user in backend.users.values():
        if reported is None or user.arn in reported:
            yield _user(backend, user)


def _user(backend: IAMBackend, user: User) -> Row:
    cells = {**password(backend, user), "password_last_used": aware(user.password_last_used) if user.password else None}
    cells |= {**keys(user.access_keys), **certificates(list(user.signing_certificates.values()))}
    reasons = {column: "N/A" for column, value in cells.items() if value is None}
    if user.password and not user.password_last_used:
        reasons["password_last_used"] = "no_information"
    return {
        **_row(user.arn, user.name, reasons),
        **cells,
        "user_creation_time": aware(user.create_date),
        "mfa_active": bool(user.mfa_devices),
    }


def _row(arn: str, name: str, reasons: Mapping[str, str]) -> Row:
    """Without keys and certificates."""
    nothing = {**keys([]), **certificates([])}
    none = {column: "N/A" for column, value in nothing.items() if value is None} if arn.endswith(":root") else {}
    return {
        **nothing,
        "arn": arn,
        "user": name,
        "column_status": {**none, **reasons},
        "additional_credentials_info": None,
        "report_generated_at": SOME_TIME,
    }
