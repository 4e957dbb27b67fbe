"""IAM's lists of credentials of users. MFA devices are in `iam_mfa`.

Most are attributes of moto's users. Service-specific credentials, which moto lacks, are in `Cloud.service_credentials`.
"""

from __future__ import annotations

from typing import Any

from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.errors import AwsError
from embedded_aws.server.iam_entities import no_such_entity, user_of
from embedded_aws.server.iam_shapes import seconds
from embedded_aws.server.paging import one_page
from embedded_aws.server.permissions import access_denied
from embedded_aws.server.principals import Principal

_NEVER_USED = {"ServiceName": "N/A", "Region": "N/A"}


def list_access_keys(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    user = user_of(cloud, call, caller)
    shown, more = one_page(call, {(key.access_key_id,): key for key in user.access_keys}, cloud.page_cap)
    keys = [
        {
            "UserName": user.name,
            "AccessKeyId": key.access_key_id,
            "Status": key.status,
            "CreateDate": seconds(key.create_date),
        }
        for key in shown
    ]
    return {"AccessKeyMetadata": keys, **more}


def get_access_key_last_used(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """For a key that does not exist, AWS answers AccessDenied."""
    backend = cloud.iam(caller.account_id)
    key = backend.access_keys.get(call.params["AccessKeyId"])
    user = backend.users.get(key.user_name or "") if key else None
    if key is None or user is None:
        raise access_denied(call, caller)
    used = key.last_used
    usage: dict[str, Any] = dict(_NEVER_USED)
    if used:
        usage = {"LastUsedDate": seconds(used.timestamp), "ServiceName": used.service, "Region": used.region}
    return {"UserName": user.name, "AccessKeyLastUsed": usage}


def get_login_profile(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """moto does not keep when the password was set: it is as old as the user, as in the credential report."""
    user = user_of(cloud, call, caller)
    if not user.password:
        raise no_such_entity(f"Login Profile for User {user.name} cannot be found.")
    return {
        "LoginProfile": {
            "UserName": user.name,
            "CreateDate": seconds(user.create_date),
            "PasswordResetRequired": user.password_reset_required,
        }
    }


def list_signing_certificates(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    user = user_of(cloud, call, caller)
    held = {(certificate.id,): certificate for certificate in user.signing_certificates.values()}
    shown, more = one_page(call, held, cloud.page_cap)
    certificates = [
        {
            "UserName": user.name,
            "CertificateId": certificate.id,
            "CertificateBody": certificate.body,
            "Status": certificate.status,
            "UploadDate": seconds(certificate.upload_date),
        }
        for certificate in shown
    ]
    return {"Certificates": certificates, **more}


def list_ssh_public_keys(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    user = user_of(cloud, call, caller)
    shown, more = one_page(call, {(key.ssh_public_key_id,): key for key in user.ssh_public_keys}, cloud.page_cap)
    keys = [
        {
            "UserName": user.name,
            "SSHPublicKeyId": key.ssh_public_key_id,
            "Status": key.status,
            "UploadDate": seconds(key.upload_date),
        }
        for key in shown
    ]
    return {"SSHPublicKeys": keys, **more}


def list_service_specific_credentials(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """Of one user, or of all of them at once."""
    held = cloud.service_credentials.get(caller.account_id, [])
    if not call.params.get("AllUsers"):
        user = user_of(cloud, call, caller)
        held = [credential for credential in held if credential["UserName"] == user.name]
    elif "UserName" in call.params:
        raise AwsError("ValidationError", "UserName must not be specified when AllUsers is true.")
    service = call.params.get("ServiceName")
    found = {
        (credential["UserName"], credential["ServiceSpecificCredentialId"]): credential
        for credential in held
        if service in (None, credential["ServiceName"])
    }
    shown, more = one_page(call, found, cloud.page_cap)
    return {"ServiceSpecificCredentials": shown, **more}
