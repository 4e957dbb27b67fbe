"""ec2_instances: what a row takes from within the structure of an instance."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.model import ListShape, Shape, StructureShape
from botocore.session import Session
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from unit_tests.ec2.ec2_answers import Ec2Answers, paged, rows
from unit_tests.inventory import PACKAGE

LIST = "DescribeInstances"
STREAM = "ec2_instances"
ID = "i-0123456789abcdef0"
SCHEMA = json.loads((PACKAGE / "schemas" / f"{STREAM}.json").read_text("utf-8"))
LISTS = (
    *("security_group_ids", "network_interface_ids"),
    *("private_ip_addresses", "public_ip_addresses", "ipv6_addresses"),
)
# Whatever of an instance the module looks into.
READ = ("State", "IamInstanceProfile", "MetadataOptions", "SecurityGroups", "NetworkInterfaces", "Tags")


def reservation(*instances: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"ReservationId": "r-1", "OwnerId": "123456789012", "Instances": list(instances), **more}


def row(**instance: Any) -> dict[str, Any]:
    [found] = rows(STREAM, **{LIST: {"Reservations": [reservation({"InstanceId": ID, **instance})]}})
    return found


def address(private: str, public: str = "") -> dict[str, Any]:
    return {"PrivateIpAddress": private, **({"Association": {"PublicIp": public}} if public else {})}


def test_addresses_and_ids_of_all_network_interfaces_are_in_the_row() -> None:
    interfaces = [
        {
            "NetworkInterfaceId": "eni-1",
            "PrivateIpAddresses": [address("10.0.0.1", "192.0.2.1"), address("10.0.0.2")],
            "Ipv6Addresses": [{"Ipv6Address": "2001:db8::1"}],
        },
        {
            "NetworkInterfaceId": "eni-2",
            "PrivateIpAddresses": [address("10.0.1.1", "192.0.2.2")],
            "Ipv6Addresses": [{"Ipv6Address": "2001:db8::2"}, {"Ipv6Address": "2001:db8::3"}],
        },
    ]
    groups = [{"GroupId": "sg-1", "GroupName": "web"}, {"GroupId": "sg-2", "GroupName": "ssh"}]
    found = row(NetworkInterfaces=interfaces, SecurityGroups=groups)
    assert {name: found[name] for name in LISTS} == {
        "security_group_ids": ["sg-1", "sg-2"],
        "network_interface_ids": ["eni-1", "eni-2"],
        "private_ip_addresses": ["10.0.0.1", "10.0.0.2", "10.0.1.1"],
        "public_ip_addresses": ["192.0.2.1", "192.0.2.2"],
        "ipv6_addresses": ["2001:db8::1", "2001:db8::2", "2001:db8::3"],
    }
    assert not {"network_interfaces", "security_groups"} & set(found)


def test_the_profile_is_named_by_its_arn_and_by_its_id() -> None:
    arn = "arn:aws:iam::123456789012:instance-profile/web"
    found = row(IamInstanceProfile={"Arn": arn, "Id": "AIPA1"}, State={"Code": 16, "Name": "running"})
    assert (found["iam_instance_profile_arn"], found["iam_instance_profile_id"]) == (arn, "AIPA1")
    assert found["state"] == "running"
    assert "iam_instance_profile" not in found


@pytest.mark.parametrize(
    ("endpoint", "tokens", "allowed"),
    [
        ("enabled", "optional", True),
        ("enabled", "required", False),
        ("disabled", "optional", False),
        ("disabled", "required", False),
        ("disabled", None, False),
        ("enabled", None, None),
        (None, "optional", True),
        (None, "required", False),
        (None, None, None),
    ],
)
def test_imds_v1_is_allowed_only_where_the_service_answers_without_a_token(
    endpoint: str | None, tokens: str | None, *, allowed: bool | None
) -> None:
    options = {"HttpEndpoint": endpoint, "HttpTokens": tokens}
    found = row(MetadataOptions={name: value for name, value in options.items() if value})
    assert found["is_imds_v1_allowed"] is allowed


@pytest.mark.parametrize("state", [{"State": {"Code": 48, "Name": "terminated"}}, {"State": {}}, {}])
def test_a_terminated_instance_is_a_row_with_almost_nothing(state: dict[str, Any]) -> None:
    found = row(**state)
    assert found["instance_id"] == ID
    assert found["state"] == state.get("State", {}).get("Name")
    assert [found[name] for name in LISTS] == [[], [], [], [], []]
    assert found["iam_instance_profile_arn"] is found["iam_instance_profile_id"] is found["is_imds_v1_allowed"] is None


def test_parts_without_an_id_or_an_address_are_left_out() -> None:
    interfaces = [
        {},
        {"PrivateIpAddresses": [{}, {"Association": {}}, address("10.0.0.1")], "Ipv6Addresses": [{}]},
        {"NetworkInterfaceId": "eni-3"},
    ]
    found = row(NetworkInterfaces=interfaces, SecurityGroups=[{}, {"GroupName": "web"}, {"GroupId": "sg-1"}])
    assert [found[name] for name in LISTS] == [["sg-1"], ["eni-3"], ["10.0.0.1"], [], []]


def test_the_instances_of_all_reservations_on_all_pages_are_rows() -> None:
    pages = paged(
        "Reservations",
        [reservation({"InstanceId": "i-1"}, {"InstanceId": "i-2"}, RequesterId="940372691376")],
        [reservation(ReservationId="r-2"), {"ReservationId": "r-3"}],
        [reservation({"InstanceId": "i-3"}, ReservationId="r-4")],
    )
    found = rows(STREAM, **{LIST: pages})
    columns = ("instance_id", "reservation_id", "requester_id", "region")
    assert [tuple(one.get(name) for name in columns) for one in found] == [
        ("i-1", "r-1", "940372691376", "us-east-1"),
        ("i-2", "r-1", "940372691376", "us-east-1"),
        ("i-3", "r-4", None, "us-east-1"),
    ]


def test_instances_without_an_id_are_rows_of_their_own() -> None:
    unnamed = reservation({"PrivateIpAddress": "10.0.0.1"}, {"PrivateIpAddress": "10.0.0.2"})
    found = rows(STREAM, **{LIST: {"Reservations": [unnamed]}})
    assert len({one["instance_id"] for one in found}) == len(found) == 2


def test_hidden_instances_are_asked_for() -> None:
    aws = Ec2Answers({LIST: {"Reservations": []}})
    assert aws.rows(STREAM) == []
    assert [request["IncludeManagedResources"] for _, request in aws.asked] == [True]


def shaped(shape: Shape) -> st.SearchStrategy[Any]:
    """What AWS may answer for a shape: every member may be missing."""
    if isinstance(shape, StructureShape):
        return st.fixed_dictionaries({}, optional={name: shaped(inner) for name, inner in shape.members.items()})
    if isinstance(shape, ListShape):
        return st.lists(shaped(shape.member), max_size=2)
    scalars: dict[str, st.SearchStrategy[Any]] = {
        "boolean": st.booleans(),
        "integer": st.integers(0, 9),
        "timestamp": st.datetimes().map(lambda time: time.isoformat() + "Z"),
    }
    return scalars.get(shape.type_name, st.text(max_size=3))


def instances() -> st.SearchStrategy[list[dict[str, Any]]]:
    output: Any = Session().get_service_model("ec2").operation_model(LIST).output_shape
    members = output.members["Reservations"].member.members["Instances"].member.members
    parts = {name: shaped(members[name]) for name in READ}
    return st.lists(st.fixed_dictionaries({"InstanceId": st.just(ID)}, optional=parts), max_size=3)


def there(value: Any, name: str) -> list[str]:
    """Find every value of a member, wherever it is."""
    if isinstance(value, list):
        return [found for item in value for found in there(item, name)]
    if not isinstance(value, dict):
        return []
    return [
        found
        for member, inner in value.items()
        for found in ([inner] if member == name and isinstance(inner, str) else there(inner, name))
    ]


@pytest.fixture(scope="module")
def aws() -> Ec2Answers:
    """One for all examples: it takes long to load the model of EC2."""
    return Ec2Answers({})


@settings(max_examples=60)
@given(listed=instances())
def test_whatever_aws_leaves_out_each_instance_is_a_row_of_the_schema(
    aws: Ec2Answers, listed: list[dict[str, Any]]
) -> None:
    aws.table[LIST] = {"Reservations": [reservation(*listed)]}
    found = aws.rows(STREAM)
    assert len(found) == len(listed)
    for one, instance in zip(found, listed, strict=True):
        assert list(Draft7Validator(SCHEMA).iter_errors(one)) == []
        assert set(one) <= set(SCHEMA["properties"])
        interfaces = instance.get("NetworkInterfaces", [])
        addresses = [interface.get("PrivateIpAddresses", []) for interface in interfaces]
        assert one["public_ip_addresses"] == there(addresses, "PublicIp")
        assert one["private_ip_addresses"] == there(addresses, "PrivateIpAddress")
        assert one["ipv6_addresses"] == there(interfaces, "Ipv6Address")
