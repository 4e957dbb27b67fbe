"""Embedded AWS's lists of credentials: pages, filters, what each leaves out, and who may be asked about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.iam.models import AccessKeyLastUsed, MFADevice, SigningCertificate, SshPublicKey

from embedded_aws import EmbeddedAws

USED = datetime(2026, 2, 3, 4, 5, 6, 789)  # noqa: DTZ001 - moto's objects hold naive UTC
AWARE = datetime(2026, 2, 3, 4, 5, 6, tzinfo=timezone.utc)
BY_USER = {
    "list_access_keys": "AccessKeyMetadata",
    "list_mfa_devices": "MFADevices",
    "list_signing_certificates": "Certificates",
    "list_ssh_public_keys": "SSHPublicKeys",
    "list_service_specific_credentials": "ServiceSpecificCredentials",
}


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    """The connector, and ana with five of everything."""
    with EmbeddedAws() as embedded:
        iam = embedded.client("iam")
        iam.create_user(UserName="ana", Path="/people/", Tags=[{"Key": "Team", "Value": "x"}])
        iam.create_user(UserName="bare")
        ana = embedded.iam().users["ana"]
        for number in range(5):
            ana.create_access_key("AKIA").create_date = USED
            ana.mfa_devices[f"GAHT{number}"] = MFADevice(f"GAHT{number}", "", "")
            ana.signing_certificates[f"CERT{number}"] = SigningCertificate(f"CERT{number}", "ana", "-----BEGIN")
            ana.ssh_public_keys.append(SshPublicKey("ana", f"ssh-rsa {number}"))
        embedded.service_credentials[embedded.account_id] = [
            credential(name, number) for name in ("connector", "ana") for number in range(5)
        ]
        embedded.iam().access_keys.update({key.access_key_id: key for key in ana.access_keys})
        yield embedded


def credential(user: str, number: int) -> dict[str, Any]:
    return {
        "UserName": user,
        "Status": "Active",
        "ServiceUserName": f"{user}-at-123456789012",
        "CreateDate": AWARE,
        "ServiceSpecificCredentialId": f"ACCA{user.upper()}{number}",
        "ServiceName": "codecommit.amazonaws.com" if number else "bedrock.amazonaws.com",
    }


def all_pages(call: Any, member: str, **arguments: Any) -> list[list[Any]]:
    answers = [call(**arguments)]
    while answers[-1]["IsTruncated"]:
        answers.append(call(**arguments, Marker=answers[-1]["Marker"]))
    return [answer[member] for answer in answers]


def error_of(call: Any, **arguments: Any) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


@pytest.mark.parametrize("operation", BY_USER)
def test_each_list_comes_in_pages(aws: EmbeddedAws, operation: str) -> None:
    call, member = getattr(aws.client("iam"), operation), BY_USER[operation]
    pages = all_pages(call, member, UserName="ana", MaxItems=2)
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [item for page in pages for item in page] == call(UserName="ana")[member]
    assert {item["UserName"] for page in pages for item in page} == {"ana"}
    aws.page_cap = 1
    assert len(all_pages(call, member, UserName="ana")) == 5


@pytest.mark.parametrize("operation", BY_USER)
def test_whoever_has_none_has_an_empty_list(aws: EmbeddedAws, operation: str) -> None:
    answer = getattr(aws.client("iam"), operation)(UserName="bare")
    assert (answer[BY_USER[operation]], answer["IsTruncated"]) == ([], False)


@pytest.mark.parametrize("operation", [*BY_USER, "get_user", "get_login_profile", "list_user_tags"])
def test_an_unknown_user_is_no_such_entity(aws: EmbeddedAws, operation: str) -> None:
    code, status, message = error_of(getattr(aws.client("iam"), operation), UserName="nobody")
    assert (code, status, message) == ("NoSuchEntity", 404, "The user with name nobody cannot be found.")


@pytest.mark.parametrize("operation", [*BY_USER, "get_user"])
def test_without_a_name_they_are_about_the_caller(aws: EmbeddedAws, operation: str) -> None:
    answer = getattr(aws.client("iam"), operation)()
    assert "connector" in str(answer) or answer[BY_USER[operation]] == []
    aws.client("sts").assume_role(RoleArn=aws.role_arn, RoleSessionName="session", ExternalId=aws.external_id)
    session = aws.client_of(aws.sessions.issued()[-1], "iam")
    assert error_of(getattr(session, operation))[0] == "ValidationError"


def test_their_members_are_aws_s(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    key = iam.list_access_keys(UserName="ana")["AccessKeyMetadata"][0]
    assert key == {"UserName": "ana", "AccessKeyId": key["AccessKeyId"], "Status": "Active", "CreateDate": AWARE}
    assert set(iam.list_mfa_devices(UserName="ana")["MFADevices"][0]) == {"UserName", "SerialNumber", "EnableDate"}
    ssh = {"UserName", "SSHPublicKeyId", "Status", "UploadDate"}
    assert set(iam.list_ssh_public_keys(UserName="ana")["SSHPublicKeys"][0]) == ssh
    signing = {"UserName", "CertificateId", "CertificateBody", "Status", "UploadDate"}
    assert set(iam.list_signing_certificates(UserName="ana")["Certificates"][0]) == signing
    [first, *_] = iam.list_service_specific_credentials(UserName="ana")["ServiceSpecificCredentials"]
    assert first == credential("ana", 0)


def test_the_last_use_of_a_key_is_told_to_those_who_know_it(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    used, unused = aws.iam().users["ana"].access_keys[:2]
    used.last_used = AccessKeyLastUsed(USED, "s3", "eu-west-1")
    answer = iam.get_access_key_last_used(AccessKeyId=used.access_key_id)
    assert answer["UserName"] == "ana"
    assert answer["AccessKeyLastUsed"] == {"LastUsedDate": AWARE, "ServiceName": "s3", "Region": "eu-west-1"}
    never = iam.get_access_key_last_used(AccessKeyId=unused.access_key_id)["AccessKeyLastUsed"]
    assert never == {"ServiceName": "N/A", "Region": "N/A"}
    assert error_of(iam.get_access_key_last_used, AccessKeyId="AKIAIOSFODNN7EXAMPLE")[:2] == ("AccessDenied", 403)


def test_virtual_devices_are_listed_by_assignment(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    serials = [
        iam.create_virtual_mfa_device(VirtualMFADeviceName=f"device{number}")["VirtualMFADevice"]["SerialNumber"]
        for number in range(3)
    ]
    codes = {"AuthenticationCode1": "1" * 6, "AuthenticationCode2": "2" * 6}
    iam.enable_mfa_device(UserName="ana", SerialNumber=serials[1], **codes)
    aws.root_mfa[aws.account_id] = AWARE
    root = "arn:aws:iam::123456789012:mfa/root-account-mfa-device"
    expected = {"Any": [*serials, root], "Assigned": [serials[1], root], "Unassigned": [serials[0], serials[2]]}
    for status, wanted in expected.items():
        pages = all_pages(iam.list_virtual_mfa_devices, "VirtualMFADevices", AssignmentStatus=status, MaxItems=1)
        assert [device["SerialNumber"] for [device] in pages] == wanted
    of_ana, of_root = iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"]
    assert set(of_ana) == {"SerialNumber", "User", "EnableDate"}
    assert set(of_ana["User"]) == {"Path", "UserName", "UserId", "Arn", "CreateDate"}
    assert of_ana["User"]["UserName"] == "ana"
    assert set(of_root["User"]) == {"UserId", "Arn", "CreateDate"}
    assert (of_root["User"]["UserId"], of_root["User"]["Arn"]) == (aws.account_id, "arn:aws:iam::123456789012:root")
    assert of_root["EnableDate"] == AWARE
    [spare, _] = iam.list_virtual_mfa_devices(AssignmentStatus="Unassigned")["VirtualMFADevices"]
    assert set(spare) == {"SerialNumber"}
    assert len(iam.list_mfa_devices(UserName="ana")["MFADevices"]) == 6
    lenient = aws.client_of(aws.base_key, "iam", parameter_validation=False)
    assert error_of(lenient.list_virtual_mfa_devices, AssignmentStatus="Some")[0] == "ValidationError"


def test_without_mfa_of_the_root_user_there_is_no_device_of_theirs(aws: EmbeddedAws) -> None:
    assert aws.client("iam").list_virtual_mfa_devices()["VirtualMFADevices"] == []


def test_service_credentials_are_listed_of_one_user_or_of_all(aws: EmbeddedAws) -> None:
    call = aws.client("iam").list_service_specific_credentials
    member = "ServiceSpecificCredentials"
    pages = all_pages(call, member, AllUsers=True, MaxItems=4)
    assert [len(page) for page in pages] == [4, 4, 2]
    assert {one["UserName"] for page in pages for one in page} == {"ana", "connector"}
    only = call(AllUsers=True, ServiceName="bedrock.amazonaws.com")[member]
    assert [one["ServiceSpecificCredentialId"] for one in only] == ["ACCAANA0", "ACCACONNECTOR0"]
    assert error_of(call, AllUsers=True, UserName="ana")[:2] == ("ValidationError", 400)


def test_a_password_is_a_login_profile(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    code, status, message = error_of(iam.get_login_profile, UserName="ana")
    assert (code, status, message) == ("NoSuchEntity", 404, "Login Profile for User ana cannot be found.")
    iam.create_login_profile(UserName="ana", Password="x")
    iam.update_login_profile(UserName="ana", Password="y", PasswordResetRequired=True)
    created = iam.get_user(UserName="ana")["User"]["CreateDate"]
    expected = {"UserName": "ana", "CreateDate": created, "PasswordResetRequired": True}
    assert iam.get_login_profile(UserName="ana")["LoginProfile"] == expected


def test_get_user_has_everything(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    iam.put_user_permissions_boundary(UserName="ana", PermissionsBoundary="arn:aws:iam::123456789012:policy/b")
    aws.iam().users["ana"].password_last_used = USED  # type: ignore[assignment]
    ana = iam.get_user(UserName="ana")["User"]
    assert ana["Tags"] == [{"Key": "Team", "Value": "x"}]
    assert ana["PermissionsBoundary"]["PermissionsBoundaryType"] == "Policy"
    assert ana["PasswordLastUsed"] == AWARE
    assert set(iam.get_user(UserName="bare")["User"]) == {"Path", "UserName", "UserId", "Arn", "CreateDate"}
    iam.tag_user(UserName="ana", Tags=[{"Key": key, "Value": ""} for key in "bc"])
    pages = all_pages(iam.list_user_tags, "Tags", UserName="ana", MaxItems=2)
    assert [[tag["Key"] for tag in page] for page in pages] == [["Team", "b"], ["c"]]


def test_a_renamed_user_keeps_service_credentials_and_a_deleted_one_must_have_none(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    iam.create_user(UserName="carol")
    aws.service_credentials[aws.account_id].append(credential("carol", 1))
    iam.update_user(UserName="carol", NewUserName="carola")
    [kept] = iam.list_service_specific_credentials(UserName="carola")["ServiceSpecificCredentials"]
    assert kept["UserName"] == "carola"
    assert error_of(iam.delete_user, UserName="carola")[:2] == ("DeleteConflict", 409)


def test_the_credential_report_knows_whether_the_root_user_has_mfa() -> None:
    for root_mfa, expected in (({}, "false"), ({"123456789012": AWARE}, "true")):
        with EmbeddedAws() as aws:
            aws.root_mfa.update(root_mfa)
            iam = aws.client("iam")
            while iam.generate_credential_report()["State"] != "COMPLETE":
                pass
            root = iam.get_credential_report()["Content"].decode().splitlines()[1].split(",")
            assert root[7] == expected
