"""Embedded AWS's credential report: all columns, AWS's sentinels, and the four-hour cache."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.iam.models import AccessKeyLastUsed

from embedded_aws import EmbeddedAws, StoppedClock

COLUMNS = [
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    "access_key_1_active",
    "access_key_1_last_rotated",
    "access_key_1_last_used_date",
    "access_key_1_last_used_region",
    "access_key_1_last_used_service",
    "access_key_2_active",
    "access_key_2_last_rotated",
    "access_key_2_last_used_date",
    "access_key_2_last_used_region",
    "access_key_2_last_used_service",
    "cert_1_active",
    "cert_1_last_rotated",
    "cert_2_active",
    "cert_2_last_rotated",
]
CREATED = datetime(2024, 5, 6, 7, 8, 9)  # noqa: DTZ001 - moto's objects hold naive UTC


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def aws(clock: StoppedClock) -> Iterator[EmbeddedAws]:
    with EmbeddedAws(now=clock) as embedded:
        yield embedded


def report(aws: EmbeddedAws) -> dict[str, dict[str, str]]:
    """Rows by user name, after as many polls as it takes."""
    iam = aws.client("iam")
    while iam.generate_credential_report()["State"] != "COMPLETE":
        pass
    content = iam.get_credential_report()["Content"].decode()
    return {row["user"]: row for row in csv.DictReader(content.splitlines())}


def code_of(call: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call()
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def test_there_is_no_report_until_one_is_generated_and_it_takes_a_while(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    assert code_of(iam.get_credential_report) == ("ReportNotPresent", 410)
    assert iam.generate_credential_report()["State"] == "STARTED"
    assert code_of(iam.get_credential_report) == ("ReportInProgress", 404)
    assert iam.generate_credential_report()["State"] == "COMPLETE"
    assert iam.get_credential_report()["ReportFormat"] == "text/csv"


def test_a_report_lasts_four_hours_and_does_not_change(aws: EmbeddedAws, clock: StoppedClock) -> None:
    iam = aws.client("iam")
    report(aws)
    made = clock()
    iam.create_user(UserName="late")
    clock.advance(hours=3.9)
    assert "late" not in report(aws)
    assert iam.get_credential_report()["GeneratedTime"] == made
    clock.advance(hours=0.1)
    assert code_of(iam.get_credential_report) == ("ReportExpired", 410)
    assert iam.generate_credential_report()["State"] == "STARTED"
    assert "late" in report(aws)


def test_the_report_has_aws_s_columns_and_begins_with_the_root_user(aws: EmbeddedAws) -> None:
    rows = report(aws)
    assert list(rows) == ["<root_account>", "connector"]
    root = rows["<root_account>"]
    assert list(root) == COLUMNS
    assert root["arn"] == "arn:aws:iam::123456789012:root"
    password = ["password_enabled", "password_last_used", "password_last_changed", "password_next_rotation"]
    assert [root[column] for column in password] == [
        "not_supported",
        "no_information",
        "not_supported",
        "not_supported",
    ]


def test_a_user_with_nothing_has_sentinels_everywhere(aws: EmbeddedAws) -> None:
    aws.client("iam").create_user(UserName="bare,user", Path="/x/")
    row = report(aws)["bare,user"]  # the comma is quoted, or the columns would shift
    assert row["arn"] == "arn:aws:iam::123456789012:user/x/bare,user"
    told = {name: row[name] for name in COLUMNS[3:]}
    falses = {"password_enabled", "mfa_active", "cert_1_active", "cert_2_active"}
    falses |= {"access_key_1_active", "access_key_2_active"}
    assert told == {name: "false" if name in falses else "N/A" for name in COLUMNS[3:]}


def test_a_user_with_everything_is_described_truly(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    iam.create_user(UserName="ana")
    iam.create_login_profile(UserName="ana", Password="x")
    iam.enable_mfa_device(
        UserName="ana", SerialNumber="GAHT12345678", AuthenticationCode1="1" * 6, AuthenticationCode2="2" * 6
    )
    iam.create_access_key(UserName="ana")
    second = iam.create_access_key(UserName="ana")["AccessKey"]["AccessKeyId"]
    iam.update_access_key(UserName="ana", AccessKeyId=second, Status="Inactive")
    iam.update_account_password_policy(MaxPasswordAge=90)
    ana = aws.iam().users["ana"]
    ana.create_date = CREATED
    for days, key in enumerate(ana.access_keys):
        key.create_date = CREATED + timedelta(days=days)
    ana.access_keys[0].last_used = AccessKeyLastUsed(CREATED + timedelta(days=5), "s3", "eu-west-1")
    row = report(aws)["ana"]
    assert row["password_last_used"] == "no_information"
    assert {name: row[name] for name in COLUMNS[2:] if name not in ("password_last_used", "cert_1_active")} == {
        "user_creation_time": "2024-05-06T07:08:09+00:00",
        "password_enabled": "true",
        "password_last_changed": "2024-05-06T07:08:09+00:00",
        "password_next_rotation": "2024-08-04T07:08:09+00:00",
        "mfa_active": "true",
        "access_key_1_active": "true",
        "access_key_1_last_rotated": "2024-05-06T07:08:09+00:00",
        "access_key_1_last_used_date": "2024-05-11T07:08:09+00:00",
        "access_key_1_last_used_region": "eu-west-1",
        "access_key_1_last_used_service": "s3",
        "access_key_2_active": "false",
        "access_key_2_last_rotated": "2024-05-07T07:08:09+00:00",
        "access_key_2_last_used_date": "N/A",
        "access_key_2_last_used_region": "N/A",
        "access_key_2_last_used_service": "N/A",
        "cert_1_last_rotated": "N/A",
        "cert_2_active": "false",
        "cert_2_last_rotated": "N/A",
    }


def test_the_last_sign_in_is_reported(aws: EmbeddedAws) -> None:
    aws.client("iam").create_login_profile(UserName="connector", Password="x")
    aws.iam().users["connector"].password_last_used = CREATED  # type: ignore[assignment]
    assert report(aws)["connector"]["password_last_used"] == "2024-05-06T07:08:09+00:00"
