"""Messages of a source, as the platform hands them to a destination."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Final

Json = dict[str, Any]

EVENTS: Final = "audit_events"
ACCOUNT: Final = "111111111111"
READ_AT: Final = datetime(2026, 3, 31, 12, tzinfo=timezone.utc)
_CALLS: Final = (
    ("ec2.amazonaws.com", "DescribeInstances", True),
    ("iam.amazonaws.com", "CreateUser", False),
    ("sts.amazonaws.com", "AssumeRole", True),
    ("iam.amazonaws.com", "AddUserToGroup", False),
)
_ASKED: Final[dict[str, Json]] = {
    "CreateUser": {"userName": "ada"},
    "AssumeRole": {"roleArn": f"arn:aws:iam::{ACCOUNT}:role/reader", "roleSessionName": "ada"},
    "AddUserToGroup": {"userName": "ada", "groupName": "admins"},
}


def event(number: int, at: datetime | None = None, account: str = ACCOUNT) -> Json:
    """Return a row of audit_events. Rows of all numbers are mapped, to several classes."""
    source, name, read_only = _CALLS[number % len(_CALLS)]
    time = (at or READ_AT - timedelta(minutes=number)).strftime("%Y-%m-%dT%H:%M:%SZ")
    event_id = f"00000000-0000-4000-8000-{number:012}"
    record = {
        "eventVersion": "1.11",
        "eventID": event_id,
        "eventTime": time,
        "eventSource": source,
        "eventName": name,
        "readOnly": read_only,
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "198.51.100.7",
        "recipientAccountId": account,
        "requestParameters": _ASKED.get(name),
        "userIdentity": {"type": "IAMUser", "userName": "ada", "accountId": account},
    }
    return {"account_id": account, "region": "eu-west-1", "event_id": event_id, "event": record}


def user(name: str, **columns: Any) -> Json:
    """Return a row of users."""
    arn = f"arn:aws:iam::{ACCOUNT}:user/{name}"
    return {"account_id": ACCOUNT, "user_id": f"AIDA{name.upper()}", "user_name": name, "arn": arn, **columns}


def membership(name: str, group: str) -> Json:
    """Return a row of group_members."""
    arn = f"arn:aws:iam::{ACCOUNT}:group/{group}"
    return {"account_id": ACCOUNT, "user_id": f"AIDA{name.upper()}", "group_name": group, "group_arn": arn}


def record(stream: str, row: Json) -> Json:
    emitted_at = int(READ_AT.timestamp() * 1000)
    return {"type": "RECORD", "record": {"stream": stream, "data": row, "emitted_at": emitted_at}}


def records(stream: str, rows: Iterable[Json]) -> list[Json]:
    return [record(stream, row) for row in rows]


def state(stream: str, progress: Any, number: int = 1) -> Json:
    """Return a state with the number that the platform gives it."""
    descriptor = {"name": stream}
    of_stream = {"stream_descriptor": descriptor, "stream_state": {"progress": progress}}
    return {"type": "STATE", "state": {"type": "STREAM", "stream": of_stream, "id": number}}


def status(stream: str, what: str = "COMPLETE") -> Json:
    told = {"stream_descriptor": {"name": stream}, "status": what}
    return {"type": "TRACE", "trace": {"type": "STREAM_STATUS", "emitted_at": 1.0, "stream_status": told}}


def catalog(streams: Sequence[str], mode: str = "append") -> Json:
    return {
        "streams": [
            {
                "stream": {"name": name, "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
                "sync_mode": "full_refresh",
                "destination_sync_mode": mode,
            }
            for name in streams
        ]
    }
