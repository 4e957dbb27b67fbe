"""Every AWS operation that is called, declared once.

Paging, permission probes, rate limits, docs/permissions.md and deploy/ use these declarations. A unit test compares
each with botocore's model of the operation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_calls.assuming import OF_STS
from aws_calls.operation import AskedBy, Operation, Probe, Quota
from source_aws_iam.aws.ec2_operations import OF_EC2
from source_aws_iam.aws.organization_operations import OF_ORGANIZATION
from source_aws_iam.aws.trail_operations import OF_TRAILS

if TYPE_CHECKING:
    from collections.abc import Mapping


# AWS publishes no quota of IAM. It allows one account about 20 a second over long times.
IAM: Final = Quota("iam", 20)
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html
LOOKUP_EVENTS: Final = Quota("lookup_events", 2, regional=True)
# AWS publishes no quota of its calls. The pace slows down when AWS throttles.
ACCESS_ANALYZER: Final = Quota("access_analyzer", 20, regional=True)

_NO_ENTITY: Final = "source-aws-iam-check"
_IAM_ARN: Final = "arn:{partition}:iam::{account_id}"
_NO_SUCH_ENTITY: Final = frozenset({"NoSuchEntity"})


def _iam(action: str, *proof: str, absent: frozenset[str] = frozenset(), **arguments: Any) -> Operation:
    """Declare an operation of IAM that names no entity."""
    return Operation(f"iam:{action}", proof, absent, Probe(arguments), quota=IAM)


def _iam_of(entity: Mapping[str, Any], action: str, *proof: str, **arguments: Any) -> Operation:
    """Declare an operation of IAM that names an entity. Without a name, some would be about the caller instead."""
    return _iam(action, *proof, absent=_NO_SUCH_ENTITY, **entity, **arguments)


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
    **OF_STS,
    **OF_EC2,
    "accessanalyzer.list_analyzers": _analyzers("ListAnalyzers", "analyzers"),
    "accessanalyzer.list_findings_v2": _analyzers("ListFindings", "findings", _NO_FINDINGS, **_ANALYZER),
    "accessanalyzer.get_finding_v2": _analyzers(
        "GetFinding", "findingDetails", _NO_FINDINGS, **_ANALYZER, id="00000000-0000-0000-0000-000000000000"
    ),
    "cloudtrail.lookup_events": Operation(
        "cloudtrail:LookupEvents", ("Events",), asked_by=AskedBy.ACCOUNT_REGION, quota=LOOKUP_EVENTS
    ),
    **OF_TRAILS,
    **OF_ORGANIZATION,
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
    # It starts a job of AWS that reads, and changes nothing.
    "iam.generate_service_last_accessed_details": _iam_of(
        {"Arn": f"{_IAM_ARN}:user/{_NO_ENTITY}"}, "GenerateServiceLastAccessedDetails", "JobId"
    ),
    # While the job runs, the answer has a status and no list.
    "iam.get_service_last_accessed_details": _iam_of(
        {"JobId": "00000000-0000-0000-0000-000000000000"}, "GetServiceLastAccessedDetails", "JobStatus"
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
