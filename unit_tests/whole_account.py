"""An embedded AWS in which every stream has rows, of every kind that its calls tell apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

from moto.iam.models import AccessKeyLastUsed, Certificate, SigningCertificate, User

from embedded_aws import EmbeddedAws
from embedded_aws.scenarios.company import company
from embedded_aws.scenarios.seed_identity_center import People, open_identity_center
from embedded_aws.scenarios.seed_ids import planted_id
from embedded_aws.server.organization import Member

JANUARY = datetime(2026, 1, 1)  # noqa: DTZ001 - moto's times are naive
DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}})
TRUST = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}}
)
TAGS = [{"Key": "team", "Value": "core"}]
OF_AWS = "arn:aws:iam::aws:policy/IAMUserChangePassword"
UNUSED = "arn:aws:iam::aws:policy/AWSSupportAccess"
STATUS = ("Inactive", "Active")
PASSWORD = "planted-Passw0rd!"


@contextmanager
def whole_account() -> Iterator[EmbeddedAws]:
    """Serve it. Its credential report was made before the last user came."""
    with EmbeddedAws() as aws:
        _fill(aws)
        yield aws


def _fill(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    policy = iam.create_policy(PolicyName="own", PolicyDocument=DOCUMENT, Description="Ours", Tags=TAGS)["Policy"][
        "Arn"
    ]
    iam.create_policy_version(PolicyArn=policy, PolicyDocument=DOCUMENT, SetAsDefault=True)
    iam.get_policy(PolicyArn=UNUSED)  # an account has those of AWS that were named once
    _groups(iam, policy)
    _roles(aws, iam, policy)
    _account(aws, iam)
    _user(aws, "ana", policy, virtual=True)
    eve = _user(aws, "eve", policy, virtual=False)
    _keys(aws, eve, JANUARY, JANUARY)  # which the report cannot tell apart
    ana = aws.iam().users["ana"]
    _keys(aws, ana, JANUARY + timedelta(days=2), JANUARY)  # not by age, as the report may have them
    for member in ("ana", "eve"):
        iam.add_user_to_group(GroupName="dev", UserName=member)
    for _ in range(2):
        iam.generate_credential_report()
    _keys(aws, _user(aws, "too_young", policy, virtual=False), JANUARY)
    _last_accessed(aws)
    aws.organize(company([Member("222222222222", "first")], "111111111111"))
    open_identity_center(aws, [aws.account_id], People(people=5, groups=3, permission_sets=6))


def _last_accessed(aws: EmbeddedAws) -> None:
    """One service that is used, and one that is not, of a user and of a role."""
    backend = aws.iam()
    unused = {"ServiceName": "Amazon EC2", "ServiceNamespace": "ec2", "TotalAuthenticatedEntities": 0}
    used = {
        "ServiceName": "Amazon S3",
        "ServiceNamespace": "s3",
        "LastAuthenticated": JANUARY.replace(tzinfo=timezone.utc),
        "TotalAuthenticatedEntities": 1,
    }
    for arn in (backend.users["ana"].arn, backend.get_role("app").arn):
        last = {"LastAuthenticatedEntity": arn, "LastAuthenticatedRegion": "eu-west-1"}
        aws.last_accessed.services[aws.account_id, arn] = [unused, {**used, **last}]


def _groups(iam: Any, policy: str) -> None:
    iam.create_group(GroupName="dev")
    iam.create_group(GroupName="nobody_is_in_it")
    iam.attach_group_policy(GroupName="dev", PolicyArn=policy)
    iam.put_group_policy(GroupName="dev", PolicyName="inline", PolicyDocument=DOCUMENT)


def _roles(aws: EmbeddedAws, iam: Any, policy: str) -> None:
    more = {"Description": "An app", "Tags": TAGS, "PermissionsBoundary": policy}
    iam.create_role(RoleName="app", AssumeRolePolicyDocument=TRUST, **more)
    iam.attach_role_policy(RoleName="app", PolicyArn=OF_AWS)
    iam.put_role_policy(RoleName="app", PolicyName="inline", PolicyDocument=DOCUMENT)
    iam.create_instance_profile(InstanceProfileName="app")
    iam.add_role_to_instance_profile(InstanceProfileName="app", RoleName="app")
    role = aws.iam().get_role("app")
    role.last_used, role.last_used_region = JANUARY, "eu-west-1"  # type: ignore[assignment]


def _user(aws: EmbeddedAws, name: str, policy: str, *, virtual: bool) -> User:
    """A user with everything but access keys. Of two certificates, the first one listed is the younger."""
    iam = aws.client("iam")
    iam.create_user(UserName=name, Tags=TAGS, PermissionsBoundary=policy)
    iam.create_login_profile(UserName=name, Password=PASSWORD)
    iam.attach_user_policy(UserName=name, PolicyArn=policy)
    iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=DOCUMENT)
    user = aws.iam().users[name]
    user.create_date = JANUARY
    user.password_last_used = JANUARY + timedelta(days=1)  # type: ignore[assignment]
    serial = f"arn:aws:iam::{aws.account_id}:mfa/{name}" if virtual else f"GAHT-{name}"
    if virtual:
        aws.iam().create_virtual_mfa_device(name, "/")
    aws.iam().enable_mfa_device(name, serial, "123456", "654321")
    user.upload_ssh_public_key(f"ssh-ed25519 {name}")
    for number, days in enumerate((2, 1)):
        certificate = SigningCertificate(planted_id("CERTIFICATE"), name, "made up")
        certificate.upload_date, certificate.status = JANUARY + timedelta(days=days), STATUS[number]
        user.signing_certificates[certificate.id] = certificate
    held = aws.service_credentials.setdefault(aws.account_id, [])
    held.append(
        {
            "UserName": name,
            "ServiceSpecificCredentialId": planted_id("ACCA"),
            "ServiceName": "codecommit.amazonaws.com",
            "CreateDate": JANUARY.replace(tzinfo=timezone.utc),
            "Status": "Active",
        }
    )
    return user


def _keys(aws: EmbeddedAws, user: User, *created: datetime) -> None:
    for number, time in enumerate(created):
        key = aws.iam().create_access_key(user.name)
        key.create_date, key.status = time, STATUS[number]
        key.last_used = AccessKeyLastUsed(JANUARY + timedelta(days=4 + number), f"s{number}", f"eu-west-{number}")


def _account(aws: EmbeddedAws, iam: Any) -> None:
    backend = aws.iam()
    backend.create_virtual_mfa_device("nobody_has_it", "/")
    aws.root_mfa[aws.account_id] = JANUARY.replace(tzinfo=timezone.utc)
    backend.create_saml_provider("idp", "<EntityDescriptor/>")
    iam.create_open_id_connect_provider(
        Url="https://token.example.com", ClientIDList=["sts.amazonaws.com"], ThumbprintList=["0" * 40], Tags=TAGS
    )
    certificate = Certificate(aws.account_id, aws.regions[0], "shop", "made up", "made up", path="/")
    backend.certificates[planted_id("ASCA")] = certificate
    iam.update_account_password_policy(MinimumPasswordLength=14, MaxPasswordAge=90)
    iam.create_account_alias(AccountAlias="acme")
