"""The schema files: the rules of warehouses, the manifest's entries, and the members of AWS's answers."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore import xform_name
from botocore.session import Session
from jsonschema import Draft7Validator

import source_aws_iam
from source_aws_iam.cloudtrail.stream import CURSOR_FIELD
from tools.draft_schema import draft, main
from unit_tests.answer_members import leaves, within
from unit_tests.cloudtrail.history.listing import row_of
from unit_tests.ec2.members import members_of_ec2, ours_of_ec2

Schema = dict[str, Any]

PACKAGE = Path(source_aws_iam.__file__).parent
MANIFEST = yaml.safe_load((PACKAGE / "manifest.yaml").read_text(encoding="utf-8"))
SCHEMAS: dict[str, Schema] = {
    file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted((PACKAGE / "schemas").iterdir())
}
KEYS: dict[str, list[str]] = {stream["name"]: stream["primary_key"] for stream in MANIFEST["streams"]}
CURSORS = {"audit_events": CURSOR_FIELD}

# Columns that no AWS answer has by that name: where a row comes from, and what the connector counts or joins.
ORIGIN = {"account_id", "partition"}
USER_OF = {"user_id", "user_arn"}
OF_INSTANCE = {"partition", "instance_arn"}
# The columns of the credential report, in the order of its first line.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
REPORT = (
    *("user", "arn", "user_creation_time"),
    *("password_enabled", "password_last_used", "password_last_changed", "password_next_rotation", "mfa_active"),
    *(
        f"access_key_{number}_{what}"
        for number in (1, 2)
        for what in ("active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")
    ),
    *(f"cert_{number}_{what}" for number in (1, 2) for what in ("active", "last_rotated")),
    "additional_credentials_info",
)
# Those of them that users has as well; the others it has under the names of ListUsers.
JOINED = set(REPORT) - {"user", "user_creation_time", "additional_credentials_info"}
OURS: Mapping[str, set[str]] = {
    "users": ORIGIN
    | JOINED
    | {"is_root", "mfa_devices", "access_keys", "last_activity_at", "last_activity_source"}
    | {"report_generated_at", "unavailable_fields"},
    "groups": ORIGIN | {"member_count", "unavailable_fields"},
    "roles": ORIGIN | {"document_text", "is_service_linked", "permission_set_name", "unavailable_fields"},
    "policies": ORIGIN | {"is_aws_managed", "document_text", "unavailable_fields"},
    "policy_versions": ORIGIN | {"document_text", "unavailable_fields"},
    "access_keys": ORIGIN | USER_OF | {"unavailable_fields"},
    "mfa_devices": ORIGIN | {"type", "is_root"},
    "ssh_public_keys": ORIGIN | USER_OF,
    "signing_certificates": ORIGIN | USER_OF,
    "service_specific_credentials": ORIGIN | USER_OF,
    "server_certificates": ORIGIN,
    "instance_profiles": ORIGIN,
    "saml_providers": ORIGIN | {"unavailable_fields"},
    "oidc_providers": ORIGIN | {"unavailable_fields"},
    "account_summary": ORIGIN | {"summary_map"},
    "password_policy": ORIGIN | {"is_set"},
    "credential_report": ORIGIN | set(REPORT) | {"column_status"},
    "service_last_accessed": ORIGIN
    | {"identity_type", "identity_id", "identity_name", "identity_arn", "unavailable_fields"},
    **ours_of_ec2(),
    "access_analyzer_findings": ORIGIN | {"region", "unavailable_fields"},
    "trails": ORIGIN | {"region", "unavailable_fields"},
    "accounts": {"partition", "is_management", "read_status", "read_error", "unavailable_fields"},
    "organizational_units": {"partition", "organization_id", "parent_id"},
    "organization": {"partition"},
    "identity_center_instances": {"partition", "region", "is_organization_instance", "unavailable_fields"},
    "identity_center_users": OF_INSTANCE | {"primary_email"},
    "identity_center_groups": OF_INSTANCE | {"member_count", "unavailable_fields"},
    "identity_center_group_members": OF_INSTANCE | {"group_name", "user_name", "unavailable_fields"},
    "permission_sets": OF_INSTANCE | {"inline_policy_text", "provisioned_accounts", "unavailable_fields"},
    "account_assignments": OF_INSTANCE
    | {"permission_set_name", "account_name", "principal_name", "role_arn", "role_id", "unavailable_fields"},
    "identity_center_applications": {"partition", "unavailable_fields"},
    "application_assignments": OF_INSTANCE | {"application_name", "principal_name", "unavailable_fields"},
    "trusted_token_issuers": OF_INSTANCE | {"unavailable_fields"},
    "delegated_administrators": {"partition"},
    "organization_policies": {"partition", "content_text", "statements", "unavailable_fields"},
    "organization_policy_targets": {"partition", "path", "unavailable_fields"},
}

# Every member of what AWS answers -> the column that has it, or a sentence on why none has.
# A new member in a newer botocore belongs into the schema, or here with its reason.
BOUNDARY = {
    "PermissionsBoundary.PermissionsBoundaryType": "permissions_boundary_type",
    "PermissionsBoundary.PermissionsBoundaryArn": "permissions_boundary_arn",
}
TAGS = {"Tags[].Key": "tags", "Tags[].Value": "tags"}
ATTACHED = {
    "AttachedManagedPolicies[].PolicyName": "attached_policies[].policy_name",
    "AttachedManagedPolicies[].PolicyArn": "attached_policies[].policy_arn",
}


def same(*members: str) -> dict[str, str]:
    """Return members whose columns AWS's own names give: "Tags[].Key" -> "tags[].key"."""
    return {member: re.sub(r"\w+", lambda name: xform_name(name[0]), member) for member in members}


def inline(member: str) -> dict[str, str]:
    return {
        f"{member}[].PolicyName": "inline_policies[].policy_name",
        f"{member}[].PolicyDocument": "inline_policies[].policy_document",
    }


USER = same("Path", "UserName", "UserId", "Arn", "CreateDate")
GROUP = same("Path", "GroupName", "GroupId", "Arn", "CreateDate")
ROLE = same("Path", "RoleName", "RoleId", "Arn", "CreateDate", "AssumeRolePolicyDocument")
ROLE_LAST_USED = {
    "RoleLastUsed.LastUsedDate": "role_last_used_date",
    "RoleLastUsed.Region": "role_last_used_region",
}
LISTED_ROLE = {
    **ROLE,
    **same("Description", "MaxSessionDuration"),
    **same("SourceRoleTemplate.TemplateArn", "SourceRoleTemplate.TemplateMinorVersion"),
    **ROLE_LAST_USED,
    **BOUNDARY,
    **TAGS,
}
PROFILE = ("Path", "InstanceProfileName", "InstanceProfileId", "Arn", "CreateDate")
POLICY_NAMES = {"PolicyName": "policy_name", "PolicyId": "policy_id"}
POLICY = {
    **POLICY_NAMES,
    **same("Arn", "Path", "DefaultVersionId", "AttachmentCount", "PermissionsBoundaryUsageCount", "IsAttachable"),
    **same("Description", "CreateDate", "UpdateDate"),
}
VERSION = same("Document", "VersionId", "IsDefaultVersion", "CreateDate")
# Of users, groups and memberships of an identity store.
CHANGED = ("CreatedAt", "CreatedBy", "UpdatedAt", "UpdatedBy")
POLICY_SUMMARY = {
    **{name: f"policy_{name.lower()}" for name in ("Id", "Arn", "Name", "Type")},
    "Description": "description",
    "AwsManaged": "aws_managed",
}
LAST_ACCESSED = {
    **same("ServiceName", "ServiceNamespace", "LastAuthenticated", "LastAuthenticatedEntity"),
    **same("LastAuthenticatedRegion", "TotalAuthenticatedEntities"),
    **same(
        *within(
            "TrackedActionsLastAccessed[]",
            ("ActionName", "LastAccessedEntity", "LastAccessedTime", "LastAccessedRegion"),
        )
    ),
}
FINDING = {
    "id": "finding_id",
    **same("findingType", "resource", "resourceType", "resourceOwnerAccount", "status"),
    **same("createdAt", "updatedAt", "analyzedAt", "error"),
}
_ACCESS = ("action[]", "condition.*", "principal.*", "resourceControlPolicyRestriction", "sources[].type")
OF_ACCESS = (*_ACCESS, *within("sources[].detail", ("accessPointArn", "accessPointAccount")))
DETAILS = {
    "internalAccessDetails": (
        *OF_ACCESS,
        *("principalOwnerAccount", "accessType", "principalType", "serviceControlPolicyRestriction"),
    ),
    "externalAccessDetails": (*OF_ACCESS, "isPublic"),
    "unusedPermissionDetails": ("serviceNamespace", "lastAccessed", "actions[].action", "actions[].lastAccessed"),
    "unusedIamUserAccessKeyDetails": ("accessKeyId", "lastAccessed"),
    "unusedIamRoleDetails": ("lastAccessed",),
    "unusedIamUserPasswordDetails": ("lastAccessed",),
}
NOT_OF_A_FINDING = (
    *("createdAt", "lastResourceAnalyzed", "lastResourceAnalyzedAt", "tags.*", "status", "statusReason.code"),
    *within("configuration.unusedAccess", ("unusedAccessAge", "analysisRule.exclusions[].accountIds[]")),
    "configuration.unusedAccess.analysisRule.exclusions[].resourceTags[].*",
    *within(
        "configuration.internalAccess.analysisRule.inclusions[]", ("accountIds[]", "resourceTypes[]", "resourceArns[]")
    ),
    "managedBy",
)
MEMBERS: Mapping[tuple[str, str, str, str], Mapping[str, str]] = {
    ("users", "iam", "ListUsers", "Users"): {**USER, **same("PasswordLastUsed"), **BOUNDARY, **TAGS},
    ("users", "iam", "GetAccountAuthorizationDetails", "UserDetailList"): {
        **USER,
        **inline("UserPolicyList"),
        "GroupList[]": "group_names",
        **ATTACHED,
        **BOUNDARY,
        **TAGS,
    },
    ("users", "iam", "GetLoginProfile", "LoginProfile"): {
        "UserName": "user_name",
        "CreateDate": "login_profile_created_at",
        "PasswordResetRequired": "It is true only until the next sign-in.",
    },
    ("groups", "iam", "ListGroups", "Groups"): GROUP,
    ("groups", "iam", "GetAccountAuthorizationDetails", "GroupDetailList"): {
        **GROUP,
        **inline("GroupPolicyList"),
        **ATTACHED,
    },
    ("roles", "iam", "ListRoles", "Roles"): LISTED_ROLE,
    ("roles", "iam", "GetAccountAuthorizationDetails", "RoleDetailList"): {
        **ROLE,
        **inline("RolePolicyList"),
        **{f"InstanceProfileList[].{member}": f"instance_profiles[].{xform_name(member)}" for member in PROFILE},
        **dict.fromkeys(within("InstanceProfileList[].Roles[]", LISTED_ROLE), "It is the role of the row."),
        **dict.fromkeys(within("InstanceProfileList[]", TAGS), "AWS sends them for one profile at a time only."),
        **ROLE_LAST_USED,
        **ATTACHED,
        **BOUNDARY,
        **TAGS,
    },
    ("policies", "iam", "ListPolicies", "Policies"): {**POLICY, **TAGS},
    ("policies", "iam", "GetAccountAuthorizationDetails", "Policies"): {
        **POLICY,
        "PolicyVersionList[].Document": "document",
        "PolicyVersionList[].VersionId": "default_version_id",
        "PolicyVersionList[].IsDefaultVersion": "The row has the default version.",
        "PolicyVersionList[].CreateDate": "It is in policy_versions.",
    },
    ("policies", "iam", "GetPolicyVersion", "PolicyVersion"): {
        "Document": "document",
        "VersionId": "default_version_id",
        "IsDefaultVersion": "The row has the default version.",
        "CreateDate": "It is in policy_versions.",
    },
    ("policy_versions", "iam", "GetAccountAuthorizationDetails", "Policies"): {
        **dict.fromkeys(POLICY, "It is in policies."),
        **POLICY_NAMES,
        "Arn": "policy_arn",
        **{f"PolicyVersionList[].{member}": target for member, target in VERSION.items()},
    },
    ("policy_versions", "iam", "GetPolicyVersion", "PolicyVersion"): VERSION,
    ("access_keys", "iam", "ListAccessKeys", "AccessKeyMetadata"): same(
        "UserName", "AccessKeyId", "Status", "CreateDate"
    ),
    ("access_keys", "iam", "GetAccessKeyLastUsed", ""): {
        "UserName": "user_name",
        "AccessKeyLastUsed.LastUsedDate": "last_used_date",
        "AccessKeyLastUsed.ServiceName": "last_used_service",
        "AccessKeyLastUsed.Region": "last_used_region",
    },
    ("mfa_devices", "iam", "ListMFADevices", "MFADevices"): same("UserName", "SerialNumber", "EnableDate"),
    ("mfa_devices", "iam", "ListVirtualMFADevices", "VirtualMFADevices"): {
        **same("SerialNumber", "EnableDate"),
        **dict.fromkeys(within("User", (*USER, "PasswordLastUsed", *BOUNDARY, *TAGS)), "It is in users."),
        "User.UserId": "user_id",
        "User.UserName": "user_name",
        "User.Arn": "user_arn",
        **dict.fromkeys(("Base32StringSeed", "QRCodePNG"), "It is a secret, sent only when a device is made."),
        **dict.fromkeys(TAGS, "AWS sends them for one device at a time only."),
    },
    ("ssh_public_keys", "iam", "ListSSHPublicKeys", "SSHPublicKeys"): same(
        "UserName", "SSHPublicKeyId", "Status", "UploadDate"
    ),
    ("signing_certificates", "iam", "ListSigningCertificates", "Certificates"): same(
        "UserName", "CertificateId", "CertificateBody", "Status", "UploadDate"
    ),
    ("service_specific_credentials", "iam", "ListServiceSpecificCredentials", "ServiceSpecificCredentials"): {
        **same("UserName", "ServiceSpecificCredentialId", "ServiceName", "ServiceUserName", "ServiceCredentialAlias"),
        **same("Status", "CreateDate", "ExpirationDate"),
    },
    ("server_certificates", "iam", "ListServerCertificates", "ServerCertificateMetadataList"): same(
        "Path", "ServerCertificateName", "ServerCertificateId", "Arn", "UploadDate", "Expiration"
    ),
    ("service_last_accessed", "iam", "GetServiceLastAccessedDetails", ""): {
        **{f"ServicesLastAccessed[].{member}": column for member, column in LAST_ACCESSED.items()},
        **same("JobCompletionDate"),
        "JobCreationDate": "JobCompletionDate says as of when the row is.",
        **dict.fromkeys(("JobStatus", "Error.Code", "Error.Message"), "A job that is not complete has no rows."),
        "JobType": "It is what was asked for.",
        **dict.fromkeys(("IsTruncated", "Marker"), "All pages are read."),
    },
    **members_of_ec2(),
    ("access_analyzer_findings", "accessanalyzer", "ListAnalyzers", "analyzers"): {
        **{name: f"analyzer_{name}" for name in ("arn", "name", "type")},
        **dict.fromkeys(NOT_OF_A_FINDING, "It says nothing of a finding."),
    },
    ("access_analyzer_findings", "accessanalyzer", "ListFindingsV2", "findings"): FINDING,
    ("access_analyzer_findings", "accessanalyzer", "GetFindingV2", ""): {
        **FINDING,
        **{
            f"findingDetails[].{kind}.{member}": re.sub(
                r"\w+",
                lambda name: xform_name(name[0]),
                f"details[].{kind}.{member}".replace(".*", "").removesuffix("[]"),
            )
            for kind, members in DETAILS.items()
            for member in members
        },
        "nextToken": "All pages are read.",
    },
    ("trails", "cloudtrail", "DescribeTrails", "trailList"): same(
        *("Name", "S3BucketName", "S3KeyPrefix", "SnsTopicName", "SnsTopicARN", "IncludeGlobalServiceEvents"),
        *("IsMultiRegionTrail", "HomeRegion", "TrailARN", "LogFileValidationEnabled", "CloudWatchLogsLogGroupArn"),
        *("CloudWatchLogsRoleArn", "KmsKeyId", "HasCustomEventSelectors", "HasInsightSelectors"),
        *("IsOrganizationTrail", "RecursiveLogging"),
    ),
    ("trails", "cloudtrail", "GetTrailStatus", ""): {
        **same("IsLogging", "StartLoggingTime", "StopLoggingTime", "LatestDeliveryTime", "LatestDeliveryError"),
        **same("LatestDigestDeliveryTime", "LatestDigestDeliveryError", "LatestNotificationTime"),
        **same("LatestNotificationError", "LatestCloudWatchLogsDeliveryTime", "LatestCloudWatchLogsDeliveryError"),
        **dict.fromkeys(
            (
                *("LatestDeliveryAttemptTime", "LatestNotificationAttemptTime", "LatestNotificationAttemptSucceeded"),
                *("LatestDeliveryAttemptSucceeded", "TimeLoggingStarted", "TimeLoggingStopped"),
            ),
            "AWS says that it is no longer in use.",
        ),
    },
    ("trails", "cloudtrail", "GetEventSelectors", ""): {
        "TrailARN": "trail_arn",
        **same("EventSelectors[].ReadWriteType", "EventSelectors[].IncludeManagementEvents"),
        **same("EventSelectors[].DataResources[].Type"),
        "EventSelectors[].DataResources[].Values[]": "event_selectors[].data_resources[].values",
        "EventSelectors[].ExcludeManagementEventSources[]": "event_selectors[].exclude_management_event_sources",
        **same("AdvancedEventSelectors[].Name", "AdvancedEventSelectors[].FieldSelectors[].Field"),
        **{
            f"AdvancedEventSelectors[].FieldSelectors[].{name}[]": (
                f"advanced_event_selectors[].field_selectors[].{xform_name(name)}"
            )
            for name in ("Equals", "StartsWith", "EndsWith", "NotEquals", "NotStartsWith", "NotEndsWith")
        },
    },
    ("trails", "cloudtrail", "GetInsightSelectors", ""): {
        "TrailARN": "trail_arn",
        "InsightSelectors[].InsightType": "insight_selectors[].insight_type",
        "InsightSelectors[].EventCategories[]": "insight_selectors[].event_categories",
        **dict.fromkeys(("EventDataStoreArn", "InsightsDestination"), "It is of event data stores of CloudTrail Lake."),
    },
    ("instance_profiles", "iam", "ListInstanceProfiles", "InstanceProfiles"): same(
        *PROFILE, *within("Roles[]", LISTED_ROLE)
    )
    | dict.fromkeys(TAGS, "AWS sends them for one profile at a time only."),
    ("saml_providers", "iam", "ListSAMLProviders", "SAMLProviderList"): same("Arn", "ValidUntil", "CreateDate"),
    ("saml_providers", "iam", "GetSAMLProvider", ""): {
        **same("SAMLProviderUUID", "SAMLMetadataDocument", "CreateDate", "ValidUntil", "AssertionEncryptionMode"),
        **same("PrivateKeyList[].KeyId", "PrivateKeyList[].Timestamp"),
        **TAGS,
    },
    ("oidc_providers", "iam", "ListOpenIDConnectProviders", "OpenIDConnectProviderList"): same("Arn"),
    ("oidc_providers", "iam", "GetOpenIDConnectProvider", ""): {
        **same("Url", "CreateDate"),
        "ClientIDList[]": "client_id_list",
        "ThumbprintList[]": "thumbprint_list",
        **TAGS,
    },
    ("account_summary", "iam", "GetAccountSummary", ""): {
        f"SummaryMap.{counter}": xform_name(counter)
        for counter in (
            *("Users", "Groups", "Roles", "Policies", "Providers", "InstanceProfiles", "ServerCertificates"),
            *("UsersQuota", "GroupsQuota", "RolesQuota", "PoliciesQuota"),
            *("InstanceProfilesQuota", "ServerCertificatesQuota"),
            *("PolicyVersionsInUse", "PolicyVersionsInUseQuota", "VersionsPerPolicyQuota", "PolicySizeQuota"),
            *("UserPolicySizeQuota", "GroupPolicySizeQuota", "RolePolicySizeQuota", "AssumeRolePolicySizeQuota"),
            *("AttachedPoliciesPerUserQuota", "AttachedPoliciesPerGroupQuota", "AttachedPoliciesPerRoleQuota"),
            *("GroupsPerUserQuota", "AccessKeysPerUserQuota", "SigningCertificatesPerUserQuota"),
            *("MFADevices", "MFADevicesInUse", "AccountMFAEnabled", "AccountAccessKeysPresent"),
            *("AccountPasswordPresent", "AccountSigningCertificatesPresent", "GlobalEndpointTokenVersion"),
        )
    },
    ("password_policy", "iam", "GetAccountPasswordPolicy", "PasswordPolicy"): {
        **same("MinimumPasswordLength", "RequireSymbols", "RequireNumbers", "RequireUppercaseCharacters"),
        **same("RequireLowercaseCharacters", "AllowUsersToChangePassword", "ExpirePasswords", "MaxPasswordAge"),
        **same("PasswordReusePrevention", "HardExpiry"),
    },
    ("credential_report", "iam", "GetCredentialReport", ""): {
        "Content": "The columns are its lines.",
        "ReportFormat": "It is always text/csv.",
        "GeneratedTime": "report_generated_at",
    },
    ("accounts", "iam", "ListAccountAliases", ""): {
        "AccountAliases[]": "alias",
        **dict.fromkeys(("IsTruncated", "Marker"), "An account has one alias at most."),
    },
    ("accounts", "organizations", "ListTagsForResource", ""): {**TAGS, "NextToken": "All pages are read."},
    ("accounts", "organizations", "ListAccounts", "Accounts"): {
        "Id": "account_id",
        "Name": "account_name",
        **same("Arn", "Email", "State", "JoinedMethod"),
        "Status": "state",
        "JoinedTimestamp": "joined_at",
        "Paths[]": "ou_path",
    },
    ("organizational_units", "organizations", "ListOrganizationalUnitsForParent", "OrganizationalUnits"): {
        "Id": "ou_id",
        **same("Arn", "Name", "Path"),
    },
    ("organization", "organizations", "DescribeOrganization", "Organization"): {
        "Id": "organization_id",
        **same("Arn", "FeatureSet", "AvailablePolicyTypes[].Type", "AvailablePolicyTypes[].Status"),
        **{f"MasterAccount{what}": f"management_account_{what.lower()}" for what in ("Arn", "Id", "Email")},
    },
    ("identity_center_instances", "sso-admin", "ListInstances", "Instances"): {
        **same("InstanceArn", "IdentityStoreId", "IdentityStoreArn", "OwnerAccountId", "Name", "CreatedDate", "Status"),
        **same("StatusReason", "PrimaryRegion", "Regions[].RegionName", "Regions[].Status", "Regions[].AddedDate"),
        **same("Regions[].IsPrimaryRegion"),
    },
    (
        *("identity_center_instances", "sso-admin"),
        *("DescribeInstanceAccessControlAttributeConfiguration", "InstanceAccessControlAttributeConfiguration"),
    ): {
        "AccessControlAttributes[].Key": "access_control_attributes[].key",
        "AccessControlAttributes[].Value.Source[]": "access_control_attributes[].source",
    },
    ("identity_center_users", "identitystore", "ListUsers", "Users"): {
        **same("IdentityStoreId", "UserId", "UserArn", "Revision", "UserName", "DisplayName", "NickName", "ProfileUrl"),
        **same("ExternalIds[].Issuer", "ExternalIds[].Id", "Name.Formatted", "Name.FamilyName", "Name.GivenName"),
        **same("Name.MiddleName", "Name.HonorificPrefix", "Name.HonorificSuffix"),
        **same("Emails[].Value", "Emails[].Type", "Emails[].Primary"),
        **same("PhoneNumbers[].Value", "PhoneNumbers[].Type", "PhoneNumbers[].Primary"),
        **same("Addresses[].StreetAddress", "Addresses[].Locality", "Addresses[].Region", "Addresses[].PostalCode"),
        **same("Addresses[].Country", "Addresses[].Formatted", "Addresses[].Type", "Addresses[].Primary"),
        **same("Photos[].Value", "Photos[].Type", "Photos[].Display", "Photos[].Primary"),
        **same("Roles[].Value", "Roles[].Type", "Roles[].Primary", "UserType", "Title", "PreferredLanguage", "Locale"),
        **same("Timezone", "UserStatus", "Website", "Birthdate", *CHANGED),
        "Extensions.*": "They come only where they are asked for by name.",
    },
    ("identity_center_groups", "identitystore", "ListGroups", "Groups"): {
        **same("IdentityStoreId", "GroupId", "GroupArn", "Revision", "DisplayName", "Description"),
        **same("ExternalIds[].Issuer", "ExternalIds[].Id", *CHANGED),
    },
    ("identity_center_group_members", "identitystore", "ListGroupMemberships", "GroupMemberships"): {
        **same("IdentityStoreId", "MembershipId", "MembershipArn", "GroupId", *CHANGED),
        "MemberId.UserId": "user_id",
    },
    ("permission_sets", "sso-admin", "DescribePermissionSet", "PermissionSet"): same(
        "PermissionSetArn", "Name", "Description", "CreatedDate", "SessionDuration", "RelayState"
    ),
    ("permission_sets", "sso-admin", "ListTagsForResource", "Tags"): {"Key": "tags", "Value": "tags"},
    ("permission_sets", "sso-admin", "ListManagedPoliciesInPermissionSet", "AttachedManagedPolicies"): {
        name: f"managed_policies[].{name.lower()}" for name in ("Name", "Arn")
    },
    (
        *("permission_sets", "sso-admin"),
        *("ListCustomerManagedPolicyReferencesInPermissionSet", "CustomerManagedPolicyReferences"),
    ): {name: f"customer_managed_policies[].{name.lower()}" for name in ("Name", "Path")},
    ("permission_sets", "sso-admin", "GetInlinePolicyForPermissionSet", ""): same("InlinePolicy"),
    ("permission_sets", "sso-admin", "GetPermissionsBoundaryForPermissionSet", ""): same(
        "PermissionsBoundary.ManagedPolicyArn",
        "PermissionsBoundary.CustomerManagedPolicyReference.Name",
        "PermissionsBoundary.CustomerManagedPolicyReference.Path",
    ),
    ("account_assignments", "sso-admin", "ListAccountAssignments", "AccountAssignments"): {
        "AccountId": "target_account_id",
        **same("PermissionSetArn", "PrincipalType", "PrincipalId"),
    },
    ("identity_center_applications", "sso-admin", "ListApplications", "Applications"): same(
        *("ApplicationArn", "ApplicationProviderArn", "Name", "ApplicationAccount", "InstanceArn", "IdentityStoreArn"),
        *("Status", "Description", "CreatedDate", "CreatedFrom"),
        *within("PortalOptions", ("SignInOptions.Origin", "SignInOptions.ApplicationUrl", "Visibility")),
    ),
    ("identity_center_applications", "sso-admin", "GetApplicationAssignmentConfiguration", ""): same(
        "AssignmentRequired"
    ),
    ("identity_center_applications", "sso-admin", "ListTagsForResource", "Tags"): {"Key": "tags", "Value": "tags"},
    ("application_assignments", "sso-admin", "ListApplicationAssignments", "ApplicationAssignments"): same(
        "ApplicationArn", "PrincipalType", "PrincipalId"
    ),
    ("trusted_token_issuers", "sso-admin", "ListTrustedTokenIssuers", "TrustedTokenIssuers"): same(
        "TrustedTokenIssuerArn", "Name", "TrustedTokenIssuerType"
    ),
    ("trusted_token_issuers", "sso-admin", "DescribeTrustedTokenIssuer", ""): same(
        *("TrustedTokenIssuerArn", "Name", "TrustedTokenIssuerType"),
        *within(
            "TrustedTokenIssuerConfiguration.OidcJwtConfiguration",
            ("IssuerUrl", "ClaimAttributePath", "IdentityStoreAttributePath", "JwksRetrievalOption"),
        ),
    ),
    ("trusted_token_issuers", "sso-admin", "ListTagsForResource", "Tags"): {"Key": "tags", "Value": "tags"},
    ("delegated_administrators", "organizations", "ListDelegatedAdministrators", "DelegatedAdministrators"): {
        "Id": "account_id",
        **same("Email", "State", "JoinedMethod"),
        **{name: f"account_{name.lower()}" for name in ("Arn", "Name")},
        "Status": "state",
        "JoinedTimestamp": "joined_at",
        "DelegationEnabledDate": "account_delegation_enabled_date",
    },
    ("delegated_administrators", "organizations", "ListDelegatedServicesForAccount", "DelegatedServices"): {
        **same("ServicePrincipal"),
        "DelegationEnabledDate": "service_delegation_enabled_date",
    },
    ("organization_policies", "organizations", "ListPolicies", "Policies"): POLICY_SUMMARY,
    ("organization_policies", "organizations", "DescribePolicy", "Policy"): {
        "Content": "content",
        **{f"PolicySummary.{name}": target for name, target in POLICY_SUMMARY.items()},
    },
    ("organization_policy_targets", "organizations", "ListPolicies", "Policies"): {
        **{name: POLICY_SUMMARY[name] for name in ("Id", "Name", "Type")},
        **dict.fromkeys(("Arn", "Description", "AwsManaged"), "They are in organization_policies."),
    },
    ("organization_policy_targets", "organizations", "ListTargetsForPolicy", "Targets"): {
        **same("TargetId"),
        **{name: f"target_{name.lower()}" for name in ("Arn", "Name", "Type")},
    },
    ("audit_events", "cloudtrail", "LookupEvents", "Events"): {
        **same("EventId", "EventName", "ReadOnly", "AccessKeyId", "EventTime", "EventSource", "Username"),
        **same("Resources[].ResourceType", "Resources[].ResourceName"),
        "CloudTrailEvent": "event",
    },
}


def fields(schema: Schema, path: str = "") -> Iterator[tuple[str, Schema]]:
    """Yield ("attached_policies[].policy_name", its schema) for every field at every depth."""
    for name, field in schema.get("properties", {}).items():
        yield path + name, field
        yield from fields(field, f"{path}{name}.")
        yield from fields(field.get("items", {}), f"{path}{name}[].")


def nodes(schema: object) -> Iterator[Schema]:
    """Yield every object inside a schema, itself included."""
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from nodes(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from nodes(value)


def types(field: Schema) -> list[str]:
    declared = field["type"]
    return [declared] if isinstance(declared, str) else declared


def column(path: str) -> str:
    return path.rsplit(".", maxsplit=1)[-1]


# How the names of times end: AWS's, ours (_at), and those of the credential report.
TIMES = ("_date", "_time", "_at", "_until", "_last_used", "_last_changed", "_last_rotated", "_next_rotation")
# What a destination or Airbyte's platform stumbles over -> whether a field ("attached_policies[].policy_arn") has it.
FIELD_FAULTS: Mapping[str, Callable[[str, Schema], bool]] = {
    "is not in snake_case": lambda path, _: not re.fullmatch("[a-z][a-z0-9]*(_[a-z0-9]+)*", column(path)),
    "has no sentence of description": lambda _, field: not re.search("[a-z] .+[.…]$", field.get("description", "")),
    "has more or less than one type": lambda _, field: len(set(types(field)) - {"null"}) != 1,
    "has items without a type": lambda _, field: "array" in types(field) and "type" not in field.get("items", {}),
    "does not speak of other properties": lambda _, field: (
        "object" in types(field) and "additionalProperties" not in field
    ),
    "is a time that is not typed as one": lambda path, field: (
        column(path).endswith((*TIMES, "expiration", "timestamp")) and not {"format", "properties"} & set(field)
    ),
    "is a time without time zone": lambda _, field: (
        ("format" in field or "airbyte_type" in field)
        and (field.get("format"), field.get("airbyte_type")) != ("date-time", "timestamp_with_timezone")
    ),
}


def wrong_with(schema: Schema, never_null: set[str]) -> list[str]:
    """Return what is wrong with a schema in which only `never_null` may not be null."""
    found = []
    if (schema["type"], schema["additionalProperties"]) != ("object", True):
        found.append("the top level is not an open object")
    for node in nodes(schema):
        found += [f"{word} is used" for word in ("$ref", "allOf", "anyOf", "oneOf", "not") if word in node]
        if node.get("additionalProperties") is False:
            found.append("something is closed")
    for path, field in fields(schema):
        found += [f"{path} {fault}" for fault, has in FIELD_FAULTS.items() if has(path, field)]
        if ("null" in types(field)) == (path in never_null):
            found.append(f"{path} may be null, or may not, against the rule")
    return found


def test_every_stream_has_a_schema_file_of_its_name_and_no_file_is_left_over() -> None:
    assert sorted(SCHEMAS) == sorted(KEYS)
    assert [path.suffix for path in (PACKAGE / "schemas").iterdir()] == [".json"] * len(SCHEMAS)
    assert [schema["title"] for schema in SCHEMAS.values()] == list(SCHEMAS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_valid_by_draft_07(name: str) -> None:
    assert SCHEMAS[name]["$schema"] == "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_has_nothing_that_a_destination_stumbles_over(name: str) -> None:
    never_null = ORIGIN | set(KEYS[name]) | {CURSORS.get(name, KEYS[name][0])}

    assert wrong_with(SCHEMAS[name], never_null) == []


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_columns_that_rows_are_found_by_are_plain_values(name: str) -> None:
    columns = SCHEMAS[name]["properties"]

    assert {columns[column]["type"] for column in KEYS[name]} <= {"string", "integer", "boolean"}
    assert columns[CURSORS.get(name, KEYS[name][0])]["type"] == "string"


@pytest.mark.parametrize("name", SCHEMAS)
def test_columns_come_in_the_order_in_which_a_row_is_read(name: str) -> None:
    columns = list(SCHEMAS[name]["properties"])
    # What the organization says of itself comes from no single account.
    origin = [column for column in ("account_id", "partition", "region") if column in columns]
    keys = [column for column in columns if column in {*KEYS[name], *CURSORS.values()} - {*origin}]

    assert columns[: len(origin) + len(keys)] == origin + keys
    assert "unavailable_fields" not in columns[:-1]


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_and_its_fields_are_described_in_words(name: str) -> None:
    assert SCHEMAS[name]["description"].startswith("One row per ")
    described = [field["description"] for _, field in fields(SCHEMAS[name])]
    assert not [text for text in described if "TODO" in text or "<" in text]


@pytest.mark.parametrize("answer", MEMBERS, ids=lambda answer: "-".join(answer).removesuffix("-"))
def test_every_member_that_aws_answers_with_has_a_column_or_a_reason_for_none(
    answer: tuple[str, str, str, str],
) -> None:
    stream, service, operation, records = answer
    output: Any = Session().get_service_model(service).operation_model(operation).output_shape
    members = output.members[records] if records else output
    columns = dict(fields(SCHEMAS[stream]))

    assert sorted(leaves(getattr(members, "member", members))) == sorted(MEMBERS[answer])
    assert not [target for target in MEMBERS[answer].values() if target not in columns and " " not in target]


@pytest.mark.parametrize("stream", OURS)
def test_every_column_is_one_of_aws_or_one_of_ours(stream: str) -> None:
    of_aws = {
        re.split(r"[\[.]", target)[0]
        for answer, members in MEMBERS.items()
        for target in members.values()
        if answer[0] == stream and " " not in target
    }

    assert set(SCHEMAS[stream]["properties"]) == of_aws | OURS[stream]


def test_every_stream_but_the_derived_ones_is_compared_with_what_aws_answers() -> None:
    derived = {"group_members", "role_trusts", "policy_attachments", "policy_statements", "sync_coverage"}
    # The text of a digest is no answer of an operation.
    derived |= {"permission_set_policies", "trail_digests"}

    assert {answer[0] for answer in MEMBERS} == set(SCHEMAS) - derived
    assert set(OURS) == set(SCHEMAS) - derived - {"audit_events"}


def repeated() -> Iterator[tuple[str, str, str]]:
    """Yield (stream, column, the stream whose column it repeats): group_members has user_path of users."""
    for stream, schema in SCHEMAS.items():
        for name in schema["properties"]:
            for owner, side in {"users": "user", "groups": "group", "roles": "role", "policies": "policy"}.items():
                if stream != owner and re.fullmatch(f"{side}_(id|name|arn|path)", name):
                    yield stream, name, owner


@pytest.mark.parametrize(("stream", "name", "owner"), list(repeated()))
def test_a_column_that_repeats_one_of_another_stream_has_its_type(stream: str, name: str, owner: str) -> None:
    columns = SCHEMAS[owner]["properties"]
    original = columns.get(name) or columns[name.rsplit("_", maxsplit=1)[-1]]

    assert set(types(SCHEMAS[stream]["properties"][name])) - {"null"} == set(types(original)) - {"null"}


@pytest.mark.parametrize("name", sorted(JOINED - {"arn"}))
def test_users_has_the_columns_of_the_credential_report_as_they_are_there(name: str) -> None:
    in_users, in_report = (
        {**SCHEMAS[stream]["properties"][name], "description": ""} for stream in ("users", "credential_report")
    )

    assert in_users == in_report


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_policy_document_that_is_no_json_has_a_place_as_text(name: str) -> None:
    paths = [path for path, _ in fields(SCHEMAS[name])]
    documents = [path.rpartition(".")[0] for path in paths if re.search(r"(?<!metadata_)document$", path)]
    texts = [path.rpartition(".")[0] for path in paths if column(path) == "document_text"]

    # AWS's own list of instance profiles repeats their roles, whose documents roles has.
    assert name == "instance_profiles" or sorted(documents) == sorted(texts) or documents == []


def test_an_event_has_exactly_the_columns_of_its_schema() -> None:
    assert set(row_of({})) | ORIGIN | {"region", "audit_source", "log_file"} == set(
        SCHEMAS["audit_events"]["properties"]
    )


def test_a_drafted_schema_needs_its_words_shortened_and_nothing_else() -> None:
    schema = draft("iam.list_server_certificates", "ServerCertificateMetadataList", ["server_certificate_id"])

    Draft7Validator.check_schema(schema)
    assert wrong_with(schema, ORIGIN | {"server_certificate_id"}) == []
    assert schema["title"] == "server_certificates"
    assert schema["description"] == ("One row per item of ServerCertificateMetadataList (iam:ListServerCertificates).")
    key = schema["properties"]["server_certificate_id"]
    assert key["description"] == "The stable and unique string identifying the server certificate."
    assert schema["properties"]["upload_date"] == {
        "description": "The date when the server certificate was uploaded.",
        "type": ["null", "string"],
        "format": "date-time",
        "airbyte_type": "timestamp_with_timezone",
    }


def test_a_draft_types_lists_maps_and_documents_as_rows_have_them() -> None:
    users = draft("iam.get_account_authorization_details", "UserDetailList")["properties"]
    profiles = draft("iam.list_instance_profiles", "InstanceProfiles")["properties"]
    functions = draft("lambda.list_functions", "Functions")["properties"]
    scaling = draft("application-autoscaling.describe_scaling_policies", "ScalingPolicies")["properties"]

    assert users["group_list"] == {
        "description": users["group_list"]["description"],
        "type": ["null", "array"],
        "items": {"type": ["null", "string"]},
    }
    assert users["user_policy_list"]["items"]["properties"]["policy_document"]["type"] == ["null", "object"]
    assert profiles["roles"]["items"]["properties"]["max_session_duration"]["type"] == ["null", "integer"]
    assert functions["environment"]["properties"]["variables"]["additionalProperties"] == {"type": ["null", "string"]}
    tracking = scaling["target_tracking_scaling_policy_configuration"]["properties"]
    assert tracking["target_value"]["type"] == ["null", "number"]
    assert tracking["disable_scale_in"]["type"] == ["null", "boolean"]


def test_the_command_prints_a_draft_or_how_to_get_one(capsys: pytest.CaptureFixture[str]) -> None:
    main(["iam.list_server_certificates", "ServerCertificateMetadataList", "arn"])
    assert json.loads(capsys.readouterr().out)["properties"]["arn"]["type"] == "string"

    with pytest.raises(SystemExit, match=r"python tools/draft_schema\.py iam\.list_server_certificates"):
        main(["iam.list_server_certificates"])
