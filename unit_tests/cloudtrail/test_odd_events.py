"""Odd events in the log: one warning for a sync, however many threads read them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from source_aws_iam.cloudtrail.odd_events import OddEvents
from unit_tests.cloudtrail.history.listing import HOME


def test_a_sync_without_odd_events_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    OddEvents("audit_events").report()
    assert caplog.messages == []


def test_one_odd_event_is_named_with_its_place_and_what_is_odd(caplog: pytest.LogCaptureFixture) -> None:
    odd = OddEvents("audit_events")
    odd.count(HOME, "e-1", ["userIdentity", "resources", "resources"])
    odd.report()
    [message] = caplog.messages
    assert message == (
        "audit_events: event e-1 of account 123456789012, Region us-east-1 is not as AWS documents events (in: "
        "resources, userIdentity). Each became a row. What does not fit its column is null there, and is kept in the "
        "column event or event_text."
    )


def test_of_many_the_first_is_named_and_the_others_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    odd = OddEvents("audit_events")
    odd.count(HOME, "x" * 1000, ["EventId"])
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: odd.count(HOME, str(number), ["EventId"]), range(2_000)))
    odd.report()
    [message] = caplog.messages
    assert f"event {'x' * 100} of" in message
    assert "(in: EventId), and neither are 2,000 others of this sync." in message
