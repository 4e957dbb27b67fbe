"""MFA devices and what they are."""

from __future__ import annotations

import pytest

from source_aws_iam.iam.mfa import kind, virtual_by_user
from unit_tests.iam.aws_answers import IAM, Answers, paged, user


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
    assert {owner: len(found) for owner, found in virtual_by_user(aws.account).items()} == {user("ana")["UserId"]: 2}
