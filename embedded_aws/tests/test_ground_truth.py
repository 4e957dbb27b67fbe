"""The ground truth has all columns of every stream, with the values of the objects behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
from moto.iam.models import AccessKeyLastUsed, MFADevice, User

from embedded_aws import EmbeddedAws, Seed, StoppedClock
from embedded_aws.scenarios.company import company
from embedded_aws.scenarios.seed_identity_center import People, open_identity_center
from embedded_aws.scenarios.trail_writer import open_trail
from embedded_aws.truth import truth_of
from embedded_aws.truth.comparison import KEYS
from integration_tests.connector import discovered

COLUMNS = {stream["name"]: stream["json_schema"]["properties"].keys() for stream in discovered()}
BUCKETS = ["arn:aws:s3:::a", "arn:aws:s3:::b"]
JANUARY = datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 - moto's objects hold naive UTC
JANUARY_UTC = JANUARY.replace(tzinfo=timezone.utc)


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(now=StoppedClock()) as embedded:
        yield embedded


def rows(aws: EmbeddedAws, stream: str) -> list[dict[str, Any]]:
    """Return the rows of all but the connector's own user and role."""
    own = {"connector", "airbyte-connector", "<root_account>"}
    names = ("user_name", "role_name", "identity_name", "source_name", "user")
    return [row for row in truth_of(aws, [stream])[stream] if own.isdisjoint(row.get(name) for name in names)]


def user(aws: EmbeddedAws, name: str) -> User:
    made = aws.iam().create_user(aws.regions[0], name)
    made.create_date = JANUARY
    return made


def trusting(aws: EmbeddedAws, *statements: dict[str, Any]) -> None:
    aws.iam().create_role("role", json.dumps({"Statement": list(statements)}), "/", None, "", [], None)


def test_every_row_has_every_column_and_a_key_of_its_own() -> None:
    with EmbeddedAws(seed=Seed(users=60, groups=8, events=60)) as seeded:
        seeded.organize(company(["111111111111"], "222222222222"))
        open_identity_center(seeded, [seeded.account_id], People(people=5, groups=3, permission_sets=5))
        open_trail(seeded)
        truth = truth_of(seeded)
    assert truth.keys() == COLUMNS.keys()
    for stream, expected in truth.items():
        # Digests are of the bucket that a config names.
        assert expected or stream == "trail_digests", stream
        assert all(row.keys() == COLUMNS[stream] for row in expected), stream
        assert len({tuple(row[column] for column in KEYS[stream]) for row in expected}) == len(expected), stream


def test_only_the_wanted_streams_are_told(aws: EmbeddedAws) -> None:
    assert truth_of(aws, ["roles", "users"]).keys() == {"roles", "users"}


def test_the_coverage_speaks_of_the_tables_beside_it(aws: EmbeddedAws) -> None:
    user(aws, "ann").mfa_devices["GAHT12345678"] = MFADevice("GAHT12345678", "123456", "654321")
    aws.accounts.not_enabled[aws.account_id] = ["me-south-1"]
    found = {
        (row["stream"], row["region"]): row
        for row in truth_of(aws, ["sync_coverage", "users", "audit_events", "accounts"])["sync_coverage"]
    }
    users = found["users", "global"]
    assert (users["status"], users["rows_read"]) == ("complete", 3), "a hardware device is no gap"
    assert (users["rows_comparable"], users["rows_counted_by_aws"]) == (2, 2), "and the root user is not counted"
    events = {region: row["status"] for (stream, region), row in found.items() if stream == "audit_events"}
    assert events == {**dict.fromkeys(aws.regions, "complete"), "me-south-1": "not_enabled"}
    assert found["accounts", "global"]["status"] == "complete", "what belongs to an organization is nowhere"
    assert truth_of(aws, ["sync_coverage"]) == {"sync_coverage": []}


def test_the_last_activity_is_the_latest_use_of_anything(aws: EmbeddedAws) -> None:
    made = user(aws, "ann")
    made.password = "secret"
    made.password_last_used = JANUARY  # type: ignore[assignment]
    for day in (4, 3):
        key = aws.iam().create_access_key("ann")
        key.create_date = JANUARY
        key.last_used = AccessKeyLastUsed(JANUARY.replace(day=day), "s3", "eu-west-1")
    key.status = "Inactive"
    [row] = rows(aws, "users")
    assert (row["last_activity_at"], row["last_activity_source"]) == (JANUARY_UTC.replace(day=4), "access_key_1")
    assert (row["access_key_1_active"], row["access_key_2_active"]) == (True, False)
    assert row["password_last_changed"] == JANUARY_UTC
    assert [key["access_key_id"] for key in row["access_keys"]] == [None, None]
    assert row["access_keys"][1] == {
        "access_key_id": None,
        "status": "Inactive",
        "create_date": JANUARY_UTC,
    }


def test_a_hardware_device_is_active_but_not_seen_in_bulk(aws: EmbeddedAws) -> None:
    user(aws, "ann").mfa_devices["GAHT12345678"] = MFADevice("GAHT12345678", "123456", "654321")
    user(aws, "bob")
    ann, bob = rows(aws, "users")
    assert (ann["mfa_active"], ann["mfa_devices"], ann["unavailable_fields"]) == (True, None, [])
    assert (bob["mfa_active"], bob["mfa_devices"], bob["unavailable_fields"]) == (False, [], [])
    [device] = rows(aws, "mfa_devices")
    assert (device["serial_number"], device["type"], device["user_name"]) == ("GAHT12345678", "hardware", "ann")


def test_the_root_user_has_a_device_or_none(aws: EmbeddedAws) -> None:
    assert truth_of(aws, ["mfa_devices"]) == {"mfa_devices": []}
    aws.root_mfa[aws.account_id] = JANUARY_UTC
    [root, _] = truth_of(aws, ["users"])["users"]
    serial = "arn:aws:iam::123456789012:mfa/root-account-mfa-device"
    assert root["user_id"] == "123456789012"
    assert root["mfa_devices"] == [{"serial_number": serial, "type": "virtual", "enable_date": JANUARY_UTC}]
    [device] = truth_of(aws, ["mfa_devices"])["mfa_devices"]
    assert (device["user_name"], device["user_arn"], device["is_root"]) == (None, root["arn"], True)
    assert truth_of(aws, ["account_summary"])["account_summary"][0]["mfa_devices_in_use"] == 1


def test_a_user_who_joins_after_the_report_was_made_is_not_in_it(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    iam.generate_credential_report()
    user(aws, "late")
    key = aws.iam().create_access_key("late")
    assert rows(aws, "credential_report") == []
    [row] = rows(aws, "users")
    assert row["access_keys"][0]["access_key_id"] == key.access_key_id
    only_reported = ("password_last_changed", "password_next_rotation", "report_generated_at")
    assert [row[name] for name in only_reported] == [None, None, None]
    assert row["unavailable_fields"] == []


def test_the_report_says_why_a_cell_is_empty(aws: EmbeddedAws) -> None:
    user(aws, "ann").password = "secret"
    [row] = rows(aws, "credential_report")
    status = row["column_status"]
    assert (status["password_last_used"], status["password_next_rotation"]) == ("no_information", "N/A")
    assert "password_last_changed" not in status
    assert row["password_last_changed"] == JANUARY_UTC


def test_a_policy_is_attached_and_bounds(aws: EmbeddedAws) -> None:
    document = {"Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": BUCKETS}}
    text = json.dumps({"Version": "2012-10-17", **document})
    policy = aws.iam().create_policy("", "/team/", text, "power", [])
    policy.attach_to(user(aws, "ann"))
    aws.iam().users["connector"].permissions_boundary = {  # type: ignore[attr-defined]
        "PermissionsBoundaryArn": policy.arn
    }
    [row] = rows(aws, "policies")
    assert (row["attachment_count"], row["permissions_boundary_usage_count"]) == (1, 1)
    held = truth_of(aws, ["policy_attachments"])["policy_attachments"]
    assert {(row["identity_name"], row["policy_name"], row["as_boundary"]) for row in held} == {
        ("ann", "power", False),
        ("connector", "power", True),
    }
    [statement] = rows(aws, "policy_statements")
    assert (statement["actions"], statement["not_actions"], statement["resources"]) == ([], ["iam:*"], BUCKETS)
    assert (statement["source_type"], statement["version_id"], statement["conditions"]) == ("managed", "v1", None)


def test_a_trust_policy_becomes_a_row_per_principal(aws: EmbeddedAws) -> None:
    conditions = {"StringEquals": {"sts:ExternalId": "x"}, "Bool": {"aws:MultiFactorAuthPresent": "true"}}
    accounts = {"AWS": ["111122223333", "arn:aws:iam::123456789012:root"]}
    trusting(
        aws,
        {"Effect": "Allow", "Principal": accounts, "Action": "sts:AssumeRole", "Condition": conditions},
        {"Effect": "Deny", "NotPrincipal": "*", "Action": ["sts:AssumeRole"]},
    )
    other, own, anybody = rows(aws, "role_trusts")
    assert (other["principal_account_id"], other["is_external"]) == ("111122223333", True)
    assert (own["principal_account_id"], own["is_external"]) == ("123456789012", False)
    assert all(row["external_id_required"] and row["mfa_required"] for row in (other, own))
    assert (anybody["is_wildcard"], anybody["is_not_principal"], anybody["statement_index"]) == (True, True, 1)
    assert anybody["principal_account_id"] is None
    first, second = rows(aws, "policy_statements")
    assert (first["principals"], first["policy_name"]) == (accounts, "assume_role_policy")
    assert (second["principals"], second["not_principals"]) == (None, {"AWS": ["*"]})


def test_claims_of_an_oidc_provider_are_told_apart(aws: EmbeddedAws) -> None:
    host = "token.actions.githubusercontent.com"
    principal = {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{host}"}
    condition = {"StringLike": {f"{host}:sub": "repo:acme/*"}, "StringEquals": {f"{host}:aud": ["a", "b"]}}
    trusting(aws, {"Effect": "Allow", "Principal": principal, "Action": "x", "Condition": condition})
    [row] = rows(aws, "role_trusts")
    assert (row["oidc_subjects"], row["oidc_audiences"]) == (["repo:acme/*"], ["a", "b"])
    assert (row["principal_account_id"], row["is_external"]) == ("123456789012", False)


def test_an_account_without_a_password_policy_says_so(aws: EmbeddedAws) -> None:
    [row] = truth_of(aws, ["password_policy"])["password_policy"]
    assert row == {**dict.fromkeys(row), "account_id": "123456789012", "partition": "aws", "is_set": False}
