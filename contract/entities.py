"""Which answer of AWS names the entity that a call asks about. A new operation with an entity of its own is added here.

An argument is taken from an answer together with those that this answer was asked for: the name of an inline policy
comes with the name of its user.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from aws_calls.operation import Operation, declared
from contract.models import members, required
from source_aws_iam.aws.operations import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


@dataclass(frozen=True)
class Source:
    """`member` of each item of `records` in the answers of `operation`, or the item itself where it is a text.

    `records` may be a text too, which is then what is named.

    A member "PolicyTypes.Type" is that of each item of a list inside of it.
    """

    operation: str
    records: str
    member: str = ""

    def values(self, answer: Mapping[str, Any]) -> Iterator[str]:
        """Yield what an answer names."""
        outer, _, inner = self.member.rpartition(".")
        found = answer.get(self.records, ())
        items: Any = [found] if isinstance(found, str) else found
        for one in chain.from_iterable(item.get(outer, ()) for item in items) if outer else items:
            value = one.get(inner) if isinstance(one, dict) else one
            if isinstance(value, str) and value:
                yield value


class UnknownEntityError(LookupError):
    """Nobody has said where AWS lists what an operation asks about."""

    def __init__(self, operation: str, argument: str) -> None:
        """`argument` is the one that cannot be found."""
        super().__init__(f"Add to contract/entities.py which answer names the {argument} that {operation} takes.")


# By argument.
_SOURCES: Final[Mapping[str, Source]] = {
    "UserName": Source("iam.list_users", "Users", "UserName"),
    # Of users alone: roles are asked about in the same way.
    "Arn": Source("iam.list_users", "Users", "Arn"),
    "JobId": Source("iam.generate_service_last_accessed_details", "JobId"),
    "GroupName": Source("iam.list_groups", "Groups", "GroupName"),
    "RoleName": Source("iam.list_roles", "Roles", "RoleName"),
    "PolicyArn": Source("iam.list_policies", "Policies", "Arn"),
    "VersionId": Source("iam.list_policy_versions", "Versions", "VersionId"),
    "AccessKeyId": Source("iam.list_access_keys", "AccessKeyMetadata", "AccessKeyId"),
    "SAMLProviderArn": Source("iam.list_saml_providers", "SAMLProviderList", "Arn"),
    "OpenIDConnectProviderArn": Source("iam.list_open_id_connect_providers", "OpenIDConnectProviderList", "Arn"),
    # GetInsightSelectors takes a trail or an event data store.
    "TrailName": Source("cloudtrail.describe_trails", "trailList", "TrailARN"),
    "Name": Source("cloudtrail.describe_trails", "trailList", "TrailARN"),
    "Bucket": Source("cloudtrail.describe_trails", "trailList", "S3BucketName"),
    "Key": Source("s3.list_objects_v2", "Contents", "Key"),
    "analyzerArn": Source("accessanalyzer.list_analyzers", "analyzers", "arn"),
    "id": Source("accessanalyzer.list_findings_v2", "findings", "id"),
    "ParentId": Source("organizations.list_roots", "Roots", "Id"),
    "Filter": Source("organizations.list_roots", "Roots", "PolicyTypes.Type"),
    "PolicyId": Source("organizations.list_policies", "Policies", "Id"),
    "AccountId": Source("organizations.list_delegated_administrators", "DelegatedAdministrators", "Id"),
    "PermissionSetArn": Source("sso-admin.list_permission_sets", "PermissionSets"),
    "GroupId": Source("identitystore.list_groups", "Groups", "GroupId"),
    "ImageId": Source("ec2.describe_images", "Images", "ImageId"),
    "SnapshotId": Source("ec2.describe_snapshots", "Snapshots", "SnapshotId"),
    "PrefixListId": Source("ec2.describe_managed_prefix_lists", "PrefixLists", "PrefixListId"),
    "ResourceId": Source("organizations.list_accounts", "Accounts", "Id"),
}
# By operation and argument, where the argument alone does not say it.
_SOURCES_OF: Final[Mapping[tuple[str, str], Source]] = {
    ("iam.get_user_policy", "PolicyName"): Source("iam.list_user_policies", "PolicyNames"),
    ("iam.get_group_policy", "PolicyName"): Source("iam.list_group_policies", "PolicyNames"),
    ("iam.get_role_policy", "PolicyName"): Source("iam.list_role_policies", "PolicyNames"),
    ("sso-admin.list_tags_for_resource", "ResourceArn"): Source("sso-admin.list_permission_sets", "PermissionSets"),
    ("sso-admin.list_account_assignments", "AccountId"): Source(
        "sso-admin.list_accounts_for_provisioned_permission_set", "AccountIds"
    ),
}
# AWS takes some seconds to make what it is asked to generate.
_LAST: Final = ("iam.get_credential_report", "iam.get_service_last_accessed_details")


def entity_arguments(operation: str, operations: Mapping[str, Operation] = OPERATIONS) -> list[str]:
    """Return the arguments of an operation that name an entity: those it must have, and those that its probe makes up.

    Without a name, some operations ask about the caller instead, so the model does not require one.
    """
    declaration = declared(operation, operations)
    probe = declaration.probe
    made_up = [name for name, value in probe.arguments.items() if isinstance(value, str)] if probe else []
    found = list(probe.found) if probe else []
    named = dict.fromkeys([*required(operation), *made_up, *found])
    return [name for name in named if name not in declaration.arguments]


def source(operation: str, argument: str, operations: Mapping[str, Operation] = OPERATIONS) -> Source:
    """Return where the argument is found. Raises UnknownEntityError."""
    probe = declared(operation, operations).probe
    found = probe.found.get(argument) if probe else None
    declared_source = Source(found.operation, found.records, found.member) if found else None
    known = _SOURCES_OF.get((operation, argument)) or declared_source or _SOURCES.get(argument)
    if known is None:
        raise UnknownEntityError(operation, argument)
    return known


def in_order(names: Iterable[str], operations: Mapping[str, Operation] = OPERATIONS) -> list[str]:
    """Return the operations, and those whose answers they need, in an order in which each finds what it asks about."""
    ordered: dict[str, None] = {}

    def add(operation: str) -> None:
        if operation not in ordered:
            for argument in entity_arguments(operation, operations):
                add(source(operation, argument, operations).operation)
            ordered[operation] = None

    for name in names:
        add(name)
    return sorted(ordered, key=lambda name: name in _LAST)


def entities(
    operation: str,
    asked: Mapping[str, Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]],
    operations: Mapping[str, Operation] = OPERATIONS,
) -> list[dict[str, Any]]:
    """Return the arguments for each entity that is known, [{}] for an operation that asks about none.

    `asked` has the arguments and the answer of each call so far, by operation.
    """
    wanted = entity_arguments(operation, operations)
    accepted = members(operation)
    known: dict[tuple[Any, ...], dict[str, Any]] = {}
    for argument in wanted:
        where = source(operation, argument, operations)
        for request, answer in asked.get(where.operation, ()):
            others = {name: value for name, value in request.items() if name in accepted and name in wanted}
            for value in where.values(answer):
                entity = {**others, argument: value}
                if entity.keys() == set(wanted):
                    known.setdefault(tuple(sorted(entity.items())), entity)
    return list(known.values()) if wanted else [{}]
