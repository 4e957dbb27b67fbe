"""The operations served here: what moto lacks or gets wrong. Anything else is moto's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from embedded_aws.server import (
    access_analyzer,
    ec2,
    iam_account,
    iam_attachments,
    iam_credentials,
    iam_lists,
    iam_mfa,
    iam_policies,
    iam_providers,
    iam_roles,
    iam_users,
    lookup_events,
    organizations,
    sts,
)
from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.principals import Principal

Operation = Callable[[Cloud, Call, Principal], Mapping[str, Any]]

OPERATIONS: Mapping[str, Operation] = {
    "access-analyzer:GetFinding": access_analyzer.get_finding,
    "access-analyzer:ListAnalyzers": access_analyzer.list_analyzers,
    "access-analyzer:ListFindings": access_analyzer.list_findings,
    "cloudtrail:LookupEvents": lookup_events.lookup_events,
    "ec2:DescribeKeyPairs": ec2.describe_key_pairs,
    "ec2:DescribeRegions": ec2.describe_regions,
    "iam:AttachGroupPolicy": iam_attachments.attach("Group"),
    "iam:AttachRolePolicy": iam_attachments.attach("Role"),
    "iam:AttachUserPolicy": iam_attachments.attach("User"),
    "iam:CreateUser": iam_users.create_user,
    "iam:DeleteUser": iam_users.delete_user,
    "iam:DeleteUserPermissionsBoundary": iam_users.delete_user_permissions_boundary,
    "iam:GenerateCredentialReport": iam_users.generate_credential_report,
    "iam:GetAccessKeyLastUsed": iam_credentials.get_access_key_last_used,
    "iam:GetAccountAuthorizationDetails": iam_lists.get_account_authorization_details,
    "iam:GetAccountPasswordPolicy": iam_account.get_account_password_policy,
    "iam:GetAccountSummary": iam_account.get_account_summary,
    "iam:GetCredentialReport": iam_users.get_credential_report,
    "iam:GetGroup": iam_lists.get_group,
    "iam:GetGroupPolicy": iam_attachments.get_inline("Group"),
    "iam:GetLoginProfile": iam_credentials.get_login_profile,
    "iam:GetOpenIDConnectProvider": iam_providers.get_open_id_connect_provider,
    "iam:GetPolicy": iam_policies.get_policy,
    "iam:GetPolicyVersion": iam_policies.get_policy_version,
    "iam:GetRole": iam_roles.get_role,
    "iam:GetRolePolicy": iam_attachments.get_inline("Role"),
    "iam:GetSAMLProvider": iam_providers.get_saml_provider,
    "iam:GetUser": iam_users.get_user,
    "iam:GetUserPolicy": iam_attachments.get_inline("User"),
    "iam:ListAccessKeys": iam_credentials.list_access_keys,
    "iam:ListAccountAliases": iam_account.list_account_aliases,
    "iam:ListAttachedGroupPolicies": iam_attachments.list_attached("Group"),
    "iam:ListAttachedRolePolicies": iam_attachments.list_attached("Role"),
    "iam:ListAttachedUserPolicies": iam_attachments.list_attached("User"),
    "iam:ListGroupPolicies": iam_attachments.list_inline("Group"),
    "iam:ListGroups": iam_lists.list_groups,
    "iam:ListGroupsForUser": iam_attachments.list_groups_for_user,
    "iam:ListInstanceProfiles": iam_account.list_instance_profiles,
    "iam:ListMFADevices": iam_mfa.list_mfa_devices,
    "iam:ListOpenIDConnectProviders": iam_providers.list_open_id_connect_providers,
    "iam:ListPolicies": iam_lists.list_policies,
    "iam:ListPolicyVersions": iam_policies.list_policy_versions,
    "iam:ListRolePolicies": iam_attachments.list_inline("Role"),
    "iam:ListRoles": iam_lists.list_roles,
    "iam:ListSAMLProviders": iam_providers.list_saml_providers,
    "iam:ListSSHPublicKeys": iam_credentials.list_ssh_public_keys,
    "iam:ListServerCertificates": iam_account.list_server_certificates,
    "iam:ListServiceSpecificCredentials": iam_credentials.list_service_specific_credentials,
    "iam:ListSigningCertificates": iam_credentials.list_signing_certificates,
    "iam:ListUserPolicies": iam_attachments.list_inline("User"),
    "iam:ListUserTags": iam_users.list_user_tags,
    "iam:ListUsers": iam_lists.list_users,
    "iam:ListVirtualMFADevices": iam_mfa.list_virtual_mfa_devices,
    "iam:PutUserPermissionsBoundary": iam_users.put_user_permissions_boundary,
    "iam:UpdateUser": iam_users.update_user,
    **organizations.OPERATIONS,
    "sts:AssumeRole": sts.assume_role,
    "sts:GetCallerIdentity": sts.get_caller_identity,
}
