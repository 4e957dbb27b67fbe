"""Whatever a row holds, there is a valid row of OCSF, or a reason why there is none."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from destination_security_lake.ocsf.events import EVENTS
from destination_security_lake.ocsf.mapping import ocsf_row
from destination_security_lake.ocsf.results import OcsfRow
from tools.ocsf_examples import RECORD
from unit_tests.security_lake.events import NOW, row
from unit_tests.security_lake.test_fields import JSON, OBJECTS
from unit_tests.security_lake.validation import faults

NAMES = [
    *sorted(
        (source.partition(".")[0], name)
        for sources in EVENTS.values()
        for source, activities in sources.items()
        for names in activities.values()
        for name in names
    ),
    ("sso", "CreateAccountAssignment"),
    ("ec2", "RunInstances"),
]


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [*([path] if path else []), *(one for key, item in inner for one in paths(item, (*path, key)))]


PATHS = paths(RECORD)


@st.composite
def changed_records(draw: st.DrawFn) -> dict[str, Any]:
    """An event of any class in which anything is at a few of the places that are read."""
    changed = copy.deepcopy({**RECORD})
    source, changed["eventName"] = draw(st.sampled_from(NAMES))
    changed["eventSource"] = f"{source}.amazonaws.com"
    for path in draw(st.lists(st.sampled_from(PATHS), max_size=6)):
        place: Any = changed
        for key in path[:-1]:
            place = place[key] if isinstance(place, dict) and key in place else {}
        if isinstance(place, dict):
            place[path[-1]] = draw(JSON | st.sampled_from(["", None, [], {}, "x" * 70_000, "::1", "GROUP"]))
    return changed


def check(stream: str, native: dict[str, Any], memberships: Any = None) -> None:
    found = ocsf_row(stream, native, NOW, memberships)
    assert faults(found) == [] if isinstance(found, OcsfRow) else found.reason


def test_a_record_with_all_that_is_read_is_mapped() -> None:
    for source, name in NAMES:
        found = ocsf_row(
            "audit_events", row({**RECORD, "eventSource": f"{source}.amazonaws.com", "eventName": name}), NOW
        )
        assert isinstance(found, OcsfRow)
        assert faults(found) == []


@given(changed_records(), st.booleans())
def test_any_event_is_a_valid_row_or_a_reason(event: dict[str, Any], as_text: bool) -> None:
    check("audit_events", row(json.dumps(event) if as_text else event))


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("account_id", "region", "event_id", "event"), JSON)))
@example(
    {"event": {"eventTime": "2026-03-01T09:03:21Z", "eventSource": "iam.amazonaws.com", "eventName": "CreateUser"}}
)
@example(
    {"event": {"eventTime": "2026-03-01T09:03:21Z", "eventSource": "sts.amazonaws.com", "eventName": "AssumeRole"}}
)
def test_any_row_of_events_is_a_valid_row_or_a_reason(native: dict[str, Any]) -> None:
    check("audit_events", native)


USER = (
    "account_id",
    "identity_store_id",
    "user_arn",
    "user_name",
    "arn",
    "group_names",
    "is_root",
    "tags",
    "name",
    "primary_email",
)


@given(
    st.sampled_from(["users", "identity_center_users"]),
    st.fixed_dictionaries({"user_id": JSON | st.just("AIDA")}, optional=dict.fromkeys(USER, JSON)),
    st.none() | st.lists(OBJECTS, max_size=2),
    JSON,
)
def test_any_user_is_a_valid_row_or_a_reason(stream: str, native: dict[str, Any], memberships: Any, group: Any) -> None:
    of_user = memberships and [{**native, "group_name": group, "group_id": group, **one} for one in memberships]

    check(stream, native, of_user)


@given(st.text(), OBJECTS)
def test_any_other_stream_is_a_reason(stream: str, native: dict[str, Any]) -> None:
    check(stream, native)
