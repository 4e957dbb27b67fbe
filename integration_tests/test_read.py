"""A full read, compared with the ground truth row by row and column by column."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

from embedded_aws import EmbeddedAws
from embedded_aws.scenarios.company import company
from embedded_aws.scenarios.seed_identity_center import People, open_identity_center
from embedded_aws.scenarios.trail_writer import open_trail
from embedded_aws.truth import Tables, truth_of
from embedded_aws.truth.comparison import first_differences
from integration_tests.conftest import FAST, SMALL
from integration_tests.connector import EVERY_STREAM, STREAMS, Output, discovered, read

SCHEMAS = {stream["name"]: stream["json_schema"] for stream in discovered()}
TIMES = {
    name: [column for column, schema in schemas["properties"].items() if schema.get("format") == "date-time"]
    for name, schemas in SCHEMAS.items()
}


def tables(output: Output, streams: Sequence[str] = STREAMS) -> Tables:
    """The records as a warehouse would hold them: all columns, times as times."""
    return {stream: [row(stream, record) for record in output.records(stream)] for stream in streams}


def row(stream: str, record: dict[str, Any]) -> dict[str, Any]:
    stored = dict.fromkeys(SCHEMAS[stream]["properties"]) | record
    for column in TIMES[stream]:
        if stored.get(column):
            stored[column] = datetime.fromisoformat(stored[column].replace("Z", "+00:00"))
    return stored


def assert_complete(aws: EmbeddedAws, output: Output, streams: Sequence[str] = STREAMS) -> None:
    assert output.exit_code == 0, output.stdout[-3000:]
    assert output.stderr == ""
    assert output.statuses == dict.fromkeys(streams, "COMPLETE")
    assert first_differences(truth_of(aws, streams), tables(output, streams)) == []


def test_every_row_and_column_is_right_and_fits_its_schema(aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.organize(company([], "222222222222"))
    open_identity_center(aws, [aws.account_id], People(people=30, groups=6))
    open_trail(aws)
    output = read(aws.config(**FAST), tmp_path, streams=EVERY_STREAM)
    assert_complete(aws, output, EVERY_STREAM)
    for stream in EVERY_STREAM:
        validator = Draft7Validator(SCHEMAS[stream], format_checker=FormatChecker())
        # Nothing is read of a trail's bucket here: test_digests.py.
        assert output.records(stream) or stream == "trail_digests"
        assert [error.message for record in output.records(stream) for error in validator.iter_errors(record)] == []
        assert all(record.keys() <= SCHEMAS[stream]["properties"].keys() for record in output.records(stream))


def test_an_access_key_reads_the_same(aws: EmbeddedAws, tmp_path: Path) -> None:
    assert_complete(aws, read(aws.key_config(**FAST), tmp_path))


def test_temporary_keys_read_the_same(aws: EmbeddedAws, tmp_path: Path) -> None:
    issued = aws.client("sts").assume_role(RoleArn=aws.role_arn, RoleSessionName="by-hand", ExternalId=aws.external_id)[
        "Credentials"
    ]
    credentials = {
        "auth_type": "access_key",
        "access_key_id": issued["AccessKeyId"],
        "secret_access_key": issued["SecretAccessKey"],
        "session_token": issued["SessionToken"],
    }
    assert_complete(aws, read(aws.config(credentials=credentials, **FAST), tmp_path))


def test_a_role_can_be_assumed_by_the_environments_identity(aws: EmbeddedAws, tmp_path: Path) -> None:
    credentials = {"auth_type": "iam_role", "role_arn": aws.role_arn, "external_id": aws.external_id}
    environment = {
        "AWS_ACCESS_KEY_ID": aws.base_key.access_key_id,
        "AWS_SECRET_ACCESS_KEY": aws.base_key.secret_access_key,
    }
    assert_complete(aws, read(aws.config(credentials=credentials, **FAST), tmp_path, env=environment))


def test_a_role_can_be_assumed_by_a_shared_profile(aws: EmbeddedAws, tmp_path: Path) -> None:
    credentials = {"auth_type": "iam_role", "role_arn": aws.role_arn, "external_id": aws.external_id}
    profile = tmp_path / "shared"
    profile.write_text(
        f"[reader]\naws_access_key_id={aws.base_key.access_key_id}\n"
        f"aws_secret_access_key={aws.base_key.secret_access_key}\n"
    )
    environment = {"AWS_SHARED_CREDENTIALS_FILE": str(profile), "AWS_PROFILE": "reader"}
    assert_complete(aws, read(aws.config(credentials=credentials, **FAST), tmp_path, env=environment))


@pytest.mark.parametrize("workers", [1, 50])
def test_one_worker_is_enough_and_fifty_do_not_get_in_each_others_way(
    workers: int, aws: EmbeddedAws, tmp_path: Path
) -> None:
    output = read(aws.config(num_workers=workers, **FAST), tmp_path, streams=EVERY_STREAM)
    assert_complete(aws, output, EVERY_STREAM)


@pytest.mark.parametrize("page_cap", [1, 7])
def test_pages_may_be_shorter_than_asked_for(page_cap: int, tmp_path: Path) -> None:
    users = 40 if page_cap > 1 else 25
    seed = SMALL.__class__(users=users, groups=8, events=120)
    with EmbeddedAws(seed=seed, lookup_rate=None, page_cap=page_cap) as aws:
        output = read(aws.config(**FAST), tmp_path, streams=EVERY_STREAM)
        assert_complete(aws, output, EVERY_STREAM)


def test_a_group_of_three_thousand_and_a_user_in_ten_groups(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    iam = empty_aws.iam()
    for name in ["everybody", *(f"team-{number}" for number in range(1, 10)), "nobody"]:
        iam.create_group(name, "/teams/")
    for number in range(3_000):
        iam.create_user("us-east-1", f"user-{number}")
        iam.add_user_to_group("everybody", f"user-{number}")
    for number in range(1, 10):
        iam.add_user_to_group(f"team-{number}", "user-2999")
    iam.create_user("us-east-1", "hermit")
    output = read(empty_aws.config(**FAST), tmp_path, streams=("groups", "group_members"))
    assert output.exit_code == 0
    sizes = {group["group_name"]: group["member_count"] for group in output.records("groups")}
    assert sizes == {"everybody": 3_000, "nobody": 0} | {f"team-{number}": 1 for number in range(1, 10)}
    members = {(row["group_name"], row["user_name"]) for row in output.records("group_members")}
    assert members == {("everybody", f"user-{number}") for number in range(3_000)} | {
        (f"team-{number}", "user-2999") for number in range(1, 10)
    }


def test_a_full_sync_makes_the_fewest_requests(aws: EmbeddedAws, tmp_path: Path) -> None:
    config = aws.config(regions=["eu-west-1"], start_date="2100-01-01T00:00:00Z")
    read(config, tmp_path)
    assert {action: count for (_, _, action), count in aws.requests.items()} == {
        "sts:AssumeRole": 1,
        "iam:ListUsers": 1,
        "iam:GetAccountAuthorizationDetails": 2,  # users, groups
        "iam:GenerateCredentialReport": 1,
        "iam:GetCredentialReport": 3,  # none yet, being made, made
        "iam:ListVirtualMFADevices": 1,
        "iam:GetAccountSummary": 1,
    }


def test_events_cost_one_request_per_page_and_region(aws: EmbeddedAws, tmp_path: Path) -> None:
    # At AWS's pace: where answers take longer than a turn, windows are shared at the cost of a page or two.
    output = read(aws.config(), tmp_path, streams=["audit_events"])
    pages = {region: -(-len(aws.events.visible(region=region)) // 50) for region in aws.regions}
    spent = {
        region: count for (_, region, action), count in aws.requests.items() if action == "cloudtrail:LookupEvents"
    }
    assert output.exit_code == 0
    assert spent == pages


def test_at_aws_own_quota_hardly_a_request_is_refused(tmp_path: Path) -> None:
    with EmbeddedAws(seed=SMALL) as aws:
        output = read(aws.config(), tmp_path, streams=["audit_events"])
        assert output.exit_code == 0
        # The first request of a Region opens the connection and may arrive late enough to crowd the next ones.
        assert aws.throttled_lookups.total() <= len(aws.regions)


def test_a_partition_of_its_own(tmp_path: Path) -> None:
    with EmbeddedAws(seed=SMALL, lookup_rate=None, regions=["us-gov-west-1", "us-gov-east-1"]) as aws:
        output = read(aws.config(**FAST), tmp_path, streams=EVERY_STREAM)
        assert_complete(aws, output, EVERY_STREAM)
        assert {record["partition"] for record in output.records("users")} == {"aws-us-gov"}
