"""The operations on a whole organization: those of Organizations and of IAM Identity Center."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_calls.operation import AskedBy, Found, Operation, Probe, Quota

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

# Each call of Organizations has its own:
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html#throttling-limits
_CALLS_PER_SECOND: Final[Mapping[str, float]] = {
    "DescribeOrganization": 1,
    "DescribePolicy": 2,
    "ListAccounts": 8,
    "ListAccountsForParent": 5,
    "ListDelegatedAdministrators": 5,
    "ListDelegatedServicesForAccount": 1,
    "ListOrganizationalUnitsForParent": 5,
    "ListPolicies": 5,
    "ListRoots": 1,
    "ListTagsForResource": 10,
    "ListTargetsForPolicy": 5,
}
# All calls of sso-admin share one: https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html
SSO_ADMIN: Final = Quota("sso-admin", 20)

_NO_SUCH_POLICY: Final = ("PolicyNotFoundException",)
# The account of the credentials is in no organization. There is nothing to read then, which is no failure.
NOT_IN_USE: Final = "AWSOrganizationsNotInUseException"


def _organizations(
    action: str,
    *proof: str,
    absent: Collection[str] = (),
    probe_absent: str = "",
    **arguments: Any,
) -> Operation:
    probe = Probe(arguments, frozenset(filter(None, (probe_absent,))))
    codes = frozenset({NOT_IN_USE, *absent})
    quota = Quota(f"organizations {action}", _CALLS_PER_SECOND[action])
    return Operation(f"organizations:{action}", proof, codes, probe, asked_by=AskedBy.HUB, quota=quota)


_NO_RESOURCE: Final = frozenset({"ResourceNotFoundException"})
_NOTHING: Final[frozenset[str]] = frozenset()
_INSTANCE: Final = {"InstanceArn": Found("sso-admin.list_instances", "Instances", "InstanceArn")}
_PERMISSION_SET: Final = "arn:{partition}:sso:::permissionSet/ssoins-0000000000000000/ps-0000000000000000"
# Their calls take no instance, so that a made-up one would have to be of the caller's.
_APPLICATION: Final = {"ApplicationArn": Found("sso-admin.list_applications", "Applications", "ApplicationArn")}
_ISSUER: Final = {
    "TrustedTokenIssuerArn": Found(
        "sso-admin.list_trusted_token_issuers", "TrustedTokenIssuers", "TrustedTokenIssuerArn"
    )
}
_STORE: Final = {"IdentityStoreId": Found("sso-admin.list_instances", "Instances", "IdentityStoreId")}


def _identity_center(
    action: str, proof: tuple[str, ...], absent: frozenset[str], probe: Probe, quota: Quota
) -> Operation:
    asked_by, principal = AskedBy.DELEGATED_ADMINISTRATOR, "sso.amazonaws.com"
    return Operation(action, proof, absent, probe, asked_by=asked_by, service_principal=principal, quota=quota)


def _sso_admin(action: str, *proof: str, absent: frozenset[str] = frozenset(), **arguments: Any) -> Operation:
    """Declare an operation on an instance. AWS checks permissions before it looks at the kind of the instance."""
    probe = Probe(arguments, _NO_RESOURCE | {"ValidationException"}, _INSTANCE)
    return _identity_center(f"sso:{action}", proof, absent, probe, SSO_ADMIN)


def _of_permission_set(action: str, *proof: str, **arguments: Any) -> Operation:
    """Declare an operation on one permission set, which may be deleted since it was listed."""
    return _sso_admin(action, *proof, absent=_NO_RESOURCE, PermissionSetArn=_PERMISSION_SET, **arguments)


def _of_found(found: Mapping[str, Found], action: str, *proof: str, absent: frozenset[str] = _NO_RESOURCE) -> Operation:
    """Declare an operation that is probed with what another one found. It may be deleted since it was listed."""
    return _identity_center(f"sso:{action}", proof, absent, Probe(found=found), SSO_ADMIN)


def _identity_store(action: str, *proof: str, absent: frozenset[str] = frozenset(), **arguments: Any) -> Operation:
    """Declare an operation of an identity store. Each has a quota of its own."""
    probe, quota = Probe(arguments, absent, _STORE), Quota(f"identitystore {action}", 20)
    return _identity_center(f"identitystore:{action}", proof, absent, probe, quota)


OF_ORGANIZATION: Final[Mapping[str, Operation]] = {
    "organizations.describe_organization": _organizations("DescribeOrganization", "Organization"),
    # Pages may be empty, and the last one has no token.
    "organizations.list_accounts": _organizations("ListAccounts", "Accounts", "NextToken"),
    "organizations.list_roots": _organizations("ListRoots", "Roots", "NextToken"),
    "organizations.list_organizational_units_for_parent": _organizations(
        "ListOrganizationalUnitsForParent",
        "OrganizationalUnits",
        "NextToken",
        probe_absent="ParentNotFoundException",
        ParentId="r-none",
    ),
    "organizations.list_accounts_for_parent": _organizations(
        "ListAccountsForParent", "Accounts", "NextToken", probe_absent="ParentNotFoundException", ParentId="r-none"
    ),
    # An account may have left the organization since it was listed.
    "organizations.list_tags_for_resource": _organizations(
        "ListTagsForResource", "Tags", "NextToken", absent=("TargetNotFoundException",), ResourceId="000000000000"
    ),
    "organizations.list_policies": _organizations(
        "ListPolicies", "Policies", "NextToken", Filter="SERVICE_CONTROL_POLICY"
    ),
    # A policy may have been deleted since it was listed.
    "organizations.describe_policy": _organizations(
        "DescribePolicy", "Policy", absent=_NO_SUCH_POLICY, PolicyId="p-00000000"
    ),
    "organizations.list_targets_for_policy": _organizations(
        "ListTargetsForPolicy", "Targets", "NextToken", absent=_NO_SUCH_POLICY, PolicyId="p-00000000"
    ),
    "organizations.list_delegated_administrators": _organizations(
        "ListDelegatedAdministrators", "DelegatedAdministrators", "NextToken"
    ),
    # An account may have left the organization since it was listed, or administer no service any more.
    "organizations.list_delegated_services_for_account": _organizations(
        "ListDelegatedServicesForAccount",
        *("DelegatedServices", "NextToken"),
        absent=("AccountNotFoundException", "AccountNotRegisteredException"),
        AccountId="000000000000",
    ),
    # ValidationException: the endpoint does not know RegionScope.
    "sso-admin.list_instances": _identity_center(
        "sso:ListInstances",
        ("Instances", "NextToken"),
        absent=frozenset({"ValidationException"}),
        probe=Probe(),
        quota=SSO_ADMIN,
    ),
    "sso-admin.describe_instance_access_control_attribute_configuration": _sso_admin(
        "DescribeInstanceAccessControlAttributeConfiguration",
        *("Status", "InstanceAccessControlAttributeConfiguration"),
        absent=_NO_RESOURCE,
    ),
    "sso-admin.list_permission_sets": _sso_admin("ListPermissionSets", "PermissionSets", "NextToken"),
    "sso-admin.describe_permission_set": _of_permission_set("DescribePermissionSet", "PermissionSet"),
    "sso-admin.list_managed_policies_in_permission_set": _of_permission_set(
        "ListManagedPoliciesInPermissionSet", "AttachedManagedPolicies", "NextToken"
    ),
    "sso-admin.list_customer_managed_policy_references_in_permission_set": _of_permission_set(
        "ListCustomerManagedPolicyReferencesInPermissionSet", "CustomerManagedPolicyReferences", "NextToken"
    ),
    "sso-admin.get_inline_policy_for_permission_set": _of_permission_set(
        "GetInlinePolicyForPermissionSet", "InlinePolicy"
    ),
    "sso-admin.get_permissions_boundary_for_permission_set": _of_permission_set(
        "GetPermissionsBoundaryForPermissionSet", "PermissionsBoundary"
    ),
    "sso-admin.list_tags_for_resource": _sso_admin(
        "ListTagsForResource", "Tags", "NextToken", absent=_NO_RESOURCE, ResourceArn=_PERMISSION_SET
    ),
    "sso-admin.list_accounts_for_provisioned_permission_set": _of_permission_set(
        "ListAccountsForProvisionedPermissionSet", "AccountIds", "NextToken"
    ),
    "sso-admin.list_account_assignments": _of_permission_set(
        "ListAccountAssignments", "AccountAssignments", "NextToken", AccountId="{account_id}"
    ),
    # Instances of member accounts have applications and issuers too. So no code means that an instance has none.
    "sso-admin.list_applications": _of_found(
        _INSTANCE, "ListApplications", "Applications", "NextToken", absent=_NOTHING
    ),
    "sso-admin.list_application_assignments": _of_found(
        _APPLICATION, "ListApplicationAssignments", "ApplicationAssignments", "NextToken"
    ),
    "sso-admin.get_application_assignment_configuration": _of_found(
        _APPLICATION, "GetApplicationAssignmentConfiguration", "AssignmentRequired"
    ),
    "sso-admin.list_trusted_token_issuers": _of_found(
        _INSTANCE, "ListTrustedTokenIssuers", "TrustedTokenIssuers", "NextToken", absent=_NOTHING
    ),
    "sso-admin.describe_trusted_token_issuer": _of_found(
        _ISSUER, "DescribeTrustedTokenIssuer", "TrustedTokenIssuerArn", "TrustedTokenIssuerConfiguration"
    ),
    "identitystore.list_users": _identity_store("ListUsers", "Users"),
    "identitystore.list_groups": _identity_store("ListGroups", "Groups"),
    "identitystore.list_group_memberships": _identity_store(
        "ListGroupMemberships",
        "GroupMemberships",
        absent=_NO_RESOURCE,
        GroupId="00000000-0000-0000-0000-000000000000",
    ),
}
