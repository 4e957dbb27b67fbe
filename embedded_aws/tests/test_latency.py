"""Embedded AWS answers as late as it is told to, and stands for several accounts."""

from __future__ import annotations

import threading
from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws, Latency, StoppedClock

OTHER = "210987654321"
LOOKUP = "cloudtrail:LookupEvents"


def test_an_answer_comes_late_where_it_was_told_to() -> None:
    waited: list[float] = []
    latency = [Latency(4, LOOKUP, "eu-west-1"), Latency(0.2, LOOKUP), Latency(1, "iam:ListUsers")]
    with EmbeddedAws(latency=latency, wait=waited.append) as aws:
        aws.client_of(aws.base_key, "cloudtrail", "eu-west-1").lookup_events()
        aws.client_of(aws.base_key, "cloudtrail").lookup_events()
        aws.client_of(aws.base_key, "iam").list_groups()
        aws.client("iam").list_users()  # the test's own hand does not wait
    assert waited == [4, 0.2]


def test_requests_of_several_connections_wait_at_the_same_time() -> None:
    together = threading.Barrier(3, timeout=30)

    def wait(_: float) -> None:
        together.wait()

    with EmbeddedAws(lookup_rate=None, latency=[Latency(1)], wait=wait) as aws:
        called = aws.client_of(aws.base_key, "cloudtrail").lookup_events
        threads = [threading.Thread(target=called) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not together.broken


def test_the_quota_counts_when_a_request_comes_and_not_when_its_answer_leaves() -> None:
    clock = StoppedClock()
    with EmbeddedAws(now=clock, latency=[Latency(10)], wait=lambda late: clock.advance(seconds=late)) as aws:
        called = aws.client_of(aws.base_key, "cloudtrail").lookup_events
        for _ in range(4):
            assert called()
        aws.latency = []
        assert called()
        assert called()
        with pytest.raises(ClientError):
            called()
        assert aws.throttled_lookups == {(aws.account_id, "us-east-1"): 1}
        assert aws.requests[aws.account_id, "us-east-1", LOOKUP] == 7
        aws.reset_requests()
        assert not aws.throttled_lookups


def test_each_account_has_its_own_key_events_and_quota() -> None:
    with EmbeddedAws(now=StoppedClock()) as aws:
        others = aws.open_account(OTHER)
        aws.events.add(record("home"))
        aws.events.add(record("other", recipientAccountId=OTHER))
        for key, account_id, event_id in ((aws.base_key, aws.account_id, "home"), (others, OTHER, "other")):
            assert aws.client_of(key, "sts").get_caller_identity()["Account"] == account_id
            called = aws.client_of(key, "cloudtrail").lookup_events
            assert [event["EventId"] for event in called()["Events"]] == [event_id]
            assert called()
            with pytest.raises(ClientError, match="ThrottlingException"):
                called()
        assert aws.throttled_lookups == {(aws.account_id, "us-east-1"): 1, (OTHER, "us-east-1"): 1}


def record(event_id: str, **members: Any) -> dict[str, Any]:
    at = datetime(2026, 1, 15, 11, tzinfo=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "eventID": event_id,
        "eventTime": at,
        "eventName": "ListUsers",
        "eventSource": "iam.amazonaws.com",
        "awsRegion": "us-east-1",
        **members,
    }
