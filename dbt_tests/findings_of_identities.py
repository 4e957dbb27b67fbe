"""What the rules about sign-in and credentials find in an account: in its own objects, and in CloudTrail's records.

The thresholds are the defaults of the package. https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from moto.iam.models import AccessKey, User

from dbt_tests.findings_of_policies import administrators
from embedded_aws.server.cloud import Cloud
from embedded_aws.truth.values import aware

DAYS = timedelta(days=90)
LEAST_LENGTH, LEAST_MEMORY = 14, 24


class Finding(NamedTuple):
    """Everything in embedded AWS can be read, so every finding is certain."""

    rule: str
    account_id: str
    region: str
    resource_id: str


def of_identities(aws: Cloud, now: datetime) -> Iterator[Finding]:
    """Of the home account of `aws`. `now` is aware."""
    found = [
        *_of_root(aws, now),
        *_of_users(aws, now),
        *_of_keys(aws, now),
        *_of_roles(aws, now),
        *_of_sign_ins(aws, now),
        *_of_account(aws, now),
    ]
    for rule, resource_id in found:
        yield Finding(rule, aws.account_id, "global", resource_id)


def _of_root(aws: Cloud, now: datetime) -> Iterator[tuple[str, str]]:
    """Every account of embedded AWS has a root user with a password, and without access keys."""
    if aws.account_id not in aws.root_mfa:
        yield "root_without_mfa", aws.account_id
    if any(_is_use_of_root(record) and _is_recent(record, now) for record in aws.events.visible(None, aws.account_id)):
        yield "root_used", aws.account_id


def _is_use_of_root(record: Mapping[str, Any]) -> bool:
    """Not what a service did in its name, nor a session of sts:AssumeRoot, nor a sign-in that failed."""
    identity = record.get("userIdentity") or {}
    assumed = (identity.get("sessionContext") or {}).get("assumedRoot")
    service = identity.get("invokedBy") not in {None, "signin.amazonaws.com"}
    if identity.get("type") != "Root" or str(assumed).lower() == "true" or service:
        return False
    failed = (record.get("responseElements") or {}).get("ConsoleLogin") == "Failure"
    return record.get("eventType") != "AwsServiceEvent" and not failed


def _of_users(aws: Cloud, now: datetime) -> Iterator[tuple[str, str]]:
    powerful = administrators(aws)
    for user in aws.iam().users.values():
        active = [key for key in user.access_keys if key.status == "Active"]
        may_sign_in = bool(user.password or active)
        if user.password and not user.mfa_devices:
            yield "user_without_mfa", user.id
        if user.id in powerful and may_sign_in and not user.mfa_devices:
            yield "administrator_without_mfa", user.id
        if len(active) > 1:
            yield "two_active_access_keys", user.id
        if user.managed_policies or user.policies:
            yield "user_with_own_policies", user.id
        uses = [user.password_last_used, *(_used(key) for key in user.access_keys)]
        if may_sign_in and _is_old(user.create_date, now) and not any(_is_young(used, now) for used in uses):
            yield "unused_user", user.id


def _of_keys(aws: Cloud, now: datetime) -> Iterator[tuple[str, str]]:
    for key in _keys(aws):
        if key.status == "Active" and _is_old(key.create_date, now):
            yield "old_access_key", key.access_key_id
            if not _is_young(_used(key), now):
                yield "unused_access_key", key.access_key_id


def _of_roles(aws: Cloud, now: datetime) -> Iterator[tuple[str, str]]:
    """Service-linked roles have this path: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html"""
    for role in aws.iam().roles.values():
        of_service = role.path.startswith("/aws-service-role/")
        if not of_service and _is_old(role.create_date, now) and not _is_young(role.last_used, now):
            yield "unused_role", role.id


def _of_sign_ins(aws: Cloud, now: datetime) -> Iterator[tuple[str, str]]:
    """Whoever signed in as CloudTrail says without a second factor, at least once.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
    https://docs.aws.amazon.com/singlesignon/latest/userguide/understanding-sign-in-events.html
    """
    found: Counter[str] = Counter()
    for record in aws.events.visible(None, aws.account_id):
        if _is_recent(record, now):
            found.update([person for person in (_at_console(record), _at_portal(record)) if person])
    for person in found:
        yield "sign_in_without_mfa", person


def _at_console(record: Mapping[str, Any]) -> str | None:
    identity = record["userIdentity"]
    if record.get("eventName") != "ConsoleLogin" or identity["type"] not in {"IAMUser", "Root"}:
        return None
    succeeded = record["responseElements"]["ConsoleLogin"] == "Success"
    return identity["principalId"] if succeeded and record["additionalEventData"]["MFAUsed"] == "No" else None


def _at_portal(record: Mapping[str, Any]) -> str | None:
    if record.get("eventName") != "UserAuthentication":
        return None
    succeeded = record["serviceEventDetails"]["UserAuthentication"] == "Success"
    person = record["userIdentity"]["onBehalfOf"]
    password_alone = record["additionalEventData"]["CredentialType"] == "PASSWORD"
    store = person["identityStoreArn"].rpartition("/")[2]
    return f"{store}/{person['userId']}" if succeeded and password_alone else None


def _of_account(aws: Cloud, now: datetime) -> Iterator[tuple[str, str]]:
    policy = aws.iam().account_password_policy
    length, memory = (policy.minimum_password_length, policy.password_reuse_prevention) if policy else (0, 0)
    if length < LEAST_LENGTH or (memory or 0) < LEAST_MEMORY:
        yield "weak_password_policy", aws.account_id
    for certificate_id, certificate in aws.iam().certificates.items():
        expires = aware(getattr(certificate, "expiration", None))
        if expires and expires < now:
            yield "expired_server_certificate", certificate_id


def _keys(aws: Cloud) -> list[AccessKey]:
    users: list[User] = list(aws.iam().users.values())
    return [key for user in users for key in user.access_keys]


def _used(key: AccessKey) -> datetime | None:
    return key.last_used.timestamp if key.last_used else None


def _is_old(time: datetime, now: datetime) -> bool:
    return not _is_young(time, now)


def _is_young(time: datetime | None, now: datetime) -> bool:
    known = aware(time)
    return known is not None and now - known < DAYS


def _is_recent(record: Mapping[str, Any], now: datetime) -> bool:
    time = datetime.strptime(record["eventTime"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    return now - time < DAYS
