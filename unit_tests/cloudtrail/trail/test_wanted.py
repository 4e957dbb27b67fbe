"""Which records of log files are wanted, and which earlier selection a later one continues."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from source_aws_iam.cloudtrail.selection import IDENTITY_SOURCES
from source_aws_iam.cloudtrail.trail.wanted import Insights, Wanted
from source_aws_iam.config import EventSelection

ROW: dict[str, Any] = {
    "event_id": "1",
    "event_time": "2026-03-01T09:00:00.5Z",
    "event_name": "CreateUser",
    "event_source": "iam.amazonaws.com",
    "event_category": "Management",
    "read_only": False,
    "username": "ada",
    "access_key_id": "AKIAEXAMPLE",
    "resources": [{"resource_type": "AWS::IAM::User", "resource_name": "bo"}],
}
IDENTITY = "EventSource=" + " or ".join(IDENTITY_SOURCES)
DATA = " with data events"
NEXT_SECOND = datetime(2026, 3, 1, 9, 0, 1, tzinfo=timezone.utc)
SAME_SECOND = datetime(2026, 3, 1, 9, 0, 0, tzinfo=timezone.utc)


def chosen(key: str, value: str) -> EventSelection:
    return EventSelection("attribute", attribute_key=key, attribute_value=value)


@pytest.mark.parametrize(
    ("selection", "row", "wanted"),
    [
        (EventSelection(), {}, True),
        (EventSelection(), {"event_category": "Data"}, False),
        (EventSelection(), {"event_category": "NetworkActivity"}, False),
        (EventSelection(), {"event_category": None}, True),
        (EventSelection("write_only"), {}, True),
        (EventSelection("write_only"), {"read_only": True}, False),
        (EventSelection("write_only"), {"read_only": None}, True),
        (EventSelection("identity"), {"read_only": True}, True),
        (EventSelection("identity"), {"event_source": "ec2.amazonaws.com"}, False),
        (EventSelection("identity", include_read_only=False), {"read_only": True}, False),
        *((chosen(key, value), {}, True) for key, value in [("EventId", "1"), ("EventName", "CreateUser")]),
        *((chosen(key, value), {}, True) for key, value in [("EventSource", "iam.amazonaws.com"), ("Username", "ada")]),
        *((chosen(key, value), {}, True) for key, value in [("AccessKeyId", "AKIAEXAMPLE"), ("ReadOnly", "false")]),
        *(
            (chosen(key, value), {}, True)
            for key, value in [("ResourceType", "AWS::IAM::User"), ("ResourceName", "bo")]
        ),
        (chosen("ReadOnly", "true"), {}, False),
        (chosen("ResourceName", "bo"), {"resources": None}, False),
        (chosen("EventName", "createuser"), {}, False),
    ],
)
def test_the_selection_is_applied_to_rows(selection: EventSelection, row: dict[str, Any], wanted: bool) -> None:
    assert Wanted(selection, data_events=False).of({**ROW, **row}) is wanted


@pytest.mark.parametrize("kind", [Wanted, Insights])
def test_nothing_before_the_start_date_is_wanted(kind: type[Wanted]) -> None:
    assert kind(EventSelection(), data_events=False, start_date=SAME_SECOND).of(ROW)
    assert not kind(EventSelection(), data_events=False, start_date=NEXT_SECOND).of(ROW)


def test_data_events_come_where_they_are_asked_for() -> None:
    assert Wanted(EventSelection(), data_events=True).of({**ROW, "event_category": "Data"})


@pytest.mark.parametrize(
    ("selection", "data", "names"),
    [
        (EventSelection(), False, ["all", "all with data events"]),
        (EventSelection(), True, ["all with data events"]),
        (
            EventSelection("write_only"),
            False,
            ["ReadOnly=false", "ReadOnly=false with data events", "all", "all with data events"],
        ),
        (EventSelection("identity"), True, [f"{IDENTITY}{DATA}", f"all{DATA}"]),
        (
            EventSelection("identity", include_read_only=False),
            False,
            [
                f"{IDENTITY} without read-only",
                f"{IDENTITY} without read-only{DATA}",
                "all",
                "all with data events",
            ],
        ),
        (chosen("EventName", "X"), True, ["EventName=X with data events", "all with data events"]),
    ],
)
def test_a_selection_continues_itself_and_what_includes_it(
    selection: EventSelection, data: bool, names: list[str]
) -> None:
    assert Wanted(selection, data).names == names
    assert Insights(selection, data).names == ["insights"]
