"""ec2_routes: the routes of all route tables, each with where it leads to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from unit_tests.ec2.ec2_region import REGION, Ec2Region, ec2_region

STREAM = "ec2_routes"


@pytest.fixture
def region() -> Iterator[Ec2Region]:
    with ec2_region(page_cap=1) as served:
        yield served


def table(number: int, *routes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"RouteTableId": f"rtb-{number}", "Routes": [*routes], **more}


@pytest.mark.parametrize(
    ("sent", "destination"),
    [
        ({"DestinationCidrBlock": "0.0.0.0/0"}, "0.0.0.0/0"),
        ({"DestinationIpv6CidrBlock": "::/0"}, "::/0"),
        ({"DestinationPrefixListId": "pl-1"}, "pl-1"),
        ({"DestinationCidrBlock": "", "DestinationIpv6CidrBlock": "::/0"}, "::/0"),
    ],
)
def test_a_route_leads_to_whichever_destination_aws_names(
    sent: dict[str, str], destination: str, region: Ec2Region
) -> None:
    region.plant("RouteTables", table(1, {**sent, "GatewayId": "igw-1"}))
    [row] = region.rows(STREAM)
    assert (row["route_table_id"], row["destination"], row["gateway_id"]) == ("rtb-1", destination, "igw-1")


def test_the_routes_of_every_page_have_the_columns_of_their_table_and_none_of_another(region: Ec2Region) -> None:
    local, out = {"DestinationCidrBlock": "10.0.0.0/16"}, {"DestinationCidrBlock": "0.0.0.0/0"}
    whole = table(1, local, out, VpcId="vpc-1", OwnerId="222222222222", Tags=[{"Key": "Name", "Value": "public"}])
    region.plant("RouteTables", whole, table(2), {"RouteTableId": "rtb-3"}, table(4, local))
    rows = region.rows(STREAM)
    assert [(row["route_table_id"], row["destination"]) for row in rows] == [
        ("rtb-1", "10.0.0.0/16"),
        ("rtb-1", "0.0.0.0/0"),
        ("rtb-4", "10.0.0.0/16"),
    ]
    assert rows[0] == {
        "account_id": region.aws.account_id,
        "partition": "aws",
        "region": REGION,
        "route_table_id": "rtb-1",
        "vpc_id": "vpc-1",
        "owner_id": "222222222222",
        "destination": "10.0.0.0/16",
        "destination_cidr_block": "10.0.0.0/16",
    }
    assert (rows[2]["vpc_id"], rows[2]["owner_id"]) == (None, None)
    assert region.asked("ec2:DescribeRouteTables") == 4


def test_routes_without_destination_are_rows_with_keys_of_their_own(region: Ec2Region) -> None:
    region.plant("RouteTables", table(1, {"State": "active"}, {"DestinationCidrBlock": "10.0.0.0/16"}, {"State": "x"}))
    first, known, last = (row["destination"] for row in region.rows(STREAM))
    assert known == "10.0.0.0/16"
    assert first.startswith("without-id-")
    assert last.startswith("without-id-")
    assert first != last


def test_a_table_without_an_id_does_not_keep_its_routes_from_being_rows(region: Ec2Region) -> None:
    region.plant("RouteTables", {"Routes": [{"DestinationCidrBlock": "10.0.0.0/16"}]})
    [row] = region.rows(STREAM)
    assert row["route_table_id"].startswith("without-id-")
    assert row["destination"] == "10.0.0.0/16"
