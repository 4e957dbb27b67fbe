"""EC2: what is planted fits AWS's model, and lists page, show, throttle and refuse as AWS's do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.model import Shape
from botocore.session import Session

from embedded_aws import EmbeddedAws, Seed, StoppedClock
from embedded_aws.server.ec2 import LISTS
from embedded_aws.truth import truth_of
from embedded_aws.truth.ec2 import STREAMS

FIRST, SECOND, THIRD = "us-east-1", "eu-west-1", "ap-southeast-2"
SEED = Seed(users=3, groups=1, events=0)
RECORDS = {**{records: name for name, (records, _) in LISTS.items()}, "Reservations": "DescribeInstances"}
# Members that embedded AWS keeps beside those of AWS's list, for calls of their own.
OWN = {"Images": "LaunchPermissions", "Snapshots": "CreateVolumePermissions", "PrefixLists": "Entries"}
# AWS answers with values that its model does not list.
UNLISTED = {
    ("State", "available"),
    ("InterfaceType", "nat_gateway"),
    ("InterfaceType", "ec2_instance_connect_endpoint"),
}
KINDS = {"string": str, "integer": int, "long": int, "boolean": bool, "timestamp": datetime}


@pytest.fixture
def seeded() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(seed=SEED, now=StoppedClock()) as embedded:
        yield embedded


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(now=StoppedClock()) as embedded:
        yield embedded


def of(aws: EmbeddedAws, region: str = FIRST) -> Any:
    return aws.client_of(aws.base_key, "ec2", region)


def error_of(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    code: str = caught.value.response["Error"]["Code"]
    return code


@cache
def shape_of(records: str) -> Any:
    output: Any = Session().get_service_model("ec2").operation_model(RECORDS[records]).output_shape
    return output.members[records].member


def misfits(value: Any, shape: Any, path: str) -> Iterator[str]:
    """Yield what of a value is not as the shape says."""
    if shape.type_name == "structure":
        if not isinstance(value, dict):
            yield f"{path} is no structure"
            return
        for name, inner in value.items():
            if name in shape.members:
                yield from misfits(inner, shape.members[name], f"{path}.{name}")
            else:
                yield f"{path}.{name} is unknown"
    elif shape.type_name == "list":
        if not isinstance(value, list):
            yield f"{path} is no list"
            return
        for item in value:
            yield from misfits(item, shape.member, f"{path}[]")
    elif type(value) is not KINDS[shape.type_name]:
        yield f"{path} is {value!r}, and no {shape.type_name}"
    elif isinstance(value, datetime) and value.tzinfo is None:
        yield f"{path} has no time zone"
    else:
        yield from _unlisted(value, shape, path)


def _unlisted(value: Any, shape: Shape, path: str) -> Iterator[str]:
    allowed = getattr(shape, "enum", [])
    if allowed and value not in allowed and (path.rpartition(".")[2], value) not in UNLISTED:
        yield f"{path} is {value!r}, which is none of {allowed}"


def test_what_is_planted_fits_the_model(seeded: EmbeddedAws) -> None:
    found: list[str] = []
    for region in seeded.regions:
        for records, resources in seeded.ec2[seeded.account_id, region].items():
            for resource in resources:
                known = {name: value for name, value in resource.items() if name != OWN.get(records)}
                found += misfits(known, shape_of(records), records)
    assert sorted(set(found)) == []


@pytest.mark.parametrize(
    "resource",
    [
        {"VpcId": "vpc-1", "Name": "unknown"},
        {"VpcId": 1},
        {"IsDefault": "true"},
        {"Tags": {}},
        {"Tags": [""]},
        {"State": "gone"},
    ],
)
def test_what_does_not_fit_is_found(resource: dict[str, Any]) -> None:
    assert [*misfits(resource, shape_of("Vpcs"), "Vpcs")]


def test_a_time_needs_its_zone() -> None:
    naive = {"CreateTime": datetime(2026, 1, 1)}  # noqa: DTZ001 - what must not be
    assert [*misfits(naive, shape_of("Volumes"), "Volumes")] == ["Volumes.CreateTime has no time zone"]


def test_there_is_a_row_of_every_stream_and_little_in_the_region_that_nobody_uses(seeded: EmbeddedAws) -> None:
    truth = truth_of(seeded, STREAMS)
    assert all({FIRST, SECOND} <= {row["region"] for row in rows} for rows in truth.values())
    unused = {
        stream: len(rows) for stream in truth if (rows := [one for one in truth[stream] if one["region"] == THIRD])
    }
    assert set(unused) == {
        *("ec2_vpcs", "ec2_subnets", "ec2_internet_gateways", "ec2_route_tables", "ec2_routes"),
        *("ec2_network_acls", "ec2_network_acl_entries", "ec2_security_groups", "ec2_security_group_rules"),
    }


def test_what_resources_refer_to_is_there(seeded: EmbeddedAws) -> None:
    truth = truth_of(seeded, [*STREAMS, "instance_profiles"])
    ids = {
        column: {(row.get("region"), row[column]) for row in truth[stream]}
        for stream, column in {
            "ec2_vpcs": "vpc_id",
            "ec2_subnets": "subnet_id",
            "ec2_network_interfaces": "network_interface_id",
            "ec2_instances": "instance_id",
            "ec2_security_groups": "group_id",
            "ec2_route_tables": "route_table_id",
            "ec2_images": "image_id",
            "ec2_nat_gateways": "nat_gateway_id",
            "ec2_transit_gateways": "transit_gateway_id",
        }.items()
    }
    checked = 0
    for stream in STREAMS:
        for row in truth[stream]:
            for column in ids.keys() & row.keys():
                if row[column]:
                    checked += 1
                    assert (row["region"], row[column]) in ids[column], (stream, column)
    assert checked > 500
    profiles = {row["instance_profile_id"]: row["arn"] for row in truth["instance_profiles"]}
    held = {row["iam_instance_profile_id"]: row["iam_instance_profile_arn"] for row in truth["ec2_instances"]}
    del held[None]
    assert held == profiles
    groups = {group for row in truth["ec2_instances"] for group in row["security_group_ids"]}
    assert groups <= {group_id for _, group_id in ids["group_id"]}


def test_no_id_comes_twice(seeded: EmbeddedAws) -> None:
    for stream, rows in truth_of(seeded, STREAMS).items():
        own = [name for name in rows[0] if name == f"{stream.removeprefix('ec2_').removesuffix('s')}_id"]
        for name in own:
            assert len({row[name] for row in rows}) == len(rows), stream


def test_pages_have_the_size_that_is_asked_for_and_their_tokens_belong_to_the_call(seeded: EmbeddedAws) -> None:
    ec2 = of(seeded)
    first = ec2.describe_security_group_rules(MaxResults=5)
    assert len(first["SecurityGroupRules"]) == 5
    rest = ec2.describe_security_group_rules(MaxResults=1000, NextToken=first["NextToken"])
    assert "NextToken" not in rest
    both = [row["SecurityGroupRuleId"] for page in (first, rest) for row in page["SecurityGroupRules"]]
    planted = seeded.ec2[seeded.account_id, FIRST]["SecurityGroupRules"]
    assert both == [row["SecurityGroupRuleId"] for row in planted]
    assert error_of(ec2.describe_subnets, MaxResults=5, NextToken=first["NextToken"]) == "InvalidNextToken"
    assert error_of(ec2.describe_subnets, MaxResults=5, NextToken="made up") == "InvalidNextToken"


def test_a_page_is_never_smaller_than_five_nor_larger_than_a_thousand(aws: EmbeddedAws) -> None:
    aws.ec2[aws.account_id, FIRST]["Volumes"] = [{"VolumeId": f"vol-{number:017x}"} for number in range(1_001)]
    ec2 = of(aws)
    assert error_of(ec2.describe_volumes, MaxResults=4) == "InvalidParameterValue"
    page = ec2.describe_volumes(MaxResults=5_000)
    assert (len(page["Volumes"]), "NextToken" in page) == (1_000, True)
    assert len(ec2.describe_volumes()["Volumes"]) == 1_001
    aws.page_cap = 2
    assert len(ec2.describe_volumes(MaxResults=5)["Volumes"]) == 2


def test_images_and_snapshots_of_others_and_disabled_ones_are_listed_where_they_are_asked_for(
    seeded: EmbeddedAws,
) -> None:
    ec2 = of(seeded)
    for list_, records, owners in (
        (ec2.describe_images, "Images", "Owners"),
        (ec2.describe_snapshots, "Snapshots", "OwnerIds"),
    ):
        own = list_(**{owners: ["self"]})[records]
        assert {one["OwnerId"] for one in own} == {seeded.account_id}
        assert len(list_()[records]) == len(own) + 1
    states = [{one["State"] for one in ec2.describe_images(IncludeDisabled=given)["Images"]} for given in (False, True)]
    assert states == [{"available"}, {"available", "disabled"}]


def test_what_services_manage_is_hidden_unless_it_is_asked_for(seeded: EmbeddedAws) -> None:
    ec2 = of(seeded)
    for call, records in (
        ("describe_instances", "Reservations"),
        ("describe_volumes", "Volumes"),
        ("describe_network_interfaces", "NetworkInterfaces"),
        ("describe_launch_templates", "LaunchTemplates"),
    ):
        shown, every = (len(getattr(ec2, call)(IncludeManagedResources=given)[records]) for given in (False, True))
        assert every == shown + 1, call


def test_of_a_reservation_only_the_instances_that_are_hidden_are_left_out(aws: EmbeddedAws) -> None:
    hidden = {"InstanceId": "i-2", "Operator": {"Managed": True, "HiddenByDefault": True}}
    reservation = {"ReservationId": "r-1", "Instances": [{"InstanceId": "i-1"}, hidden]}
    aws.ec2[aws.account_id, FIRST]["Reservations"] = [reservation]
    [found] = of(aws).describe_instances()["Reservations"]
    assert [one["InstanceId"] for one in found["Instances"]] == ["i-1"]


def test_each_operation_has_a_bucket_in_each_region_and_a_smaller_one_where_all_is_asked_for(aws: EmbeddedAws) -> None:
    aws.token_buckets = True
    ec2 = of(aws)
    for _ in range(50):
        ec2.describe_vpcs()
    assert error_of(ec2.describe_vpcs) == "RequestLimitExceeded"
    assert of(aws, SECOND).describe_vpcs()["Vpcs"] == ec2.describe_subnets()["Subnets"] == []
    for _ in range(100):
        ec2.describe_volumes(MaxResults=5)
    assert error_of(ec2.describe_volumes, MaxResults=5) == "RequestLimitExceeded"
    assert aws.throttled_by_buckets == {
        (aws.account_id, f"{FIRST} DescribeVpcs"): 1,
        (aws.account_id, f"{FIRST} DescribeVolumes"): 1,
    }


def test_tokens_come_back_with_time() -> None:
    clock = StoppedClock()
    with EmbeddedAws(now=clock, token_buckets=True) as aws:
        ec2 = of(aws)
        for _ in range(50):
            ec2.describe_vpcs()
        clock.advance(seconds=1)
        for _ in range(10):
            ec2.describe_vpcs()
        assert error_of(ec2.describe_vpcs) == "RequestLimitExceeded"


def test_a_region_that_is_not_enabled_does_not_know_the_key(aws: EmbeddedAws) -> None:
    aws.accounts.not_enabled[aws.account_id] = [SECOND]
    assert error_of(of(aws, SECOND).describe_vpcs) == "AuthFailure"
    assert of(aws).describe_vpcs()["Vpcs"] == []


def test_a_region_may_be_closed_by_a_service_control_policy(aws: EmbeddedAws) -> None:
    aws.close_regions(aws.account_id, SECOND)
    assert error_of(of(aws, SECOND).describe_vpcs) == "UnauthorizedOperation"
    assert of(aws).describe_vpcs()["Vpcs"] == []


def test_with_whom_something_is_shared_is_told_of_what_is_there(seeded: EmbeddedAws) -> None:
    ec2 = of(seeded)
    assert error_of(ec2.describe_image_attribute, ImageId="ami-0", Attribute="launchPermission") == (
        "InvalidAMIID.NotFound"
    )
    assert error_of(ec2.describe_snapshot_attribute, SnapshotId="snap-0", Attribute="createVolumePermission") == (
        "InvalidSnapshot.NotFound"
    )
    lists = {one["PrefixListName"]: one for one in ec2.describe_managed_prefix_lists()["PrefixLists"]}
    page = ec2.get_managed_prefix_list_entries(PrefixListId=lists["office"]["PrefixListId"], MaxResults=5)
    assert (len(page["Entries"]), "NextToken" in page) == (5, True)
    assert error_of(ec2.get_managed_prefix_list_entries, PrefixListId="pl-0") == "InvalidPrefixListID.NotFound"


def test_equal_seeds_plant_equal_networks_and_other_accounts_have_others() -> None:
    def planted(seed: int, account_id: str) -> Any:
        with EmbeddedAws(
            seed=Seed(users=3, groups=1, events=0, seed=seed), now=StoppedClock(), account_id=account_id
        ) as aws:
            return {region: {**aws.ec2[account_id, region]} for region in aws.regions}

    first = planted(7, "123456789012")
    assert first == planted(7, "123456789012")
    assert first[FIRST]["Vpcs"] != planted(8, "123456789012")[FIRST]["Vpcs"]
    assert first[FIRST]["Vpcs"][0]["VpcId"] != planted(7, "222222222222")[FIRST]["Vpcs"][0]["VpcId"]
