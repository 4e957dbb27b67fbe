"""The trail of an organization: which of its accounts are read, and what is said of the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Fault
from embedded_aws.scenarios.member_accounts import MEMBER_ROLE, Account, account_ids
from embedded_aws.scenarios.trail_writer import TrailWriter, open_trail
from embedded_aws.server.organization import Organization, Unit
from embedded_aws.server.trail import Trail
from integration_tests.connector import EVERY_STREAM, Json, Output, read
from integration_tests.test_incremental import event, ids
from integration_tests.test_trail import COVERAGE, HOME, SMALL_BATCHES, config

IDS = account_ids(4)
IN_UNIT, OUTSIDE, SILENT, LEFT = IDS
EXTERNAL_ID = "of-the-whole-organization"
UNIT = "ou-ab12-11111111"
REGIONS = ("us-east-1", "eu-west-1")


@pytest.fixture
def aws(empty_aws: EmbeddedAws) -> EmbeddedAws:
    """Four accounts, of which one has left the organization, and one has no log files."""
    members = [Account(one, users=1, groups=0, external_id=EXTERNAL_ID) for one in IDS]
    empty_aws.open_accounts(members)
    unit = Unit("Production", id=UNIT, accounts=[IN_UNIT])
    empty_aws.organize(Organization(accounts=[OUTSIDE, SILENT], units=[unit]))
    return empty_aws


@pytest.fixture
def trail(aws: EmbeddedAws) -> Trail:
    made = open_trail(aws, prefix="audit/org", organization=True)
    writer = TrailWriter(aws, made)
    for account_id in (HOME, IN_UNIT, OUTSIDE, LEFT):
        records = [
            {**event(f"{account_id}-{region}-{number}", 5 + number, region), "recipientAccountId": account_id}
            for region in REGIONS
            for number in range(3)
        ]
        writer.write(records, account_id=account_id)
    return made


def organization(aws: EmbeddedAws, trail: Trail, chosen: Json | None = None, **overrides: Any) -> Json:
    accounts = {"scope": "organization", "role_name": MEMBER_ROLE, "external_id": EXTERNAL_ID, **(chosen or {})}
    return config(aws, trail, accounts=accounts, **overrides)


def sync(chosen: Json, folder: Path, state: Any = (), streams: Any = ("audit_events", COVERAGE)) -> Output:
    return read(chosen, folder, streams=streams, state=state, constants=SMALL_BATCHES)


def accounts_of(output: Output) -> set[str]:
    return {row["account_id"] for row in output.records("audit_events")}


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, {IN_UNIT, OUTSIDE, LEFT}),
        ({"include_management_account": True}, {HOME, IN_UNIT, OUTSIDE, LEFT}),
        ({"exclude_accounts": [OUTSIDE, LEFT]}, {IN_UNIT}),
        ({"include_ous": [UNIT]}, {IN_UNIT}),
        ({"exclude_ous": [UNIT]}, {OUTSIDE}),
    ],
    ids=["all", "with the management account", "without some", "in a unit", "not in a unit"],
)
def test_the_accounts_that_are_chosen_are_read_and_those_that_have_left(
    chosen: Json, expected: set[str], aws: EmbeddedAws, trail: Trail, tmp_path: Path
) -> None:
    output = sync(organization(aws, trail, chosen), tmp_path)
    assert (output.exit_code, output.errors) == (0, [])
    assert accounts_of(output) == expected
    assert len(ids(output)) == len(expected) * len(REGIONS) * 3
    assert {row["partition"] for row in output.records("audit_events")} == {"aws"}


def test_an_account_without_log_files_is_named_and_never_taken_for_a_quiet_one(
    aws: EmbeddedAws, trail: Trail, tmp_path: Path
) -> None:
    output = sync(organization(aws, trail), tmp_path, streams=EVERY_STREAM)
    sentence = f"The bucket {trail.bucket.name} has no log files of account {SILENT}."
    assert [text for text in output.warnings if sentence in text]
    rows = {
        (row["account_id"], row["region"]): row for row in output.records(COVERAGE) if row["stream"] == "audit_events"
    }
    assert rows[SILENT, "global"]["status"] == "failed"
    assert sentence in rows[SILENT, "global"]["error"]
    others = {place: row["status"] for place, row in rows.items() if place[0] != SILENT}
    assert others == {(one, region): "complete" for one in (IN_UNIT, OUTSIDE, LEFT) for region in REGIONS}


def test_regions_and_a_single_account_are_what_the_form_says(aws: EmbeddedAws, trail: Trail, tmp_path: Path) -> None:
    some = sync(organization(aws, trail, regions=["eu-west-1"]), tmp_path)
    assert {row["region"] for row in some.records("audit_events")} == {"eu-west-1"}
    own = sync(config(aws, trail), tmp_path, some.state)
    assert accounts_of(own) == {HOME}


def test_a_role_in_the_log_archive_account_reads_the_bucket(aws: EmbeddedAws, trail: Trail, tmp_path: Path) -> None:
    trail.bucket.readers = set()
    denied = sync(organization(aws, trail), tmp_path)
    assert denied.exit_code == 1
    assert "The permission for s3:ListBucket " in denied.errors[0]["message"]
    [archive] = aws.open_accounts([Account(trail.bucket.account_id, users=0, groups=0, external_id="of-the-archive")])
    source = {"role_arn": archive.role_arn, "external_id": "of-the-archive"}
    output = sync(organization(aws, trail, source=source), tmp_path)
    assert (output.exit_code, accounts_of(output)) == (0, {IN_UNIT, OUTSIDE, LEFT})
    wrong = sync(organization(aws, trail, source={**source, "external_id": "another"}), tmp_path)
    assert wrong.exit_code == 1
    assert "external_id" in wrong.errors[0]["message"]
    assert "of-the-archive" not in wrong.stdout + wrong.stderr


def test_two_trails_in_one_bucket_have_one_key_for_an_event_and_two_organizations_are_told(
    aws: EmbeddedAws, trail: Trail, tmp_path: Path
) -> None:
    beside = open_trail(aws, name="of-the-account", prefix="audit/org")
    writer = TrailWriter(aws, beside)
    writer.write([event(f"{HOME}-us-east-1-{number}", 5 + number) for number in range(3)], account_id=HOME)
    foreign = "audit/org/AWSLogs/o-zzzzzzzzzz/999999999999/CloudTrail/us-east-1/"
    trail.bucket.put(f"{foreign}2026/01/01/notes.txt", b"x", last_modified=aws.now())
    output = sync(config(aws, trail), tmp_path)
    twice = [one for one in ids(output) if "us-east-1" in one]
    assert (len(twice), len(set(twice))) == (6, 3)
    told = [line for line in output.log if "has log files of 2 organizations" in line]
    assert len(told) == 1
    assert "o-zzzzzzzzzz" in told[0]
    one = sync(config(aws, trail, source={"organization_id": trail.organization_id}), tmp_path)
    assert len([one for one in ids(one) if "us-east-1" in one]) == 3


def test_an_account_of_which_the_list_is_denied_fails_alone(aws: EmbeddedAws, trail: Trail, tmp_path: Path) -> None:
    # HeadBucket twice, the root, the organization, and then the accounts.
    aws.fail(Fault("s3:ListObjectsV2", "access_denied", after=2))
    output = sync(organization(aws, trail), tmp_path)
    assert output.exit_code == 0
    assert output.statuses["audit_events"] == "INCOMPLETE"
    assert len(accounts_of(output)) == 2
    [row] = [row for row in output.records(COVERAGE) if row["status"] == "denied"]
    assert (row["region"], row["missing_action"]) == ("global", "s3:ListBucket")
    assert row["account_id"] not in accounts_of(output)


def test_digests_of_an_account_of_which_the_list_is_denied_are_missing_by_name(
    aws: EmbeddedAws, trail: Trail, tmp_path: Path
) -> None:
    aws.fail(Fault("s3:ListObjectsV2", "access_denied", after=2))
    output = sync(organization(aws, trail), tmp_path, streams=["trail_digests", COVERAGE])
    assert output.statuses["trail_digests"] == "INCOMPLETE"
    [error] = output.errors
    assert "The permission for s3:ListBucket " in error["message"]
    rows = [row for row in output.records(COVERAGE) if row["account_id"] in IDS]
    assert ("denied", "s3:ListBucket") in {(row["status"], row.get("missing_action")) for row in rows}
