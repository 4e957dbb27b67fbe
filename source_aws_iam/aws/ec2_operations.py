"""The operations on EC2 and its networks, each asked in every Region of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_calls.operation import AskedBy, Operation, Probe, Quota

if TYPE_CHECKING:
    from collections.abc import Mapping

# The refill rates of the token buckets. Each operation has a bucket of its own in each Region; it holds 100 requests,
# or 50: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
_PER_SECOND: Final = 20
_UNPAGED_PER_SECOND: Final = 10
# The model of some operations has no maximum. More than this is cut to it.
_LARGEST_PAGE: Final = 1000
# AWS can hide what its services manage in an account. It is there all the same, and may hold a role.
_MANAGED_TOO: Final = {"IncludeManagedResources": True}


def _ec2(action: str, *proof: str, per_second: float = _PER_SECOND, **declared: Any) -> Operation:
    quota = Quota(f"ec2:{action}", per_second, regional=True)
    return Operation(f"ec2:{action}", proof, quota=quota, **{"asked_by": AskedBy.ACCOUNT_REGION, **declared})


def _pages(action: str, proof: str, smallest_page: int = 5, **declared: Any) -> Operation:
    """Declare an operation that lists resources page by page."""
    return _ec2(action, proof, smallest_page=smallest_page, **declared)


# A resource may be deleted between the list and the call for it. EC2's model has no error codes:
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
_NO_IMAGE: Final = frozenset({"InvalidAMIID.NotFound", "InvalidAMIID.Unavailable"})
_NO_SNAPSHOT: Final = frozenset({"InvalidSnapshot.NotFound"})
_NO_PREFIX_LIST: Final = frozenset({"InvalidPrefixListID.NotFound", "InvalidPrefixListId.NotFound"})

OF_EC2: Final[Mapping[str, Operation]] = {
    "ec2.describe_regions": _ec2(
        "DescribeRegions", "Regions", per_second=_UNPAGED_PER_SECOND, asked_by=AskedBy.ACCOUNT
    ),
    "ec2.describe_key_pairs": _ec2("DescribeKeyPairs", "KeyPairs", per_second=_UNPAGED_PER_SECOND),
    "ec2.describe_addresses": _ec2("DescribeAddresses", "Addresses", per_second=_UNPAGED_PER_SECOND),
    "ec2.describe_instances": _pages(
        "DescribeInstances", "Reservations", largest_page=_LARGEST_PAGE, arguments=_MANAGED_TOO
    ),
    "ec2.describe_iam_instance_profile_associations": _pages(
        "DescribeIamInstanceProfileAssociations", "IamInstanceProfileAssociations"
    ),
    # All others are public, or shared by their owners: thousands of them.
    "ec2.describe_images": _pages(
        "DescribeImages", "Images", largest_page=_LARGEST_PAGE, arguments={"Owners": ["self"], "IncludeDisabled": True}
    ),
    "ec2.describe_image_attribute": _ec2(
        "DescribeImageAttribute",
        *("LaunchPermissions", "ImageId"),
        absent=_NO_IMAGE,
        probe=Probe({"ImageId": "ami-00000000000000000"}),
        arguments={"Attribute": "launchPermission"},
    ),
    "ec2.describe_snapshots": _pages(
        "DescribeSnapshots", "Snapshots", largest_page=_LARGEST_PAGE, arguments={"OwnerIds": ["self"]}
    ),
    "ec2.describe_snapshot_attribute": _ec2(
        "DescribeSnapshotAttribute",
        *("CreateVolumePermissions", "SnapshotId"),
        absent=_NO_SNAPSHOT,
        probe=Probe({"SnapshotId": "snap-00000000000000000"}),
        arguments={"Attribute": "createVolumePermission"},
    ),
    "ec2.describe_volumes": _pages("DescribeVolumes", "Volumes", largest_page=_LARGEST_PAGE, arguments=_MANAGED_TOO),
    "ec2.describe_launch_templates": _pages("DescribeLaunchTemplates", "LaunchTemplates", 1, arguments=_MANAGED_TOO),
    # Without a template, those of all templates: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplateVersions.html
    "ec2.describe_launch_template_versions": _pages(
        "DescribeLaunchTemplateVersions",
        *("LaunchTemplateVersions", 1),
        largest_page=200,
        arguments={"Versions": ["$Default"], **_MANAGED_TOO},
    ),
    "ec2.describe_instance_connect_endpoints": _pages(
        "DescribeInstanceConnectEndpoints", "InstanceConnectEndpoints", 1
    ),
    "ec2.describe_security_groups": _pages("DescribeSecurityGroups", "SecurityGroups"),
    "ec2.describe_security_group_rules": _pages("DescribeSecurityGroupRules", "SecurityGroupRules"),
    "ec2.describe_network_interfaces": _pages("DescribeNetworkInterfaces", "NetworkInterfaces", arguments=_MANAGED_TOO),
    "ec2.describe_vpcs": _pages("DescribeVpcs", "Vpcs"),
    "ec2.describe_subnets": _pages("DescribeSubnets", "Subnets"),
    "ec2.describe_route_tables": _pages("DescribeRouteTables", "RouteTables"),
    "ec2.describe_network_acls": _pages("DescribeNetworkAcls", "NetworkAcls"),
    "ec2.describe_internet_gateways": _pages("DescribeInternetGateways", "InternetGateways"),
    "ec2.describe_egress_only_internet_gateways": _pages(
        "DescribeEgressOnlyInternetGateways", "EgressOnlyInternetGateways"
    ),
    "ec2.describe_nat_gateways": _pages("DescribeNatGateways", "NatGateways"),
    "ec2.describe_vpc_endpoints": _pages("DescribeVpcEndpoints", "VpcEndpoints", largest_page=_LARGEST_PAGE),
    "ec2.describe_vpc_peering_connections": _pages("DescribeVpcPeeringConnections", "VpcPeeringConnections"),
    "ec2.describe_transit_gateways": _pages("DescribeTransitGateways", "TransitGateways"),
    "ec2.describe_transit_gateway_attachments": _pages(
        "DescribeTransitGatewayAttachments", "TransitGatewayAttachments"
    ),
    "ec2.describe_managed_prefix_lists": _pages("DescribeManagedPrefixLists", "PrefixLists", 1),
    "ec2.get_managed_prefix_list_entries": _ec2(
        "GetManagedPrefixListEntries",
        "Entries",
        absent=_NO_PREFIX_LIST,
        probe=Probe({"PrefixListId": "pl-00000000000000000"}),
    ),
    "ec2.describe_flow_logs": _pages("DescribeFlowLogs", "FlowLogs", largest_page=_LARGEST_PAGE),
}
