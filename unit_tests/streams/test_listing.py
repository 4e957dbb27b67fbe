"""Plain streams of Regions: rows within others, tags as one object, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from hypothesis import given
from hypothesis import strategies as st

from embedded_aws import Fault
from source_aws_iam.streams.listing import RegionalListing, with_tags
from unit_tests.ec2.ec2_region import REGION, Ec2Region, ec2_region

KEY = ["account_id", "region", "instance_id"]


@pytest.fixture
def region() -> Iterator[Ec2Region]:
    with ec2_region(page_cap=1) as served:
        yield served


def instances(region: Ec2Region, *parent_columns: str) -> RegionalListing:
    return RegionalListing(
        name="instances",
        config=region.config(),
        primary_key=KEY,
        needs={"rows": [["ec2.describe_instances"]]},
        operation="ec2.describe_instances",
        records="Reservations",
        items="instances",
        parent_columns=[*parent_columns],
    )


def tagged(instance_id: str) -> dict[str, Any]:
    return {"InstanceId": instance_id, "Tags": [{"Key": "Name", "Value": "web"}, {"Key": "empty"}]}


def test_items_are_rows_with_the_columns_of_their_parent_and_tags_of_their_own(region: Ec2Region) -> None:
    origin = {"account_id": region.aws.account_id, "partition": "aws", "region": REGION}
    region.plant(
        "Reservations",
        {"ReservationId": "r-1", "OwnerId": "222222222222", "Instances": [tagged("i-1"), {"InstanceId": "i-2"}]},
        {"Instances": [{"InstanceId": "i-3"}]},
    )
    assert region.read(instances(region, "reservation_id")) == [
        {**origin, "reservation_id": "r-1", "instance_id": "i-1", "tags": {"Name": "web", "empty": None}},
        {**origin, "reservation_id": "r-1", "instance_id": "i-2"},
        {**origin, "reservation_id": None, "instance_id": "i-3"},
    ]


def test_a_parent_without_items_has_no_rows(region: Ec2Region) -> None:
    region.plant("Reservations", {"ReservationId": "r-1"}, {"ReservationId": "r-2", "Instances": []})
    assert region.read(instances(region)) == []
    assert region.asked("ec2:DescribeInstances") == 2


def test_an_item_without_an_id_is_a_row_with_a_key(region: Ec2Region) -> None:
    region.plant("Reservations", {"ReservationId": "r-1", "Instances": [{"Platform": "windows"}]})
    [row] = region.read(instances(region, "reservation_id"))
    assert row["instance_id"].startswith("without-id-")
    assert row["platform"] == "windows"


def test_the_next_page_is_asked_for_when_the_rows_of_this_one_were_taken(region: Ec2Region) -> None:
    one, two = ({"Instances": [{"InstanceId": f"i-{page}{item}"} for item in "ab"]} for page in (1, 2))
    region.plant("Reservations", one, two)
    found = iter(instances(region).rows_of_region(region.session(), REGION, enabled=False))
    asked = [(row["instance_id"], region.asked("ec2:DescribeInstances")) for row in found]
    assert asked == [("i-1a", 1), ("i-1b", 1), ("i-2a", 2), ("i-2b", 2)]


def test_a_list_that_is_denied_is_a_failure_and_no_empty_list(region: Ec2Region) -> None:
    region.aws.fail(Fault("ec2:DescribeNetworkAcls", "access_denied", times=None))
    for stream in ("ec2_network_acls", "ec2_network_acl_entries"):
        with pytest.raises(AirbyteTracedException, match="ec2:DescribeNetworkAcls"):
            region.rows(stream)


def test_the_entries_of_a_network_acl_are_told_apart_by_direction_and_number(region: Ec2Region) -> None:
    last = {"RuleNumber": 32767, "Protocol": "-1", "RuleAction": "deny", "CidrBlock": "0.0.0.0/0"}
    entries = [{**last, "Egress": True}, {**last, "Egress": False}]
    region.plant("NetworkAcls", {"NetworkAclId": "acl-1", "VpcId": "vpc-1", "Entries": entries})
    rows = region.rows("ec2_network_acl_entries")
    shown = [(row["network_acl_id"], row["vpc_id"], row["egress"], row["rule_number"]) for row in rows]
    assert shown == [("acl-1", "vpc-1", True, 32767), ("acl-1", "vpc-1", False, 32767)]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"id": 1}, {"id": 1}),
        ({"tags": []}, {"tags": {}}),
        ({"tag_set": [{"key": "a", "value": "b"}]}, {"tags": {"a": "b"}}),
        ({"tag_set": []}, {"tags": {}}),
        ({"tags": [{"value": "b"}, {}, None]}, {"tags": {"": "b"}}),
        ({"tags": None, "tag_set": [{"key": "a"}]}, {"tags": {"a": None}}),
        ({"tags": {"a": "b"}}, {"tags": {"a": "b"}}),
    ],
)
def test_tags_become_one_object_whatever_aws_calls_their_list(row: dict[str, Any], expected: dict[str, Any]) -> None:
    assert with_tags(row) == expected


@given(st.dictionaries(st.text(), st.text()), st.sampled_from(["tags", "tag_set"]))
def test_no_tag_is_lost(tags: dict[str, str], name: str) -> None:
    row = {"id": 1, name: [{"key": key, "value": value} for key, value in tags.items()]}
    assert with_tags(row) == {"id": 1, "tags": tags}
    assert with_tags(with_tags(row)) == with_tags(row)
