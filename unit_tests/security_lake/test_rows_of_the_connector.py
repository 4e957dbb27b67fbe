"""What the connector emits of embedded AWS, and what its own tests have as events, is mapped."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import source_aws_iam
from destination_security_lake.ocsf.classes import (
    ACCOUNT_CHANGE,
    API_ACTIVITY,
    AUTHENTICATION,
    USER_INVENTORY,
    EventClass,
)
from destination_security_lake.ocsf.fields import Fields
from destination_security_lake.ocsf.json_values import DEEPEST
from destination_security_lake.ocsf.mapping import ocsf_row
from destination_security_lake.ocsf.results import OcsfRow, UnmappedRow
from destination_security_lake.ocsf.user_inventory import USER_KEYS
from embedded_aws import EmbeddedAws, Seed
from embedded_aws.scenarios.company import open_company
from embedded_aws.truth import Tables, truth_of
from source_aws_iam.aws import nesting
from source_aws_iam.cloudtrail.record.sign_in import HIDDEN
from tools.ocsf_examples import documents
from unit_tests.cloudtrail.golden import LINES
from unit_tests.security_lake.events import NOW
from unit_tests.security_lake.validation import VERSIONS, faults

SCHEMAS = Path(source_aws_iam.__file__).parent / "schemas"
STREAMS = ("users", "group_members", "identity_center_users", "identity_center_group_members", "audit_events")


@pytest.fixture(scope="module")
def tables() -> Iterator[Tables]:
    with EmbeddedAws(seed=Seed(users=60, groups=8, roles=4, policies=2, events=1_500)) as aws:
        open_company(aws, aws.external_id)
        found = truth_of(aws, STREAMS)
        # As messages have them: without null, times as text.
        yield {name: [json.loads(json.dumps(row, default=str)) for row in rows] for name, rows in found.items()}


def test_the_streams_and_columns_that_are_read_are_those_of_the_connector() -> None:
    read = {stream: {*columns} for stream, columns in USER_KEYS.items()}
    for _, document in documents():
        for stream, row in document.items():
            read.setdefault(stream, set()).update(row[0] if isinstance(row, list) else row)

    for stream, columns in read.items():
        schema = json.loads((SCHEMAS / f"{stream}.json").read_text(encoding="utf-8"))
        assert sorted(columns - schema["properties"].keys()) == []


def test_a_record_may_nest_as_deep_as_the_connector_lets_it() -> None:
    assert DEEPEST == nesting.DEEPEST


def test_what_aws_hides_is_what_the_connector_takes_for_hidden() -> None:
    assert Fields({"name": HIDDEN}).text("name") is None


def test_every_event_is_mapped(tables: Tables) -> None:
    found = [ocsf_row("audit_events", row, NOW) for row in tables["audit_events"]]

    assert [str(row) for row in found if isinstance(row, UnmappedRow)] == []
    assert [fault for row in found if isinstance(row, OcsfRow) for fault in faults(row)] == []
    assert classes(found).keys() == {API_ACTIVITY, AUTHENTICATION, ACCOUNT_CHANGE}


def test_no_text_of_a_record_is_lost(tables: Tables) -> None:
    for row in tables["audit_events"]:
        found = ocsf_row("audit_events", row, NOW)
        assert isinstance(found, OcsfRow)
        attributes = context(row["event"].get("userIdentity") or {}).get("attributes", {})
        # These are times and booleans in OCSF.
        converted = {"Yes", "No", "true", "false", "", attributes.get("creationDate")}

        assert {*texts(row["event"])} - {*texts(found.attributes)} - converted == set()


def context(identity: Any) -> Any:
    return identity.get("sessionContext") or {}


def texts(value: Any) -> Iterator[str]:
    """Yield all text in a value, also in JSON text."""
    if isinstance(value, dict):
        value = [*value.values()]
    if isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value
        if value.startswith(("{", "[")):
            yield from texts(json.loads(value))


@pytest.mark.parametrize(
    ("stream", "of_members"),
    [("users", "group_members"), ("identity_center_users", "identity_center_group_members")],
)
def test_every_user_is_mapped_with_all_groups(stream: str, of_members: str, tables: Tables) -> None:
    found = [ocsf_row(stream, row, NOW, tables[of_members]) for row in tables[stream]]

    assert classes(found) == {USER_INVENTORY: len(tables[stream])}
    assert [fault for row in found if isinstance(row, OcsfRow) for fault in faults(row, VERSIONS)] == []
    groups = [group for row in found if isinstance(row, OcsfRow) for group in row.attributes["user"]["groups"]]
    assert len(groups) == len(tables[of_members]) > 0
    assert all(group.keys() == {"uid", "name"} for group in groups)


def test_the_odd_events_of_the_connectors_tests_are_mapped_or_named() -> None:
    lines = map(json.loads, LINES.read_text(encoding="utf-8").splitlines())
    found = [ocsf_row("audit_events", line["record"]["data"], NOW) for line in lines]

    assert [fault for row in found if isinstance(row, OcsfRow) for fault in faults(row)] == []
    assert sum(isinstance(row, OcsfRow) for row in found) > 20


def classes(found: list[OcsfRow | UnmappedRow]) -> Counter[EventClass]:
    rows: Any = (row for row in found if isinstance(row, OcsfRow))
    return Counter(row.event_class for row in rows)
