"""Embedded AWS's account as a whole: summary, password policy, alias."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.loaders import Loader

from embedded_aws import EmbeddedAws

DOCUMENT = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
CODES = {"AuthenticationCode1": "1" * 6, "AuthenticationCode2": "2" * 6}


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as embedded:
        yield embedded


def error_of(call: Any, **arguments: Any) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


def test_the_summary_has_every_key_of_the_model(aws: EmbeddedAws) -> None:
    model = Loader(include_default_search_paths=True).load_service_model("iam", "service-2")
    summary = aws.client("iam").get_account_summary()["SummaryMap"]
    assert set(summary) == set(model["shapes"]["summaryKeyType"]["enum"])
    assert len(summary) == 34


def test_the_summary_counts_what_there_is(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    before = iam.get_account_summary()["SummaryMap"]
    assert (before["Users"], before["Roles"], before["Policies"], before["AccountMFAEnabled"]) == (1, 1, 0, 0)
    iam.create_user(UserName="ana")
    iam.create_group(GroupName="g")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=DOCUMENT)
    arns = [iam.create_policy(PolicyName=f"p{n}", PolicyDocument=DOCUMENT)["Policy"]["Arn"] for n in range(3)]
    iam.attach_user_policy(UserName="ana", PolicyArn=arns[0])
    iam.attach_group_policy(GroupName="g", PolicyArn=arns[0])
    iam.attach_role_policy(RoleName="r", PolicyArn="arn:aws:iam::aws:policy/SecurityAudit")
    iam.put_user_permissions_boundary(UserName="ana", PermissionsBoundary=arns[1])
    iam.create_instance_profile(InstanceProfileName="i")
    iam.upload_server_certificate(ServerCertificateName="c", CertificateBody="body", PrivateKey="key")
    iam.create_saml_provider(Name="okta", SAMLMetadataDocument="x" * 1000)
    iam.create_open_id_connect_provider(Url="https://example.com", ThumbprintList=["c" * 40], ClientIDList=["x"])
    devices = [iam.create_virtual_mfa_device(VirtualMFADeviceName=f"d{n}")["VirtualMFADevice"] for n in range(2)]
    for serial in (devices[0]["SerialNumber"], "GAHT12345678"):
        iam.enable_mfa_device(UserName="ana", SerialNumber=serial, **CODES)
    aws.root_mfa[aws.account_id] = datetime(2026, 1, 2, tzinfo=timezone.utc)
    after = iam.get_account_summary()["SummaryMap"]
    assert {key: value for key, value in after.items() if value != before[key]} == {
        "AccountMFAEnabled": 1,
        "Groups": 1,
        "InstanceProfiles": 1,
        "MFADevices": 3,
        "MFADevicesInUse": 3,
        "Policies": 3,
        "PolicyVersionsInUse": 3,
        "Providers": 2,
        "Roles": 2,
        "ServerCertificates": 1,
        "Users": 2,
    }


def test_other_accounts_have_their_own(aws: EmbeddedAws) -> None:
    other = aws.client_of(aws.open_account("210987654321"), "iam")
    aws.root_mfa["210987654321"] = datetime(2026, 1, 2, tzinfo=timezone.utc)
    assert other.get_account_summary()["SummaryMap"]["AccountMFAEnabled"] == 1
    assert aws.client("iam").get_account_summary()["SummaryMap"]["AccountMFAEnabled"] == 0
    [device] = other.list_virtual_mfa_devices()["VirtualMFADevices"]
    assert device["SerialNumber"] == "arn:aws:iam::210987654321:mfa/root-account-mfa-device"


def test_there_is_no_password_policy_until_there_is_one(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    text = "The Password Policy with domain name 123456789012 cannot be found."
    assert error_of(iam.get_account_password_policy) == ("NoSuchEntity", 404, text)
    iam.update_account_password_policy(MinimumPasswordLength=12, RequireNumbers=True)
    expected = {
        "MinimumPasswordLength": 12,
        "RequireSymbols": False,
        "RequireNumbers": True,
        "RequireUppercaseCharacters": False,
        "RequireLowercaseCharacters": False,
        "AllowUsersToChangePassword": False,
        "ExpirePasswords": False,
        "HardExpiry": False,
    }
    assert iam.get_account_password_policy()["PasswordPolicy"] == expected
    iam.update_account_password_policy(MaxPasswordAge=90, PasswordReusePrevention=5, HardExpiry=True)
    policy = iam.get_account_password_policy()["PasswordPolicy"]
    assert (policy["ExpirePasswords"], policy["MaxPasswordAge"], policy["HardExpiry"]) == (True, 90, True)
    assert policy["PasswordReusePrevention"] == 5
    iam.delete_account_password_policy()
    assert error_of(iam.get_account_password_policy)[0] == "NoSuchEntity"


def test_an_account_has_one_alias_or_none(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    assert iam.list_account_aliases()["AccountAliases"] == []
    iam.create_account_alias(AccountAlias="acme")
    answer = iam.list_account_aliases(MaxItems=1)
    assert (answer["AccountAliases"], answer["IsTruncated"]) == (["acme"], False)
