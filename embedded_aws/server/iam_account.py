"""What an account has as a whole: its summary, password policy and alias, server certificates and instance
profiles.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from moto.iam.models import AWSManagedPolicy

from embedded_aws.server import iam_shapes
from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.iam_entities import no_such_entity
from embedded_aws.server.iam_policies import policy_uses
from embedded_aws.server.paging import one_page
from embedded_aws.server.principals import Principal

_CONSTANTS = {
    "AccessKeysPerUserQuota": 2,
    "AccountAccessKeysPresent": 0,
    "AccountPasswordPresent": 1,
    "AccountSigningCertificatesPresent": 0,
    "AssumeRolePolicySizeQuota": 2048,
    "AttachedPoliciesPerGroupQuota": 10,
    "AttachedPoliciesPerRoleQuota": 10,
    "AttachedPoliciesPerUserQuota": 10,
    "GlobalEndpointTokenVersion": 1,
    "GroupPolicySizeQuota": 5120,
    "GroupsPerUserQuota": 10,
    "GroupsQuota": 300,
    "InstanceProfilesQuota": 1000,
    "PoliciesQuota": 1500,
    "PolicySizeQuota": 6144,
    "PolicyVersionsInUseQuota": 10000,
    "RolePolicySizeQuota": 10240,
    "RolesQuota": 1000,
    "ServerCertificatesQuota": 20,
    "SigningCertificatesPerUserQuota": 2,
    "UserPolicySizeQuota": 2048,
    "UsersQuota": 5000,
    "VersionsPerPolicyQuota": 5,
}
"""AWS's default quotas, and a root user who has a password and nothing else."""

_MOTOS_UPLOAD = datetime(2010, 5, 8, 1, 2, 3)  # noqa: DTZ001 - moto's objects hold naive UTC
_MOTOS_EXPIRATION = datetime(2012, 5, 8, 1, 2, 3)  # noqa: DTZ001
"""What moto's UploadServerCertificate answers for every certificate."""


def get_account_summary(cloud: Cloud, _call: Call, caller: Principal) -> dict[str, Any]:
    """PolicyVersionsInUse counts the default versions of the policies that are attached or bound somebody."""
    backend = cloud.iam(caller.account_id)
    root = int(caller.account_id in cloud.root_mfa)
    attached, bounding = policy_uses(backend)
    customers = [one for one in backend.managed_policies.values() if not isinstance(one, AWSManagedPolicy)]
    counters = {
        "AccountMFAEnabled": root,
        "Groups": len(backend.groups),
        "InstanceProfiles": len(backend.instance_profiles),
        "MFADevices": len(backend.virtual_mfa_devices) + root,
        "MFADevicesInUse": sum(len(user.mfa_devices) for user in backend.users.values()) + root,
        "Policies": len(customers),
        "PolicyVersionsInUse": len({*attached, *bounding}),
        "Providers": len(backend.saml_providers) + len(backend.open_id_providers),
        "Roles": len(backend.roles),
        "ServerCertificates": len(backend.certificates),
        "Users": len(backend.users),
    }
    return {"SummaryMap": {**_CONSTANTS, **counters}}


def get_account_password_policy(cloud: Cloud, _call: Call, caller: Principal) -> dict[str, Any]:
    """Without MaxPasswordAge and PasswordReusePrevention where passwords do not expire or may be used again."""
    policy = cloud.iam(caller.account_id).account_password_policy
    if policy is None:
        raise no_such_entity(f"The Password Policy with domain name {caller.account_id} cannot be found.")
    return {
        "PasswordPolicy": {
            "MinimumPasswordLength": policy.minimum_password_length,
            "RequireSymbols": policy.require_symbols,
            "RequireNumbers": policy.require_numbers,
            "RequireUppercaseCharacters": policy.require_uppercase_characters,
            "RequireLowercaseCharacters": policy.require_lowercase_characters,
            "AllowUsersToChangePassword": policy.allow_users_to_change_password,
            "ExpirePasswords": policy.expire_passwords,
            "MaxPasswordAge": policy.max_password_age or None,
            "PasswordReusePrevention": policy.password_reuse_prevention or None,
            "HardExpiry": bool(policy.hard_expiry),
        }
    }


def list_account_aliases(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    aliases = {(alias,): alias for alias in cloud.iam(caller.account_id).account_aliases}
    shown, more = one_page(call, aliases, cloud.page_cap)
    return {"AccountAliases": shown, **more}


def list_server_certificates(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """moto keeps no times of server certificates; the attributes `upload_date` and `expiration` (naive UTC)
    are read if they have been set.
    """
    prefix = call.params.get("PathPrefix", "/")
    certificates = cloud.iam(caller.account_id).certificates.items()
    found = {(one.cert_name,): (key, one) for key, one in certificates if one.path.startswith(prefix)}
    shown, more = one_page(call, found, cloud.page_cap)
    listed = [
        {
            "Path": certificate.path,
            "ServerCertificateName": certificate.cert_name,
            "ServerCertificateId": certificate_id,
            "Arn": certificate.arn,
            "UploadDate": iam_shapes.seconds(getattr(certificate, "upload_date", _MOTOS_UPLOAD)),
            "Expiration": iam_shapes.seconds(getattr(certificate, "expiration", _MOTOS_EXPIRATION)),
        }
        for certificate_id, certificate in shown
    ]
    return {"ServerCertificateMetadataList": listed, **more}


def list_instance_profiles(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    prefix = call.params.get("PathPrefix", "/")
    profiles = cloud.iam(caller.account_id).instance_profiles.values()
    found = {(profile.name,): profile for profile in profiles if profile.path.startswith(prefix)}
    shown, more = one_page(call, found, cloud.page_cap)
    return {"InstanceProfiles": [iam_shapes.instance_profile(profile) for profile in shown], **more}
