"""Resources of which AWS says almost nothing, as of what was deleted a moment ago: each is a row that can be loaded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session
from jsonschema import Draft7Validator

import source_aws_iam
from embedded_aws.server.ec2 import LISTS
from unit_tests.ec2.ec2_region import DECLARED, Ec2Region, ec2_region

SCHEMAS = Path(source_aws_iam.__file__).parent / "schemas"
STREAMS = [name for name in DECLARED if name.startswith("ec2_")]
# What embedded AWS, not the connector, has to know of a resource.
OF_LISTS: dict[str, dict[str, Any]] = {
    "Images": {"OwnerId": "123456789012", "State": "available", "ImageId": "ami-1"},
    "Snapshots": {"OwnerId": "123456789012", "SnapshotId": "snap-1"},
    "PrefixLists": {"PrefixListId": "pl-1"},
    "Reservations": {"Instances": [{"KeyName": "a"}]},
    "RouteTables": {"Routes": [{"State": "active"}]},
    "NetworkAcls": {"Entries": [{"Protocol": "-1"}]},
}
OPERATIONS = {records: operation for operation, (records, _) in LISTS.items()}


def least(records: str) -> dict[str, Any]:
    """Return a resource with one member, which is not its id."""
    if records in OF_LISTS:
        return OF_LISTS[records]
    output: Any = Session().get_service_model("ec2").operation_model(OPERATIONS[records]).output_shape
    members = output.members[records].member.members
    tag = [{"Key": "a", "Value": "b"}]
    return next(
        {name: tag} if name != "State" else {name: "a"} for name in ("Tags", "TagSet", "State") if name in members
    )


@pytest.fixture(scope="module")
def region() -> Iterator[Ec2Region]:
    with ec2_region() as served:
        for records in {*OPERATIONS, *OF_LISTS} - {"LaunchTemplateVersions"}:
            served.plant(records, least(records))
        yield served


@pytest.mark.parametrize("stream", STREAMS)
def test_what_lacks_all_its_members_is_a_row_of_the_schema_with_a_key(stream: str, region: Ec2Region) -> None:
    [row] = json.loads(json.dumps(region.rows(stream)))
    schema = json.loads((SCHEMAS / f"{stream}.json").read_text(encoding="utf-8"))
    assert [error.message for error in Draft7Validator(schema).iter_errors(row)] == []
    assert all(row[column] for column in DECLARED[stream]["primary_key"])
