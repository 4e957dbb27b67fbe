"""The role of the log archive account, made as CloudFormation would make it, is enough to read and verify a trail's
log files through the hub, and each of its statements is needed.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws.scenarios import tampering
from embedded_aws.scenarios.digest_keys import DigestKeys
from embedded_aws.scenarios.digest_writer import HOUR, DigestWriter
from embedded_aws.scenarios.trail_writer import LOG_ARCHIVE as ARCHIVE
from embedded_aws.scenarios.trail_writer import TrailWriter, open_trail
from embedded_aws.server.trail import LogFile, Trail
from integration_tests.connector import Output, read
from integration_tests.test_digests import event
from integration_tests.test_incremental import ids
from repo_tests.cloudformation import Stack, load
from repo_tests.test_deployed_roles import assume, config, create, of_account
from source_aws_iam.cloudtrail.digests.digest import DIGESTS
from tools.deploy import LOG_ARCHIVE

HOME = "123456789012"
REGION = "eu-west-1"
KEY = f"arn:aws:kms:{REGION}:{ARCHIVE}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
PREFIX = "audit/org"
STREAMS = ("audit_events", "trail_digests")
COMPLETE = dict.fromkeys(STREAMS, "COMPLETE")
HUB_EXTERNAL_ID, ARCHIVE_EXTERNAL_ID = "0123456789abcdef-hub", "0123456789abcdef-archive"
HUB = f"arn:aws:iam::{HOME}:role/airbyte-read"
ARCHIVE_ROLE = f"arn:aws:iam::{ARCHIVE}:role/airbyte-log-archive"


@dataclass
class World:
    """An encrypted bucket that nobody outside of its account may read, with three log files and their digests."""

    aws: EmbeddedAws
    trail: Trail
    files: list[LogFile]

    def deploy(self, *, without: str = "", **of_hub: str) -> None:
        """Make both roles. The statement of the action `without` is left out."""
        create(self.aws.client("iam"), of_account(HUB_EXTERNAL_ID, **of_hub).properties("Role"))
        role = archive_stack().properties("Role")
        [policy] = role["Policies"]
        found = policy["PolicyDocument"]["Statement"]
        kept = [one for one in found if one["Action"] != without]
        assert len(found) - len(kept) == bool(without)
        policy["PolicyDocument"]["Statement"] = kept
        key = self.aws.open_account(ARCHIVE)
        arn = create(self.aws.client_of(key, "iam"), {"MaxSessionDuration": 3600, **role})
        assert arn == ARCHIVE_ROLE

    def read(self, folder: Path) -> Output:
        source = {
            "mode": "trail_bucket",
            "bucket": self.trail.bucket.name,
            "prefix": PREFIX,
            "role_arn": ARCHIVE_ROLE,
            "external_id": ARCHIVE_EXTERNAL_ID,
        }
        settings = config(self.aws, self.aws.base_key, HUB, HUB_EXTERNAL_ID)
        return read({**settings, "audit_source": source}, folder, streams=STREAMS)


def archive_stack() -> Stack:
    given = {"Bucket": "management-events", "Prefix": PREFIX, "KmsKeyArn": KEY}
    return Stack(
        template=load(LOG_ARCHIVE.read_text(encoding="utf-8")),
        parameters={"PrincipalArn": HUB, "ExternalId": ARCHIVE_EXTERNAL_ID, **given},
        attributes={},
        account_id=ARCHIVE,
    )


@pytest.fixture
def world() -> Iterator[World]:
    with EmbeddedAws(lookup_rate=None) as aws:
        trail = open_trail(aws, bucket="management-events", bucket_region=REGION, prefix=PREFIX)
        trail.bucket.readers = set()
        trail.bucket.kms_key_arn = KEY
        end = aws.now().replace(minute=0, second=0, microsecond=0) - 4 * HOUR
        start = end - 3 * HOUR
        records = [event(f"event-{hour}", start + timedelta(hours=hour)) for hour in range(3)]
        files = TrailWriter(aws, trail).write(records)
        DigestWriter(aws, trail, DigestKeys(aws), account_id=HOME, region=REGION).write(start, end)
        yield World(aws, trail, files)


def verdicts(output: Output) -> list[str]:
    return [row["verdict"] for row in output.records("trail_digests")]


def test_both_roles_together_read_every_log_file_and_verify_every_digest(world: World, tmp_path: Path) -> None:
    world.deploy(LogArchiveRoleArn=ARCHIVE_ROLE)
    output = world.read(tmp_path)

    assert (output.exit_code, output.statuses, output.errors, output.warnings) == (0, COMPLETE, [], [])
    assert sorted(ids(output)) == ["event-0", "event-1", "event-2"]
    assert verdicts(output) == ["valid"] * 3


@pytest.mark.parametrize("action", ["s3:ListBucket", "s3:GetObject", "kms:Decrypt"])
def test_without_one_of_its_statements_both_streams_fail_and_name_what_is_missing(
    action: str, world: World, tmp_path: Path
) -> None:
    world.deploy(without=action, LogArchiveRoleArn=ARCHIVE_ROLE)
    output = world.read(tmp_path)

    assert output.exit_code == 1
    assert output.statuses == dict.fromkeys(STREAMS, "INCOMPLETE")
    assert {error["failure_type"] for error in output.errors} == {"config_error"}
    assert [error["message"] for error in output.errors if action not in error["message"]] == []
    assert [*output.records("audit_events"), *output.records("trail_digests")] == []


def test_a_hub_that_may_not_assume_the_role_is_told_which(world: World, tmp_path: Path) -> None:
    world.deploy()
    output = world.read(tmp_path)

    assert output.exit_code == 1
    assert [error["message"] for error in output.errors if ARCHIVE_ROLE not in error["message"]] == []


def test_a_log_file_that_was_deleted_is_missing_and_not_denied(world: World, tmp_path: Path) -> None:
    """S3 answers both alike to a role that may list some prefixes only."""
    world.deploy(LogArchiveRoleArn=ARCHIVE_ROLE)
    tampering.delete_log_file(world.trail, world.files[1])
    output = world.read(tmp_path)

    assert (output.exit_code, output.statuses) == (0, COMPLETE)
    assert verdicts(output) == ["valid", "file_missing", "valid"]


def test_a_digest_that_names_what_is_closed_to_the_role_costs_no_other(world: World, tmp_path: Path) -> None:
    world.deploy(LogArchiveRoleArn=ARCHIVE_ROLE)
    bucket = world.trail.bucket
    bucket.put("billing/2026.csv", b"x")
    key = max(filter(re.compile(DIGESTS).search, bucket.keys()))
    text = json.loads(gzip.decompress(bucket.planned(key).body))
    text["logFiles"][0]["s3Object"] = "billing/2026.csv"
    bucket.put(key, gzip.compress(json.dumps(text).encode()))
    output = world.read(tmp_path)

    assert (output.exit_code, output.statuses) == (0, COMPLETE)
    assert verdicts(output) == ["valid", "valid", "unsigned"]
    [forged] = [row for row in output.records("trail_digests") if row["digest_file"] == key]
    assert (forged["problems"], forged["files_concerned"]) == (["unsigned", "file_elsewhere"], ["billing/2026.csv"])


def test_a_trail_that_has_delivered_nothing_is_told_from_a_role_that_may_not_list(world: World, tmp_path: Path) -> None:
    world.deploy(LogArchiveRoleArn=ARCHIVE_ROLE)
    for key in [*world.trail.bucket.keys()]:
        world.trail.bucket.delete(key)
    output = world.read(tmp_path)

    assert output.exit_code == 1
    sentence = (
        f"has no log files of a trail under {PREFIX}/AWSLogs/[organization/]account/. There is: nothing else that"
    )
    assert [error["message"] for error in output.errors if sentence not in error["message"]] == []


def test_what_else_is_in_the_bucket_is_closed_to_the_role(world: World) -> None:
    world.deploy(LogArchiveRoleArn=ARCHIVE_ROLE)
    bucket = world.trail.bucket
    bucket.put("billing/2026.csv", b"x")
    hub = assume(world.aws, HUB, HUB_EXTERNAL_ID)
    sts = world.aws.client_of(hub, "sts")
    made = sts.assume_role(RoleArn=ARCHIVE_ROLE, RoleSessionName="test", ExternalId=ARCHIVE_EXTERNAL_ID)["Credentials"]
    key = type(hub)(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
    s3 = world.aws.client_of(key, "s3", REGION)

    assert s3.list_objects_v2(Bucket=bucket.name, Prefix=f"{PREFIX}/AWSLogs/")["KeyCount"] > 0
    for call, arguments in (
        (s3.list_objects_v2, {}),
        (s3.list_objects_v2, {"Prefix": "billing/"}),
        (s3.get_object, {"Key": "billing/2026.csv"}),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            call(Bucket=bucket.name, **arguments)
