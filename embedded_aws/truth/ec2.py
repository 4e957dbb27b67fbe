"""EC2 and its networks: most rows are AWS's structures, under names in snake_case."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache, partial
from typing import Any

from botocore.model import ServiceModel, StructureShape
from botocore.session import Session

from embedded_aws.server.cloud import Cloud, Resource
from embedded_aws.truth.values import Row, by_key

_TAGS = ("Tags", "TagSet")
_DETAILS_OF_INSTANCE = ("State", "IamInstanceProfile", "SecurityGroups", "NetworkInterfaces", "ClientToken")
_NAMES_OF_TIMES = ("creation_date", "deprecation_time", "last_launched_time")


def _listing(
    operation: str, records: str, row: Callable[[Resource], Row] | None = None
) -> Callable[[Cloud], Iterable[Row]]:
    made = row or partial(_row, _shape(operation, records))

    def rows(aws: Cloud) -> Iterator[Row]:
        for region, resource in _there(aws, records):
            yield {"region": region, **made(resource)}

    return rows


def _there(aws: Cloud, records: str) -> Iterator[tuple[str, Resource]]:
    for region in aws.regions_of(aws.account_id):
        for resource in aws.ec2[aws.account_id, region][records]:
            yield region, resource


@cache
def _model() -> ServiceModel:
    return Session().get_service_model("ec2")


@cache
def _shape(operation: str, records: str) -> StructureShape:
    """botocore's, which says which members AWS may leave out."""
    output: Any = _model().operation_model(operation).output_shape
    shape: StructureShape = output.members[records].member
    return shape


def _row(shape: StructureShape, resource: Resource) -> Row:
    """Every member of the structure is a column. Those that AWS leaves out are null."""
    tags = [name for name in _TAGS if name in shape.members]
    row = {_snake(name): _value(resource.get(name)) for name in shape.members if name not in tags}
    given = next((resource[name] for name in tags if name in resource), None)
    return row | ({"tags": None if given is None else by_key(given)} if tags else {})


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return {_snake(name): _value(inner) for name, inner in value.items()}
    return [_value(inner) for inner in value] if isinstance(value, list) else value


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _within(outer: StructureShape, member: str) -> StructureShape:
    inner: Any = outer.members[member]
    shape: StructureShape = inner.member
    return shape


def instances(aws: Cloud) -> Iterator[Row]:
    reservation = _shape("DescribeInstances", "Reservations")
    for region, found in _there(aws, "Reservations"):
        for instance in found["Instances"]:
            of_reservation = {_snake(name): found.get(name) for name in ("ReservationId", "OwnerId", "RequesterId")}
            yield {"region": region, **of_reservation, **_instance(_within(reservation, "Instances"), instance)}


def _instance(shape: StructureShape, instance: Resource) -> Row:
    row = _row(shape, instance)
    for name in (*_DETAILS_OF_INSTANCE, "AmiLaunchIndex"):
        del row[_snake(name)]
    profile, interfaces = instance.get("IamInstanceProfile", {}), instance.get("NetworkInterfaces", [])
    addresses = [address for interface in interfaces for address in interface.get("PrivateIpAddresses", [])]
    options = instance.get("MetadataOptions")
    return row | {
        "state": instance["State"]["Name"],
        "iam_instance_profile_arn": profile.get("Arn"),
        "iam_instance_profile_id": profile.get("Id"),
        "is_imds_v1_allowed": options and options["HttpEndpoint"] == "enabled" and options["HttpTokens"] == "optional",
        "security_group_ids": [group["GroupId"] for group in instance.get("SecurityGroups", [])],
        "network_interface_ids": [interface["NetworkInterfaceId"] for interface in interfaces],
        "private_ip_addresses": [address["PrivateIpAddress"] for address in addresses],
        "public_ip_addresses": [
            address["Association"]["PublicIp"] for address in addresses if "Association" in address
        ],
        "ipv6_addresses": [
            one["Ipv6Address"] for interface in interfaces for one in interface.get("Ipv6Addresses", [])
        ],
    }


def launch_templates(aws: Cloud) -> Iterator[Row]:
    shape = _shape("DescribeLaunchTemplates", "LaunchTemplates")
    for region, template in _there(aws, "LaunchTemplates"):
        versions = aws.ec2[aws.account_id, region]["LaunchTemplateVersions"]
        [version] = [
            one for one in versions if one["LaunchTemplateId"] == template["LaunchTemplateId"] and one["DefaultVersion"]
        ]
        data = version["LaunchTemplateData"]
        yield {
            "region": region,
            **_row(shape, template),
            "default_version_description": version.get("VersionDescription"),
            "default_version_data": _value({name: data[name] for name in data if name != "UserData"}),
            "has_user_data": "UserData" in data,
            "unavailable_fields": [],
        }


def images(aws: Cloud) -> Iterator[Row]:
    for region, image in _there(aws, "Images"):
        if image["OwnerId"] == aws.account_id:
            row = _row(_shape("DescribeImages", "Images"), image)
            times = {
                name: row[name] and datetime.fromisoformat(row[name].replace("Z", "+00:00")) for name in _NAMES_OF_TIMES
            }
            del row["public"]
            given = image.get("LaunchPermissions", [])
            yield {
                "region": region,
                **row,
                **times,
                "is_public": image["Public"],
                "shared_with_account_ids": _those(given, "UserId"),
                "shared_with_organization_arns": _those(given, "OrganizationArn"),
                "shared_with_ou_arns": _those(given, "OrganizationalUnitArn"),
                "unavailable_fields": [],
            }


def snapshots(aws: Cloud) -> Iterator[Row]:
    for region, snapshot in _there(aws, "Snapshots"):
        if snapshot["OwnerId"] == aws.account_id:
            given = snapshot.get("CreateVolumePermissions", [])
            yield {
                "region": region,
                **_row(_shape("DescribeSnapshots", "Snapshots"), snapshot),
                "is_public": {"Group": "all"} in given,
                "shared_with_account_ids": _those(given, "UserId"),
                "unavailable_fields": [],
            }


def _those(permissions: Iterable[Mapping[str, str]], name: str) -> list[str]:
    return [permission[name] for permission in permissions if name in permission]


def routes(aws: Cloud) -> Iterator[Row]:
    for row in _parts(aws, "RouteTables", "Routes", "RouteTableId"):
        kinds = ("destination_cidr_block", "destination_ipv6_cidr_block", "destination_prefix_list_id")
        [destination] = [row[kind] for kind in kinds if row[kind]]
        yield {**row, "destination": destination}


def network_acl_entries(aws: Cloud) -> Iterator[Row]:
    for row in _parts(aws, "NetworkAcls", "Entries", "NetworkAclId"):
        yield {**row, "entry": f"{'egress' if row['egress'] else 'ingress'} {row['rule_number']}"}


def _parts(aws: Cloud, records: str, member: str, id_member: str) -> Iterator[Row]:
    shape = _within(_shape(f"Describe{records}", records), member)
    for region, whole in _there(aws, records):
        of_whole = {_snake(name): whole.get(name) for name in (id_member, "VpcId", "OwnerId")}
        for part in whole.get(member, []):
            yield {"region": region, **of_whole, **_row(shape, part)}


def vpc_endpoints(aws: Cloud) -> Iterator[Row]:
    for region, endpoint in _there(aws, "VpcEndpoints"):
        text = endpoint.get("PolicyDocument")
        row = _row(_shape("DescribeVpcEndpoints", "VpcEndpoints"), endpoint)
        yield {"region": region, **row, "policy_document": text and json.loads(text), "document_text": None}


def prefix_lists(aws: Cloud) -> Iterator[Row]:
    for region, found in _there(aws, "PrefixLists"):
        if found["OwnerId"] != "AWS":
            row = _row(_shape("DescribeManagedPrefixLists", "PrefixLists"), found)
            yield {"region": region, **row, "entries": _value(found.get("Entries", [])), "unavailable_fields": []}


def key_pairs(aws: Cloud) -> Iterator[Row]:
    for region, pair in _there(aws, "KeyPairs"):
        row = _row(_shape("DescribeKeyPairs", "KeyPairs"), pair)
        del row["public_key"]
        yield {"region": region, **row}


STREAMS: Mapping[str, Callable[[Cloud], Iterable[Row]]] = {
    "ec2_instances": instances,
    "ec2_instance_profile_associations": _listing(
        "DescribeIamInstanceProfileAssociations", "IamInstanceProfileAssociations"
    ),
    "ec2_key_pairs": key_pairs,
    "ec2_launch_templates": launch_templates,
    "ec2_images": images,
    "ec2_snapshots": snapshots,
    "ec2_volumes": _listing("DescribeVolumes", "Volumes"),
    "ec2_security_groups": _listing("DescribeSecurityGroups", "SecurityGroups"),
    "ec2_security_group_rules": _listing("DescribeSecurityGroupRules", "SecurityGroupRules"),
    "ec2_network_interfaces": _listing("DescribeNetworkInterfaces", "NetworkInterfaces"),
    "ec2_addresses": _listing("DescribeAddresses", "Addresses"),
    "ec2_vpcs": _listing("DescribeVpcs", "Vpcs"),
    "ec2_subnets": _listing("DescribeSubnets", "Subnets"),
    "ec2_route_tables": _listing("DescribeRouteTables", "RouteTables"),
    "ec2_routes": routes,
    "ec2_network_acls": _listing("DescribeNetworkAcls", "NetworkAcls"),
    "ec2_network_acl_entries": network_acl_entries,
    "ec2_prefix_lists": prefix_lists,
    "ec2_internet_gateways": _listing("DescribeInternetGateways", "InternetGateways"),
    "ec2_egress_only_internet_gateways": _listing("DescribeEgressOnlyInternetGateways", "EgressOnlyInternetGateways"),
    "ec2_nat_gateways": _listing("DescribeNatGateways", "NatGateways"),
    "ec2_vpc_endpoints": vpc_endpoints,
    "ec2_vpc_peering_connections": _listing("DescribeVpcPeeringConnections", "VpcPeeringConnections"),
    "ec2_transit_gateways": _listing("DescribeTransitGateways", "TransitGateways"),
    "ec2_transit_gateway_attachments": _listing("DescribeTransitGatewayAttachments", "TransitGatewayAttachments"),
    "ec2_instance_connect_endpoints": _listing("DescribeInstanceConnectEndpoints", "InstanceConnectEndpoints"),
    "ec2_flow_logs": _listing("DescribeFlowLogs", "FlowLogs"),
}
