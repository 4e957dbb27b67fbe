"""What the rules about EC2 find in a Region, in the structures that EC2's calls return.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from dbt_tests.findings_of_policies import administrators
from embedded_aws.server.cloud import Cloud

Resource = Mapping[str, Any]
EVERYBODY: Final = {"0.0.0.0/0", "::/0"}
PUBLIC_PORTS: Final = (80, 443)
GONE: Final = {"shutting-down", "terminated"}


def of_region(aws: Cloud, region: str) -> Iterator[tuple[str, str]]:
    """Rule and resource id of each finding in a Region of the home account of `aws`."""
    there = aws.ec2[aws.account_id, region]
    yield from _of_instances(aws, [one for found in there["Reservations"] for one in found["Instances"]])
    yield from _of_shared(aws, there["Images"], "image", "LaunchPermissions")
    yield from _of_shared(aws, there["Snapshots"], "snapshot", "CreateVolumePermissions")
    for group_id in {rule["GroupId"] for rule in there["SecurityGroupRules"] if _is_open(rule)}:
        yield "open_security_group", group_id


def _of_instances(aws: Cloud, instances: Iterable[Resource]) -> Iterator[tuple[str, str]]:
    powerful = administrators(aws)
    roles = {profile.id: {role.id for role in profile.roles} for profile in aws.iam().instance_profiles.values()}
    for instance in instances:
        profile = instance.get("IamInstanceProfile")
        if profile and instance["State"]["Name"] not in GONE:
            if roles.get(profile["Id"], set()) & powerful:
                yield "administrator_instance", instance["InstanceId"]
            options = instance.get("MetadataOptions")
            if options and (options["HttpEndpoint"], options["HttpTokens"]) == ("enabled", "optional"):
                yield "imds_v1_instance", instance["InstanceId"]


def _of_shared(aws: Cloud, resources: Iterable[Resource], kind: str, member: str) -> Iterator[tuple[str, str]]:
    """An image is public as its own member says, a snapshot as its permissions do."""
    for resource in resources:
        if resource["OwnerId"] == aws.account_id:
            resource_id = resource["ImageId" if kind == "image" else "SnapshotId"]
            given = resource.get(member, [])
            if {"Group": "all"} in given:
                yield f"public_{kind}", resource_id
            if any(_is_outside(aws, permission) for permission in given):
                yield "shared_outside", resource_id


def _is_outside(aws: Cloud, permission: Mapping[str, str]) -> bool:
    tree = aws.organization
    own = {aws.account_id, *(tree.members if tree else ())}
    if "UserId" in permission:
        return permission["UserId"] not in own
    arn = permission.get("OrganizationArn") or permission.get("OrganizationalUnitArn")
    return arn is not None and (tree is None or f"/{tree.id}" not in arn)


def _is_open(rule: Resource) -> bool:
    """To everybody, and not at one of the ports that may be."""
    if rule["IsEgress"] or EVERYBODY.isdisjoint({rule.get("CidrIpv4"), rule.get("CidrIpv6")}):
        return False
    ports = (rule.get("FromPort"), rule.get("ToPort"))
    return rule["IpProtocol"] != "tcp" or ports not in [(port, port) for port in PUBLIC_PORTS]
