"""Credentials and devices, one row each."""

from __future__ import annotations

from collections.abc import Iterator

from moto.iam.models import User

from embedded_aws.server.cloud import Cloud
from embedded_aws.truth.sign_in import device, key, key_use, root_device
from embedded_aws.truth.values import Row, aware


def access_keys(aws: Cloud) -> Iterator[Row]:
    for user in aws.iam().users.values():
        for held in user.access_keys:
            yield {**_owner(user), **key(held), **key_use(held), "unavailable_fields": []}


def mfa_devices(aws: Cloud) -> Iterator[Row]:
    """Those of users of any kind, the virtual ones that nobody has, and the root user's, who has no name."""
    backend = aws.iam()
    for user in backend.users.values():
        for serial, held in user.mfa_devices.items():
            yield {**_owner(user), **device(serial, held.enable_date), "is_root": False}
    for virtual in backend.virtual_mfa_devices.values():
        if virtual.user is None:
            yield {**_owner(None), **device(virtual.serial_number, None), "is_root": False}
    root = root_device(aws)
    if root:
        arn = f"arn:{aws.partition}:iam::{aws.account_id}:root"
        yield {"user_id": aws.account_id, "user_name": None, "user_arn": arn, **root, "is_root": True}


def ssh_public_keys(aws: Cloud) -> Iterator[Row]:
    for user in aws.iam().users.values():
        for held in user.ssh_public_keys:
            yield {
                **_owner(user),
                "ssh_public_key_id": held.ssh_public_key_id,
                "status": held.status,
                "upload_date": aware(held.upload_date),
            }


def signing_certificates(aws: Cloud) -> Iterator[Row]:
    for user in aws.iam().users.values():
        for held in user.signing_certificates.values():
            yield {
                **_owner(user),
                "certificate_id": held.id,
                "status": held.status,
                "upload_date": aware(held.upload_date),
                "certificate_body": held.body,
            }


def service_specific_credentials(aws: Cloud) -> Iterator[Row]:
    users = aws.iam().users
    for held in aws.service_credentials.get(aws.account_id, []):
        yield {
            **_owner(users[held["UserName"]]),
            "service_specific_credential_id": held["ServiceSpecificCredentialId"],
            "service_name": held["ServiceName"],
            "service_user_name": held.get("ServiceUserName"),
            "service_credential_alias": held.get("ServiceCredentialAlias"),
            "status": held["Status"],
            "create_date": aware(held["CreateDate"]),
            "expiration_date": aware(held.get("ExpirationDate")),
        }


def _owner(user: User | None) -> Row:
    return {
        "user_id": user.id if user else None,
        "user_name": user.name if user else None,
        "user_arn": user.arn if user else None,
    }
