"""The streams of the account itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from moto.iam.models import AWSManagedPolicy

from embedded_aws.server.cloud import Cloud
from embedded_aws.truth.values import SOME_NUMBER, Row, aware, by_key

# AWS's other counters: quotas, which are constants of AWS, and what is nowhere else to be seen.
_OTHER_COUNTERS: Mapping[str, str] = {
    "UsersQuota": "users_quota",
    "GroupsQuota": "groups_quota",
    "RolesQuota": "roles_quota",
    "PoliciesQuota": "policies_quota",
    "PolicySizeQuota": "policy_size_quota",
    "PolicyVersionsInUse": "policy_versions_in_use",
    "PolicyVersionsInUseQuota": "policy_versions_in_use_quota",
    "VersionsPerPolicyQuota": "versions_per_policy_quota",
    "UserPolicySizeQuota": "user_policy_size_quota",
    "GroupPolicySizeQuota": "group_policy_size_quota",
    "RolePolicySizeQuota": "role_policy_size_quota",
    "AssumeRolePolicySizeQuota": "assume_role_policy_size_quota",
    "GroupsPerUserQuota": "groups_per_user_quota",
    "AccessKeysPerUserQuota": "access_keys_per_user_quota",
    "SigningCertificatesPerUserQuota": "signing_certificates_per_user_quota",
    "AttachedPoliciesPerUserQuota": "attached_policies_per_user_quota",
    "AttachedPoliciesPerGroupQuota": "attached_policies_per_group_quota",
    "AttachedPoliciesPerRoleQuota": "attached_policies_per_role_quota",
    "ServerCertificatesQuota": "server_certificates_quota",
    "InstanceProfilesQuota": "instance_profiles_quota",
    "AccountAccessKeysPresent": "account_access_keys_present",
    "AccountPasswordPresent": "account_password_present",
    "AccountSigningCertificatesPresent": "account_signing_certificates_present",
    "GlobalEndpointTokenVersion": "global_endpoint_token_version",
}


def server_certificates(aws: Cloud) -> Iterator[Row]:
    """moto files them under their ids, without dates: what is planted has some."""
    for certificate_id, certificate in aws.iam().certificates.items():
        yield {
            "server_certificate_id": certificate_id,
            "server_certificate_name": certificate.cert_name,
            "arn": certificate.arn,
            "path": certificate.path,
            "upload_date": aware(getattr(certificate, "upload_date", None)),
            "expiration": aware(getattr(certificate, "expiration", None)),
        }


def saml_providers(aws: Cloud) -> Iterator[Row]:
    for provider in aws.iam().saml_providers.values():
        yield {
            "arn": provider.arn,
            "saml_provider_uuid": getattr(provider, "saml_provider_uuid", None),
            "create_date": aware(provider.create_date),
            "valid_until": aware(provider.valid_until),
            "saml_metadata_document": provider.saml_metadata_document,
            "tags": by_key(getattr(provider, "tags", None)),
            "assertion_encryption_mode": None,
            "private_key_list": None,
            "unavailable_fields": [],
        }


def oidc_providers(aws: Cloud) -> Iterator[Row]:
    for arn, provider in aws.iam().open_id_providers.items():
        yield {
            "arn": arn,
            "url": provider.url,
            "client_id_list": provider.client_id_list,
            "thumbprint_list": provider.thumbprint_list,
            "create_date": aware(provider.create_date),
            "tags": by_key(provider.tags.values()),
            "unavailable_fields": [],
        }


def account_summary(aws: Cloud) -> Iterator[Row]:
    backend, has_root_device = aws.iam(), aws.account_id in aws.root_mfa
    own = [policy for policy in backend.managed_policies.values() if not isinstance(policy, AWSManagedPolicy)]
    devices = sum(len(user.mfa_devices) for user in backend.users.values())
    counters = {
        "Users": len(backend.users),
        "Groups": len(backend.groups),
        "Roles": len(backend.roles),
        "Policies": len(own),
        "InstanceProfiles": len(backend.instance_profiles),
        "ServerCertificates": len(backend.certificates),
        "Providers": len(backend.saml_providers) + len(backend.open_id_providers),
        "MFADevices": len(backend.virtual_mfa_devices) + has_root_device,
        "MFADevicesInUse": devices + has_root_device,
        "AccountMFAEnabled": int(has_root_device),
    }
    yield {
        "users": counters["Users"],
        "groups": counters["Groups"],
        "roles": counters["Roles"],
        "policies": counters["Policies"],
        "instance_profiles": counters["InstanceProfiles"],
        "server_certificates": counters["ServerCertificates"],
        "providers": counters["Providers"],
        "mfa_devices": counters["MFADevices"],
        "mfa_devices_in_use": counters["MFADevicesInUse"],
        "account_mfa_enabled": counters["AccountMFAEnabled"],
        **dict.fromkeys(_OTHER_COUNTERS.values(), SOME_NUMBER),
        "summary_map": {**counters, **dict.fromkeys(_OTHER_COUNTERS, SOME_NUMBER)},
    }


def password_policy(aws: Cloud) -> Iterator[Row]:
    policy = aws.iam().account_password_policy
    yield {
        "is_set": policy is not None,
        "minimum_password_length": policy.minimum_password_length if policy else None,
        "require_symbols": policy.require_symbols if policy else None,
        "require_numbers": policy.require_numbers if policy else None,
        "require_uppercase_characters": policy.require_uppercase_characters if policy else None,
        "require_lowercase_characters": policy.require_lowercase_characters if policy else None,
        "allow_users_to_change_password": policy.allow_users_to_change_password if policy else None,
        "expire_passwords": bool(policy.max_password_age) if policy else None,
        "max_password_age": policy.max_password_age if policy else None,
        "password_reuse_prevention": policy.password_reuse_prevention if policy else None,
        "hard_expiry": policy.hard_expiry if policy else None,
    }
