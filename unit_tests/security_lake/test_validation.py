"""The validation refuses what is wrong. Without this, all tests of rows would pass for want of it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from destination_security_lake.ocsf.results import OcsfRow
from unit_tests.security_lake.events import record, result
from unit_tests.security_lake.validation import faults


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("type_uid", 600304, "type_uid: 600304"),
        ("class_name", "API", "$.class_name: 'API' is not 'API Activity'"),
        ("activity_name", "Read", "$.activity_name: 'Read' is not 'Create'"),
        ("severity", None, "$.severity: None"),
        ("actor.user.type", "Admin", "$.actor.user.type: 'Admin' is not 'User'"),
        ("actor.user.account.type", "Azure", "$.actor.user.account.type: 'Azure' is not 'AWS Account'"),
        ("status_detail", "", "$.status_detail: ''"),
        ("http_request", {}, "$.http_request: {}"),
        ("time", 2**63, "is no int64"),
        ("activity_id", True, "is no int32"),
        ("time_dt", "2026-03-01T09:03:21Z", "is no timestamp(ms, UTC)"),
        ("unmapped", {"a": 1}, "is no map<string, string>"),
        ("api.operation", "\ud800", "is no string"),
        ("cloud.zone", "a", "$.cloud: "),
        ("src_endpoint", {"domain": "ec2.amazonaws.com"}, "1.3.0 $.src_endpoint: "),
        ("actor.user", {"type": "AWSService"}, "1.3.0 $.actor.user: "),
        ("severity_id", 7, "1.3.0 $.severity_id: "),
    ],
)
def test_a_row_with_a_fault_is_refused(path: str, value: Any, fault: str) -> None:
    row = result(record("RunInstances", "ec2"))
    assert isinstance(row, OcsfRow)
    assert faults(row) == []
    attributes: Any = copy.deepcopy(row.attributes)
    *parents, name = path.split(".")
    place = attributes
    for parent in parents:
        place = place[parent]
    place[name] = value

    assert any(fault in one for one in faults(OcsfRow(row.event_class, attributes)))
