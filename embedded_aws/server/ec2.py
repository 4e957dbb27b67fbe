"""EC2 of one Region of an account. `Cloud.ec2` has what is there, under AWS's names; times are aware.

A list has the members of botocore's shape, and a few of our own: `LaunchPermissions` of an image, the
`CreateVolumePermissions` of a snapshot, `Entries` of a prefix list. What other accounts share is in the lists too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud, Resource
from embedded_aws.server.ec2_pages import one_page
from embedded_aws.server.errors import AwsError
from embedded_aws.server.principals import Principal

Shown = Callable[[Call, Principal, Resource], bool]
"""Whether a list shows a resource."""


def describe_regions(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """Return the enabled ones, and with AllRegions the others too; to name one that is not among them is an error."""
    statuses = dict.fromkeys(cloud.regions_of(caller.account_id), "opt-in-not-required")
    if _is_true(call, "AllRegions"):
        statuses = {**dict.fromkeys(cloud.accounts.not_enabled.get(caller.account_id, []), "not-opted-in"), **statuses}
    asked = call.params.get("RegionNames") or list(statuses)
    unknown = [name for name in asked if name not in statuses]
    if unknown:
        raise AwsError("InvalidParameterValue", f"Invalid region provided: {unknown[0]}")
    return {
        "Regions": [
            {"RegionName": name, "Endpoint": f"ec2.{name}.amazonaws.com", "OptInStatus": statuses[name]}
            for name in asked
        ]
    }


def _listed(records: str, shown: Shown, cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    return one_page(
        cloud, call, records, [one for one in _of(cloud, call, caller, records) if shown(call, caller, one)]
    )


def _of(cloud: Cloud, call: Call, caller: Principal, records: str) -> list[Resource]:
    """Return the resources of the Region. One that is not enabled does not know the key."""
    if call.region in cloud.accounts.not_enabled.get(caller.account_id, []):
        raise AwsError("AuthFailure", "AWS was not able to validate the provided access credentials", status=401)
    return cloud.ec2[caller.account_id, call.region][records]


def _all(call: Call, caller: Principal, resource: Resource) -> bool:
    return True


def _unless_hidden(call: Call, caller: Principal, resource: Resource) -> bool:
    """AWS may hide what its services manage."""
    return _is_true(call, "IncludeManagedResources") or not resource.get("Operator", {}).get("HiddenByDefault")


def _own_or_all(owners: str, call: Call, caller: Principal, resource: Resource) -> bool:
    asked = call.params.get(owners) or []
    return not asked or ("self" in asked and resource["OwnerId"] == caller.account_id)


def _image(call: Call, caller: Principal, image: Resource) -> bool:
    enabled = image["State"] != "disabled" or _is_true(call, "IncludeDisabled")
    return enabled and _own_or_all("Owners", call, caller, image)


def _version(call: Call, caller: Principal, version: Resource) -> bool:
    """Without a template, only the default or the latest versions of all templates can be asked for."""
    if call.params.get("Versions") != ["$Default"]:
        raise AwsError("MissingParameter", "Either launchTemplateId or launchTemplateName must be specified.")
    return bool(version["DefaultVersion"]) and _unless_hidden(call, caller, version)


def _is_true(call: Call, name: str) -> bool:
    return str(call.params.get(name, "")).lower() == "true"


def _named(kind: tuple[str, str, str], cloud: Cloud, call: Call, caller: Principal) -> Resource:
    """Return the resource that the call names. `kind` is its list, the member that names it, and the code for none."""
    records, argument, code = kind
    wanted = call.params.get(argument)
    for resource in _of(cloud, call, caller, records):
        if resource[argument] == wanted:
            return resource
    raise AwsError(code, f"The ID '{wanted}' does not exist")


def describe_instances(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """Return the reservations, each with its instances that are shown; none of which all are hidden."""
    shown = []
    for one in _of(cloud, call, caller, "Reservations"):
        every = one.get("Instances", [])
        found = [instance for instance in every if _unless_hidden(call, caller, instance)]
        if found or not every:
            shown.append({**one, "Instances": found})
    return one_page(cloud, call, "Reservations", shown)


def describe_image_attribute(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """Return the launch permissions; of other attributes, nothing is known."""
    image = _named(("Images", "ImageId", "InvalidAMIID.NotFound"), cloud, call, caller)
    return {"ImageId": image["ImageId"], "LaunchPermissions": image.get("LaunchPermissions", [])}


def describe_snapshot_attribute(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    snapshot = _named(("Snapshots", "SnapshotId", "InvalidSnapshot.NotFound"), cloud, call, caller)
    found = snapshot.get("CreateVolumePermissions", [])
    return {"SnapshotId": snapshot["SnapshotId"], "CreateVolumePermissions": found}


def get_managed_prefix_list_entries(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    found = _named(("PrefixLists", "PrefixListId", "InvalidPrefixListID.NotFound"), cloud, call, caller)
    return one_page(cloud, call, "Entries", found.get("Entries", []))


LISTS: Mapping[str, tuple[str, Shown]] = {
    "DescribeAddresses": ("Addresses", _all),
    "DescribeEgressOnlyInternetGateways": ("EgressOnlyInternetGateways", _all),
    "DescribeFlowLogs": ("FlowLogs", _all),
    "DescribeIamInstanceProfileAssociations": ("IamInstanceProfileAssociations", _all),
    "DescribeImages": ("Images", _image),
    "DescribeInstanceConnectEndpoints": ("InstanceConnectEndpoints", _all),
    "DescribeInternetGateways": ("InternetGateways", _all),
    "DescribeKeyPairs": ("KeyPairs", _all),
    "DescribeLaunchTemplateVersions": ("LaunchTemplateVersions", _version),
    "DescribeLaunchTemplates": ("LaunchTemplates", _unless_hidden),
    "DescribeManagedPrefixLists": ("PrefixLists", _all),
    "DescribeNatGateways": ("NatGateways", _all),
    "DescribeNetworkAcls": ("NetworkAcls", _all),
    "DescribeNetworkInterfaces": ("NetworkInterfaces", _unless_hidden),
    "DescribeRouteTables": ("RouteTables", _all),
    "DescribeSecurityGroupRules": ("SecurityGroupRules", _all),
    "DescribeSecurityGroups": ("SecurityGroups", _all),
    "DescribeSnapshots": ("Snapshots", partial(_own_or_all, "OwnerIds")),
    "DescribeSubnets": ("Subnets", _all),
    "DescribeTransitGatewayAttachments": ("TransitGatewayAttachments", _all),
    "DescribeTransitGateways": ("TransitGateways", _all),
    "DescribeVolumes": ("Volumes", _unless_hidden),
    "DescribeVpcEndpoints": ("VpcEndpoints", _all),
    "DescribeVpcPeeringConnections": ("VpcPeeringConnections", _all),
    "DescribeVpcs": ("Vpcs", _all),
}
"""Operation -> the list that it answers with, and what of it."""

OPERATIONS: Mapping[str, Any] = {
    "ec2:DescribeRegions": describe_regions,
    "ec2:DescribeInstances": describe_instances,
    "ec2:DescribeImageAttribute": describe_image_attribute,
    "ec2:DescribeSnapshotAttribute": describe_snapshot_attribute,
    "ec2:GetManagedPrefixListEntries": get_managed_prefix_list_entries,
    **{f"ec2:{name}": partial(_listed, records, shown) for name, (records, shown) in LISTS.items()},
}
