"""IAM Identity Center of an organization: people, groups, permission sets with the roles that these become,
applications, and trusted token issuers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from embedded_aws.scenarios.seed_applications import add_applications, add_issuers
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.identity_center import OPENED, Instance, PermissionSet

_SIZES = (0, 1, 101, 250)
_NAMES = (
    "Admin",
    "AdminReadOnly",
    "Admin_0123456789abcdef",
    "Billing",
    "Data.Engineer@2x",
    "Ops+Support=24,7",
    "Everything-of-32-characters-here",
    "PowerUser",
    "ReadOnly",
    "Security_Audit",
    "Deploy",
    "Unused",
)
_INLINE = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
                "Principal": {
                    "Federated": "arn:aws:iam::123456789012:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE"
                },
            }
        ],
    }
)


@dataclass(frozen=True)
class People:
    """How much to plant."""

    people: int = 300
    groups: int = 40
    permission_sets: int = 12
    applications: int = 10
    issuers: int = 2


def open_identity_center(
    cloud: Cloud,
    accounts: Sequence[str],
    people: People | None = None,
    *,
    owner: str = "",
    region: str = "us-east-1",
) -> Instance:
    """Open an instance, by default of the home account, whose permission sets are assigned in `accounts`.

    Each becomes a role there. Beside these are decoys: roles left over from other instances.
    """
    size = people or People()
    instance = Instance(len(cloud.identity_center) + 1, owner or cloud.account_id, region, cloud.partition, "Acme")
    instance.attributes = {"department": ["${path:enterprise.department}"], "team": ["${path:title}"]}
    cloud.identity_center.append(instance)
    users = [_person(instance, number) for number in range(size.people)]
    groups = [_group(instance, number, users) for number in range(size.groups)]
    sets = [_permission_set(instance, number) for number in range(size.permission_sets)]
    for number, one in enumerate(sets[:-1] if len(sets) > 1 else sets):
        for offset, account_id in enumerate(accounts):
            if (number + offset) % 4 == 3:  # not everything is provisioned everywhere
                continue
            if groups:
                instance.assign(one, account_id, "GROUP", groups[(number + offset) % len(groups)])
            if number % 2 == 0:
                instance.assign(one, account_id, "USER", users[(number * 7 + offset) % len(users)])
            add_role(cloud, instance, one, account_id)
    if sets and accounts:
        # The user was deleted, and the assignment stays.
        instance.assign(sets[0], accounts[0], "USER", instance.deleted_user)
        _decoys(cloud, instance, sets[0], accounts[0])
    add_applications(instance, size.applications, accounts, users, groups)
    add_issuers(instance, size.issuers)
    return instance


def add_role(cloud: Cloud, instance: Instance, one: PermissionSet, account_id: str) -> None:
    """Create the role of a permission set in an account, where it is not there yet."""
    create_reserved_role(cloud, account_id, instance.role_name(one, account_id), instance.role_path)


def create_reserved_role(cloud: Cloud, account_id: str, name: str, path: str, *, days_earlier: int = 0) -> None:
    backend = cloud.iam(account_id)
    if any(role.name == name and role.path == path for role in backend.roles.values()):
        return
    role = backend.create_role(name, _TRUST, path, None, "", [], "43200")
    role.create_date = (OPENED - timedelta(days=days_earlier)).replace(tzinfo=None)


def _decoys(cloud: Cloud, instance: Instance, one: PermissionSet, account_id: str) -> None:
    """Roles of a deleted instance of the same Region, of one of another Region, and of a longer name."""
    create_reserved_role(
        cloud, account_id, f"AWSReservedSSO_{one.name}_00000000deadbeef", instance.role_path, days_earlier=400
    )
    elsewhere = "/aws-reserved/sso.amazonaws.com/ap-southeast-2/"
    create_reserved_role(cloud, account_id, f"AWSReservedSSO_{one.name}_1111111111111111", elsewhere)


def _person(instance: Instance, number: int) -> str:
    name = f"person.{number:03}@example.com"
    given, family = f"Given{number}", f"Família{number}"
    more: dict[str, Any] = {
        "DisplayName": f"{given} {family}",
        "Name": {"GivenName": given, "FamilyName": family},
        "Emails": [{"Value": name, "Type": "work", "Primary": True}],
        "UserStatus": "DISABLED" if number % 17 == 3 else "ENABLED",
    }
    if number % 5 == 0:
        more["Emails"].append({"Value": f"private.{number}@example.org", "Type": "home", "Primary": False})
        more["ExternalIds"] = [{"Issuer": "https://scim.aws.com/example", "Id": f"ext-{number}"}]
    if number % 7 == 0:
        address = {"StreetAddress": f"{number} Main Street", "Locality": "Springfield", "Country": "US"}
        more |= {
            "PhoneNumbers": [{"Value": f"+1 555 01{number:02}", "Type": "work", "Primary": True}],
            "Addresses": [{**address, "Type": "work", "Primary": True}],
            "UserType": "Contractor",
            "Title": "Engineer",
        }
    if number % 11 == 10:
        more["Emails"] = [{"Value": name}]
    return instance.add_user(name, **more)


def _group(instance: Instance, number: int, users: Sequence[str]) -> str:
    size = min(_SIZES[number], len(users)) if number < len(_SIZES) else number % 9
    start = number * 13 % max(len(users), 1)
    members = [users[(start + offset) % len(users)] for offset in range(min(size, len(users)))]
    more = {"Description": f"Group number {number}"} if number % 2 else {}
    return instance.add_group(f"group-{number:02}", members, **more)


def _permission_set(instance: Instance, number: int) -> PermissionSet:
    one = instance.add_permission_set(_NAMES[number] if number < len(_NAMES) else f"Set{number}")
    one.managed = [("ReadOnlyAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess")] if number % 3 else []
    one.description = f"For work of kind {number}" if number % 2 else None
    one.session_duration = "PT8H" if number % 4 else "PT1H"
    if number % 4 == 0:
        one.inline = json.dumps(_INLINE)
        one.customer_managed = [("shared-limits", "/limits/"), ("shared-limits", "/")]
        one.tags = {"owner": f"team-{number}"}
        one.relay_state = "https://console.aws.amazon.com/ec2"
    if number % 5 == 0:
        one.boundary = {"CustomerManagedPolicyReference": {"Name": "boundary", "Path": "/limits/"}}
    elif number % 5 == 1:
        one.boundary = {"ManagedPolicyArn": "arn:aws:iam::aws:policy/PowerUserAccess"}
    return one
