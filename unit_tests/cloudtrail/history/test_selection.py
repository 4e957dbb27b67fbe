"""The queries of a selection: no two selections share a name in the state."""

from __future__ import annotations

from typing import Any

import pytest

from source_aws_iam.cloudtrail.history.event import Event
from source_aws_iam.cloudtrail.history.selection import Query, queries
from source_aws_iam.cloudtrail.selection import IDENTITY_SOURCES
from source_aws_iam.config import EventSelection
from unit_tests.cloudtrail.history.listing import HOME, listed

SELECTIONS = [
    EventSelection(),
    EventSelection("write_only"),
    EventSelection("identity"),
    EventSelection("identity", include_read_only=False),
    EventSelection("attribute", attribute_key="Username", attribute_value="ana"),
    EventSelection("attribute", attribute_key="EventSource", attribute_value="ec2.amazonaws.com"),
]


def test_all_events_are_one_query_without_attributes() -> None:
    assert [query.request for query in queries(EventSelection()).values()] == [{}]


def test_changes_are_left_to_aws_to_tell() -> None:
    [query] = queries(EventSelection("write_only")).values()
    assert query.request == {"LookupAttributes": [{"AttributeKey": "ReadOnly", "AttributeValue": "false"}]}


def test_identity_is_one_query_per_service() -> None:
    asked = [query.request["LookupAttributes"] for query in queries(EventSelection("identity")).values()]
    assert asked == [[{"AttributeKey": "EventSource", "AttributeValue": source}] for source in IDENTITY_SOURCES]


def test_insights_are_a_query_of_their_own_beside_any_selection() -> None:
    for selection in SELECTIONS:
        with_insights = queries(EventSelection(**{**vars(selection), "insights": True}))
        assert with_insights.pop("insights").request == {"EventCategory": "insight"}
        assert with_insights == queries(selection)


@pytest.mark.parametrize(
    ("read_only", "kept"),
    [("true", False), ("True", False), (True, False), ("false", True), (None, True), (["true"], True), (1, True)],
)
def test_what_aws_cannot_leave_out_is_left_out_here_but_not_the_unknown(read_only: Any, *, kept: bool) -> None:
    event = Event(listed(ReadOnly=read_only), HOME)
    assert Query("q", writes_only=True).wants(event) is kept
    assert Query("q").wants(event) is True


@pytest.mark.parametrize("event", [None, "x", [], {}])
def test_what_says_nothing_of_itself_is_kept(event: Any) -> None:
    assert Query("q", writes_only=True).wants(Event(event, HOME)) is True


def test_queries_that_list_different_events_have_different_names() -> None:
    by_name: dict[str, Query] = {}
    for selection in SELECTIONS:
        for name, query in queries(selection).items():
            assert by_name.setdefault(name, query) == query
