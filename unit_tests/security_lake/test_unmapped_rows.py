"""Rows that cannot be mapped are named, with the reason."""

from __future__ import annotations

import json
from typing import Any

import pytest

from destination_security_lake.ocsf.mapping import ocsf_row
from destination_security_lake.ocsf.results import Reason, UnmappedRow
from unit_tests.security_lake.events import ACCOUNT, NOW, mapped, record, result


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (None, Reason.NO_RECORD),
        ("no JSON", Reason.NO_RECORD),
        ("[1]", Reason.NO_RECORD),
        (7, Reason.NO_RECORD),
        ('{"a":' * 65 + "1" + "}" * 65, Reason.TOO_DEEP),
        ("[" * 100_000, Reason.TOO_DEEP),
        (record("RunInstances", "ec2", eventTime=None), Reason.NO_TIME),
        (record("RunInstances", "ec2", eventTime="2026-02-31T00:00:00Z"), Reason.NO_TIME),
        (record("RunInstances", "ec2", eventTime=1772355801), Reason.NO_TIME),
        (record("RunInstances", eventSource=[]), Reason.NO_SOURCE),
        (record(""), Reason.NO_NAME),
        (record("RunInstances", "ec2", userIdentity={"type": "Unknown", "principalId": ""}), Reason.NO_ACTOR),
        (record("RunInstances", "ec2", sourceIPAddress=""), Reason.NO_ADDRESS),
        (record("RunInstances", "ec2", eventCategory="Insight", userIdentity=None), Reason.INSIGHT),
    ],
)
def test_what_cannot_be_mapped_is_named_with_the_reason(event: Any, reason: Reason) -> None:
    found = result(event)

    assert isinstance(found, UnmappedRow)
    assert found == UnmappedRow("audit_events", reason, ACCOUNT, "eu-west-1", "22222222")
    assert str(found) == (
        f"audit_events: 22222222 of account {ACCOUNT}, Region eu-west-1 is not mapped. {reason.value}"
    )


def test_a_record_of_the_deepest_that_the_connector_emits_is_mapped() -> None:
    deep: Any = "x"
    for _ in range(62):
        deep = {"a": deep}

    assert json.dumps(record("PutObject", "s3", requestParameters=deep)).count("{") == 64
    mapped(record("PutObject", "s3", requestParameters=deep))


def test_a_stream_that_ocsf_has_no_class_for_is_named() -> None:
    found = ocsf_row("groups", {"account_id": ACCOUNT, "group_id": "AGPA"}, NOW)

    assert isinstance(found, UnmappedRow)
    assert found.reason is Reason.STREAM
    assert str(found).startswith(f"groups: a row without a key of account {ACCOUNT} is not mapped. ")
