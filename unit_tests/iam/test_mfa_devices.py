"""MFA devices and their kinds."""

from __future__ import annotations

import pytest

from source_aws_iam.iam.mfa_devices import kind, virtual_by_user, virtual_of
from unit_tests.iam.aws_answers import IAM, Answers, OddAnswers, paged, user


@pytest.mark.parametrize(
    ("serial", "expected"),
    [
        (f"{IAM}:mfa/ana", "virtual"),
        (f"{IAM}:mfa/root-account-mfa-device", "virtual"),
        (f"{IAM}:mfa/a:path/u2f/ana", "virtual"),
        ("arn:aws-us-gov:iam::123456789012:u2f/user/ana/key-ABC", "fido"),
        ("GAHT12345678", "hardware"),
        (f"{IAM}:sms-mfa/ana", "hardware"),
        ("u2f/1", "hardware"),
    ],
)
def test_the_serial_number_says_what_a_device_is(serial: str, expected: str) -> None:
    assert kind(serial) == expected


def test_virtual_devices_are_kept_by_user_and_those_of_nobody_are_not() -> None:
    devices = [{"SerialNumber": f"{IAM}:mfa/{n}", "User": user("ana")} for n in (1, 2)]
    aws = Answers(
        {"ListVirtualMFADevices": paged("VirtualMFADevices", [devices[0], {"SerialNumber": "x" * 9}], [devices[1]])}
    )
    found = virtual_by_user(aws.iam)
    assert {owner: len(devices) for owner, devices in found.items()} == dict.fromkeys(
        [user("ana")["UserId"], user("ana")["Arn"], "ana"], 2
    )


@pytest.mark.parametrize("left_out", ["UserId", "Arn", "UserName"])
def test_the_user_of_a_device_is_known_by_whatever_aws_says_of_it(left_out: str) -> None:
    listed = {name: value for name, value in user("ana").items() if name != left_out}
    page = paged("VirtualMFADevices", [{"SerialNumber": f"{IAM}:mfa/1", "User": listed}])
    found = virtual_by_user(OddAnswers({"ListVirtualMFADevices": page}).iam)
    rows = [
        {"user_id": one["UserId"], "arn": one["Arn"], "user_name": one["UserName"]} for one in map(user, ("ana", "bob"))
    ]
    assert [len(virtual_of(row, found) or ()) for row in rows] == [1, 0]
