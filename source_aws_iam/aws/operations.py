"""Every AWS operation that is called, declared once.

Paging, permission probes, rate limits, docs/permissions.md and deploy/ use these declarations. A unit test compares
each with botocore's model of the operation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class AskedBy(Enum):
    """Whose session makes the call."""

    ACCOUNT = "the account that is read"
    ACCOUNT_REGION = "the account that is read, in each of its Regions"
    HUB = "the account of the credentials"
    DELEGATED_ADMINISTRATOR = "the delegated administrator of a service, or the management account"


@dataclass(frozen=True)
class Quota:
    """A number of calls per second that AWS allows an account, or an account and Region where it is `regional`."""

    name: str
    per_second: float
    regional: bool = False


@dataclass(frozen=True)
class Found:
    """An argument that another call finds: `member` of the first item of `records` in the answer of `operation`."""

    operation: str
    records: str
    member: str


@dataclass(frozen=True)
class Probe:
    """How a permission probe makes the call: for an entity that does not exist, because AWS checks permissions first.

    `{partition}`, `{account_id}` and `{region}` in a text are those of the call. `absent` are the codes that say that
    there is no such entity. `found` are arguments that another call has to find; where it finds none, the call counts
    as allowed.
    """

    arguments: Mapping[str, Any] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    found: Mapping[str, Found] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """One operation: the IAM `action` that allows it, and what is known of its answers.

    Every true answer has one of the members `proof`: botocore makes a dict of an empty or cut body too. The codes
    `absent` mean that there is none of what was asked for. `probe` is None where no probe can find out. `smallest_page`
    is the smallest page size that AWS accepts. A call by a delegated administrator names its `service_principal`.
    """

    action: str
    proof: tuple[str, ...]
    absent: frozenset[str] = frozenset()
    probe: Probe | None = Probe()
    smallest_page: int = 1
    asked_by: AskedBy = AskedBy.ACCOUNT
    service_principal: str = ""
    quota: Quota | None = None


class UndeclaredOperationError(LookupError):
    """OPERATIONS does not declare an operation that is called."""

    def __init__(self, name: str) -> None:
        """`name` is "service.operation" in botocore's spelling."""
        super().__init__(f"The AWS operation {name} is not declared in source_aws_iam/aws/operations.py.")


# AWS publishes no quota of IAM. It allows one account about 20 a second over long times.
IAM: Final = Quota("iam", 20)
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html
LOOKUP_EVENTS: Final = Quota("lookup_events", 2, regional=True)
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
ORGANIZATIONS: Final = Quota("organizations", 8)
DESCRIBE_POLICY: Final = Quota("describe_policy", 2)
# The refill rate of the token bucket, which holds 100 requests: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
EC2: Final = Quota("ec2", 20, regional=True)
# AWS publishes no quota of its calls. The pace slows down when AWS throttles.
ACCESS_ANALYZER: Final = Quota("access_analyzer", 20, regional=True)

# All calls of sso-admin share one: https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html
SSO_ADMIN: Final = Quota("sso-admin", 20)

_NO_ENTITY: Final = "source-aws-iam-check"
_IAM_ARN: Final = "arn:{partition}:iam::{account_id}"
_NO_SUCH_ENTITY: Final = frozenset({"NoSuchEntity"})
_NO_SUCH_POLICY: Final = ("PolicyNotFoundException",)
# The account of the credentials is in no organization. There is nothing to read then, which is no failure.
NOT_IN_USE: Final = "AWSOrganizationsNotInUseException"


def _iam(action: str, *proof: str, absent: frozenset[str] = frozenset(), **arguments: Any) -> Operation:
    """Declare an operation of IAM that names no entity."""
    return Operation(f"iam:{action}", proof, absent, Probe(arguments), quota=IAM)


def _iam_of(entity: Mapping[str, Any], action: str, *proof: str, **arguments: Any) -> Operation:
    """Declare an operation of IAM that names an entity. Without a name, some would be about the caller instead."""
    return _iam(action, *proof, absent=_NO_SUCH_ENTITY, **entity, **arguments)


def _organizations(
    action: str,
    *proof: str,
    absent: Collection[str] = (),
    probe_absent: str = "",
    quota: Quota = ORGANIZATIONS,
    **arguments: Any,
) -> Operation:
    probe = Probe(arguments, frozenset(filter(None, (probe_absent,))))
    codes = frozenset({NOT_IN_USE, *absent})
    return Operation(f"organizations:{action}", proof, codes, probe, asked_by=AskedBy.HUB, quota=quota)


_NO_RESOURCE: Final = frozenset({"ResourceNotFoundException"})
_INSTANCE: Final = {"InstanceArn": Found("sso-admin.list_instances", "Instances", "InstanceArn")}
_PERMISSION_SET: Final = "arn:{partition}:sso:::permissionSet/ssoins-0000000000000000/ps-0000000000000000"
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


def _identity_store(action: str, *proof: str, absent: frozenset[str] = frozenset(), **arguments: Any) -> Operation:
    """Declare an operation of an identity store. Each has a quota of its own."""
    probe, quota = Probe(arguments, absent, _STORE), Quota(f"identitystore {action}", 20)
    return _identity_center(f"identitystore:{action}", proof, absent, probe, quota)


# An analyzer or a finding may be deleted between the list and the call for it.
_NO_FINDINGS: Final = frozenset({"ResourceNotFoundException"})
_ANALYZER: Final = {"analyzerArn": f"arn:{{partition}}:access-analyzer:{{region}}:{{account_id}}:analyzer/{_NO_ENTITY}"}


def _analyzers(action: str, proof: str, absent: frozenset[str] = frozenset(), **arguments: Any) -> Operation:
    """Declare an operation of IAM Access Analyzer, which is asked in each Region."""
    where = AskedBy.ACCOUNT_REGION
    probe = Probe(arguments)
    return Operation(f"access-analyzer:{action}", (proof,), absent, probe, asked_by=where, quota=ACCESS_ANALYZER)


_USER: Final = {"UserName": _NO_ENTITY}
_GROUP: Final = {"GroupName": _NO_ENTITY}
_ROLE: Final = {"RoleName": _NO_ENTITY}
_POLICY: Final = {"PolicyArn": f"{_IAM_ARN}:policy/{_NO_ENTITY}"}
_INLINE: Final = {"PolicyName": _NO_ENTITY}
_DETAILS: Final = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies", "IsTruncated")

# By "service.operation" in botocore's spelling. AWS may leave an empty list out of an answer, or IsTruncated where no
# page follows, but not both. So either is a proof.
OPERATIONS: Final[Mapping[str, Operation]] = {
    "sts.get_caller_identity": Operation("sts:GetCallerIdentity", ("Arn",), asked_by=AskedBy.HUB),
    # Assuming the configured role probes it.
    "sts.assume_role": Operation("sts:AssumeRole", ("Credentials",), probe=None, asked_by=AskedBy.HUB),
    "ec2.describe_regions": Operation("ec2:DescribeRegions", ("Regions",), quota=EC2),
    "ec2.describe_key_pairs": Operation(
        "ec2:DescribeKeyPairs", ("KeyPairs",), asked_by=AskedBy.ACCOUNT_REGION, quota=EC2
    ),
    "accessanalyzer.list_analyzers": _analyzers("ListAnalyzers", "analyzers"),
    "accessanalyzer.list_findings_v2": _analyzers("ListFindings", "findings", _NO_FINDINGS, **_ANALYZER),
    "accessanalyzer.get_finding_v2": _analyzers(
        "GetFinding", "findingDetails", _NO_FINDINGS, **_ANALYZER, id="00000000-0000-0000-0000-000000000000"
    ),
    "cloudtrail.lookup_events": Operation(
        "cloudtrail:LookupEvents", ("Events",), asked_by=AskedBy.ACCOUNT_REGION, quota=LOOKUP_EVENTS
    ),
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
        "DescribePolicy", "Policy", absent=_NO_SUCH_POLICY, quota=DESCRIBE_POLICY, PolicyId="p-00000000"
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
    "identitystore.list_users": _identity_store("ListUsers", "Users"),
    "identitystore.list_groups": _identity_store("ListGroups", "Groups"),
    "identitystore.list_group_memberships": _identity_store(
        "ListGroupMemberships",
        "GroupMemberships",
        absent=_NO_RESOURCE,
        GroupId="00000000-0000-0000-0000-000000000000",
    ),
    "iam.get_account_authorization_details": _iam("GetAccountAuthorizationDetails", *_DETAILS),
    "iam.list_users": _iam("ListUsers", "Users", "IsTruncated"),
    "iam.list_groups": _iam("ListGroups", "Groups", "IsTruncated"),
    "iam.list_roles": _iam("ListRoles", "Roles", "IsTruncated"),
    "iam.list_policies": _iam("ListPolicies", "Policies", "IsTruncated"),
    "iam.list_instance_profiles": _iam("ListInstanceProfiles", "InstanceProfiles", "IsTruncated"),
    "iam.list_server_certificates": _iam("ListServerCertificates", "ServerCertificateMetadataList", "IsTruncated"),
    "iam.list_virtual_mfa_devices": _iam("ListVirtualMFADevices", "VirtualMFADevices", "IsTruncated"),
    "iam.list_account_aliases": _iam("ListAccountAliases", "AccountAliases", "IsTruncated"),
    "iam.list_service_specific_credentials": _iam(
        "ListServiceSpecificCredentials", "ServiceSpecificCredentials", "IsTruncated", AllUsers=True
    ),
    "iam.list_saml_providers": _iam("ListSAMLProviders", "SAMLProviderList"),
    "iam.list_open_id_connect_providers": _iam("ListOpenIDConnectProviders", "OpenIDConnectProviderList"),
    "iam.get_account_summary": _iam("GetAccountSummary", "SummaryMap"),
    "iam.get_account_password_policy": _iam("GetAccountPasswordPolicy", "PasswordPolicy", absent=_NO_SUCH_ENTITY),
    # Another caller has asked for a report a moment ago.
    "iam.generate_credential_report": _iam("GenerateCredentialReport", "State", absent=frozenset({"LimitExceeded"})),
    "iam.get_credential_report": _iam(
        "GetCredentialReport",
        "Content",
        absent=frozenset({"ReportNotPresent", "ReportExpired", "ReportInProgress"}),
    ),
    "iam.get_user": _iam_of(_USER, "GetUser", "User"),
    "iam.get_login_profile": _iam_of(_USER, "GetLoginProfile", "LoginProfile"),
    "iam.list_groups_for_user": _iam_of(_USER, "ListGroupsForUser", "Groups", "IsTruncated"),
    "iam.list_access_keys": _iam_of(_USER, "ListAccessKeys", "AccessKeyMetadata", "IsTruncated"),
    # For a key that does not exist, AWS answers as if the call were denied.
    "iam.get_access_key_last_used": Operation(
        "iam:GetAccessKeyLastUsed", ("AccessKeyLastUsed",), _NO_SUCH_ENTITY, probe=None, quota=IAM
    ),
    "iam.list_mfa_devices": _iam_of(_USER, "ListMFADevices", "MFADevices", "IsTruncated"),
    "iam.list_ssh_public_keys": _iam_of(_USER, "ListSSHPublicKeys", "SSHPublicKeys", "IsTruncated"),
    "iam.list_signing_certificates": _iam_of(_USER, "ListSigningCertificates", "Certificates", "IsTruncated"),
    "iam.list_attached_user_policies": _iam_of(_USER, "ListAttachedUserPolicies", "AttachedPolicies", "IsTruncated"),
    "iam.list_user_policies": _iam_of(_USER, "ListUserPolicies", "PolicyNames", "IsTruncated"),
    "iam.get_user_policy": _iam_of(_USER, "GetUserPolicy", "PolicyName", "PolicyDocument", **_INLINE),
    "iam.get_group": _iam_of(_GROUP, "GetGroup", "Users", "IsTruncated"),
    "iam.list_attached_group_policies": _iam_of(_GROUP, "ListAttachedGroupPolicies", "AttachedPolicies", "IsTruncated"),
    "iam.list_group_policies": _iam_of(_GROUP, "ListGroupPolicies", "PolicyNames", "IsTruncated"),
    "iam.get_group_policy": _iam_of(_GROUP, "GetGroupPolicy", "PolicyName", "PolicyDocument", **_INLINE),
    "iam.get_role": _iam_of(_ROLE, "GetRole", "Role"),
    "iam.list_attached_role_policies": _iam_of(_ROLE, "ListAttachedRolePolicies", "AttachedPolicies", "IsTruncated"),
    "iam.list_role_policies": _iam_of(_ROLE, "ListRolePolicies", "PolicyNames", "IsTruncated"),
    "iam.get_role_policy": _iam_of(_ROLE, "GetRolePolicy", "PolicyName", "PolicyDocument", **_INLINE),
    "iam.get_policy": _iam_of(_POLICY, "GetPolicy", "Policy"),
    "iam.list_policy_versions": _iam_of(_POLICY, "ListPolicyVersions", "Versions", "IsTruncated"),
    "iam.get_policy_version": _iam_of(_POLICY, "GetPolicyVersion", "PolicyVersion", VersionId="v1"),
    "iam.get_saml_provider": _iam_of(
        {"SAMLProviderArn": f"{_IAM_ARN}:saml-provider/{_NO_ENTITY}"},
        "GetSAMLProvider",
        *("SAMLMetadataDocument", "SAMLProviderUUID", "CreateDate"),
    ),
    "iam.get_open_id_connect_provider": _iam_of(
        {"OpenIDConnectProviderArn": f"{_IAM_ARN}:oidc-provider/{_NO_ENTITY}"},
        "GetOpenIDConnectProvider",
        *("Url", "ClientIDList", "CreateDate"),
    ),
}


def declared(name: str, operations: Mapping[str, Operation] = OPERATIONS) -> Operation:
    """Return the declaration of an operation ("iam.list_users"). Raises UndeclaredOperationError."""
    found = operations.get(name)
    if found is None:
        raise UndeclaredOperationError(name)
    return found
