"""Every member of what EC2 answers -> the column that has it, or a sentence on why none has.

Most columns have AWS's own names. So a new member in a newer botocore needs a column in the schema, or a reason here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from botocore import xform_name
from botocore.model import ServiceModel
from botocore.session import Session

import source_aws_iam
from unit_tests.answer_members import leaves

Members = Mapping[str, str]
Answer = tuple[str, str, str, str]

_TAG = re.compile(r"^Tag(s|Set)\[\]\.(Key|Value)$")
# A member, or all members within one -> the column or the reason.
OTHERWISE: Mapping[str, Members] = {
    "ec2_instances": {
        "State.Name": "state",
        "State.Code": "The name says the same.",
        "IamInstanceProfile.Arn": "iam_instance_profile_arn",
        "IamInstanceProfile.Id": "iam_instance_profile_id",
        "SecurityGroups[].GroupId": "security_group_ids",
        "SecurityGroups[].GroupName": "It is in ec2_security_groups.",
        "NetworkInterfaces[].NetworkInterfaceId": "network_interface_ids",
        "NetworkInterfaces[].PrivateIpAddresses[].PrivateIpAddress": "private_ip_addresses",
        "NetworkInterfaces[].PrivateIpAddresses[].Association.PublicIp": "public_ip_addresses",
        "NetworkInterfaces[].Ipv6Addresses[].Ipv6Address": "ipv6_addresses",
        "NetworkInterfaces[]": "It is in ec2_network_interfaces.",
        "ClientToken": "It only makes a request that is repeated harmless.",
        "AmiLaunchIndex": "It only numbers the instances of one request.",
    },
    "ec2_images": {"Public": "is_public"},
    "ec2_key_pairs": {"PublicKey": "It is not asked for."},
}
# What streams ask besides their list.
BESIDES: Mapping[Answer, Members] = {
    ("ec2_images", "ec2", "DescribeImageAttribute", "LaunchPermissions"): {
        "UserId": "shared_with_account_ids",
        "OrganizationArn": "shared_with_organization_arns",
        "OrganizationalUnitArn": "shared_with_ou_arns",
        "Group": "is_public says so.",
    },
    ("ec2_snapshots", "ec2", "DescribeSnapshotAttribute", "CreateVolumePermissions"): {
        "UserId": "shared_with_account_ids",
        "Group": "is_public",
    },
    ("ec2_prefix_lists", "ec2", "GetManagedPrefixListEntries", "Entries"): {
        "Cidr": "entries[].cidr",
        "Description": "entries[].description",
    },
}
# Columns that no answer of EC2 has by that name.
_EVERYWHERE = {"account_id", "partition", "region"}
OURS: Mapping[str, set[str]] = {
    "ec2_instances": {"is_imds_v1_allowed"},
    "ec2_launch_templates": {"has_user_data", "unavailable_fields"},
    "ec2_images": {"unavailable_fields"},
    "ec2_snapshots": {"unavailable_fields"},
    "ec2_routes": {"destination"},
    "ec2_network_acl_entries": {"entry"},
    "ec2_vpc_endpoints": {"document_text"},
    "ec2_prefix_lists": {"unavailable_fields"},
}


def listings() -> Iterable[Mapping[str, Any]]:
    """The streams of EC2, as the manifest declares them."""
    manifest = Path(source_aws_iam.__file__).parent / "manifest.yaml"
    streams = yaml.safe_load(manifest.read_text(encoding="utf-8"))["streams"]
    return [stream for stream in streams if stream["name"].startswith("ec2_")]


def members_of_ec2() -> dict[Answer, Members]:
    return {**dict(map(_listed, listings())), ("ec2_launch_templates", *_VERSIONS): _of_versions(), **BESIDES}


def ours_of_ec2() -> dict[str, set[str]]:
    return {stream["name"]: _EVERYWHERE | OURS.get(stream["name"], set()) for stream in listings()}


def _listed(stream: Mapping[str, Any]) -> tuple[Answer, Members]:
    name, retriever = stream["name"], stream["retriever"]
    operation, records = _operation(retriever["operation"]), retriever["records"]
    found = {member: _column(name, member, retriever) for member in _leaves(operation, records)}
    return (name, "ec2", operation, records), found


def _column(stream: str, member: str, retriever: Mapping[str, Any]) -> str:
    """Return where a member is. Rows that are listed within others have a few members of those."""
    items = retriever.get("items")
    top = member.partition(".")[0]
    if items and xform_name(top.removesuffix("[]")) != items:
        column = xform_name(top)
        return column if column in retriever["parent_columns"] else f"It belongs to {retriever['records']}."
    within = member.partition(".")[2] if items else member
    otherwise = OTHERWISE.get(stream, {})
    for place in (within, *_places_around(within)):
        if place in otherwise:
            return otherwise[place]
    if _TAG.match(within):
        return "tags"
    return re.sub(r"\w+", lambda name: xform_name(name[0]), within).removesuffix("[]")


def _places_around(member: str) -> list[str]:
    """Return "A[].B" and "A[]" of "A[].B.C"."""
    parts = member.split(".")
    return [".".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]


@cache
def _model() -> ServiceModel:
    return Session().get_service_model("ec2")


def _operation(call: str) -> str:
    return next(name for name in _model().operation_names if f"ec2.{xform_name(name)}" == call)


def _leaves(operation: str, records: str) -> list[str]:
    output: Any = _model().operation_model(operation).output_shape
    return [*leaves(output.members[records].member)]


_VERSIONS = ("ec2", "DescribeLaunchTemplateVersions", "LaunchTemplateVersions")
_OF_VERSION = {
    "VersionDescription": "default_version_description",
    "LaunchTemplateData.UserData": "It is a place of secrets. has_user_data says whether there is any.",
}


def _of_versions() -> Members:
    """What is within the data of a version is one object."""
    return {
        member: _OF_VERSION.get(
            member,
            "default_version_data" if member.startswith("LaunchTemplateData.") else "The template says the same.",
        )
        for member in _leaves(*_VERSIONS[1:])
    }
