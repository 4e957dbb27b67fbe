"""`make sync EVENTS=DIR`: a folder of the user's own log files, also as those of a trail."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Seed
from embedded_aws.scenarios.company import open_company
from embedded_aws.scenarios.seed_identity_center import People
from embedded_aws.scenarios.trail_writer import log_text
from embedded_aws.server.trail_files import UnreadableFileError
from embedded_aws.truth.comparison import first_differences
from embedded_aws.truth.many_accounts import truth_of_accounts
from embedded_aws.truth.trail import read_from_trail
from integration_tests.connector import read
from integration_tests.sync.__main__ import main
from integration_tests.sync.embedded import EXTERNAL_ID, organization_config
from integration_tests.sync.trail import OrganizationTrail
from integration_tests.test_incremental import ids
from integration_tests.test_read import tables

PROJECT = Path(__file__).parent.parent
STREAMS = ["audit_events", "trail_digests"]
LOGIN_TO = "https://console.aws.amazon.com/console/home?region=us-east-1&state=hashArgs%23&isauthcode=true"
RECORD = {
    "eventVersion": "1.08",
    "eventTime": "2023-07-10T11:00:00Z",
    "eventName": "ListUsers",
    "eventSource": "iam.amazonaws.com",
    "awsRegion": "us-east-1",
    "eventCategory": "Management",
    "recipientAccountId": "218007301253",
}
GIVEN: list[dict[str, Any]] = [
    {"eventID": "usual", **RECORD},
    {"eventID": "usual", **RECORD},
    {"eventID": "abroad", **RECORD, "awsRegion": "eu-west-1"},
    {"eventID": "forgotten", **RECORD, "eventTime": "2023-01-10T11:00:00Z"},
    {"eventID": "data", **RECORD, "eventCategory": "Data", "managementEvent": False},
    {"eventID": "sign-in", **RECORD, "eventName": "ConsoleLogin", "additionalEventData": {"LoginTo": LOGIN_TO}},
    RECORD,
    {"eventID": "insight", **RECORD, "eventCategory": "Insight"},
]
CUT_OFF = gzip.compress(log_text(GIVEN))[:-9]


def test_given_records_are_delivered_as_log_files_of_a_trail_and_read_from_there(tmp_path: Path) -> None:
    (tmp_path / "1.json.gz").write_bytes(gzip.compress(log_text(GIVEN)))
    with EmbeddedAws(seed=Seed(users=5, groups=1, events=0), lookup_rate=None) as aws:
        accounts = open_company(aws, EXTERNAL_ID, People(people=5, groups=2), sign_ins=False)
        given = {record["eventID"]: record for record in aws.events.load_folder(tmp_path)}
        trail = OrganizationTrail(aws, accounts, [*given.values()])
        assert trail.deliver() > len(given)
        assert trail.deliver() == 0
        truth = read_from_trail(aws, truth_of_accounts(aws, accounts))
        output = read(organization_config(aws, audit_source=trail.config), tmp_path, streams=STREAMS)
    assert (output.exit_code, output.errors, output.warnings) == (0, [], [])
    assert first_differences({stream: truth[stream] for stream in STREAMS}, tables(output, STREAMS)) == []
    of_home = {row["event_id"] for row in output.records("audit_events") if row["account_id"] == aws.account_id}
    assert of_home == given.keys() - {"insight"}
    assert len(ids(output)) > len(of_home), "the other accounts have events of their own"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "holds no CloudTrail log files: no .json or .json.gz file with Records."),
        ("{", "1.json is no JSON, or cannot be read: "),
    ],
    ids=["no folder", "no JSON"],
)
def test_a_folder_that_cannot_be_played_is_told_in_a_sentence(
    content: str | None, sentence: str, tmp_path: Path
) -> None:
    folder = tmp_path / "given"
    if content is not None:
        folder.mkdir()
        (folder / "1.json").write_text(content)
    command = [sys.executable, "-m", "integration_tests.sync", "--events", str(folder), "--trail"]
    env = {**os.environ, "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("1.json.gz", CUT_OFF, "1.json.gz is no JSON, or cannot be read: "),
        ("1.json", CUT_OFF, "1.json is no JSON, or cannot be read: "),
        ("1.json", log_text([RECORD, {**RECORD, "awsRegion": None}]), "Record 2 of .*1.json has no valid awsRegion."),
        ("1.json", log_text([{**RECORD, "eventTime": "x"}]), "Record 1 of .*1.json has no valid eventTime."),
        ("1.json", log_text([None]), "Record 1 of .*1.json has no valid eventTime or awsRegion."),
    ],
    ids=["cut off", "compressed", "no Region", "no time", "no object"],
)
def test_a_file_that_cannot_be_played_is_named(
    name: str, content: bytes, sentence: str, empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableFileError, match=sentence):
        empty_aws.events.load_folder(tmp_path)


@pytest.mark.parametrize("content", ["[]", "{}", '{"Records": {"a": 1}}'])
def test_other_json_than_that_of_log_files_is_passed_over(content: str, empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text(content)
    assert empty_aws.events.load_folder(tmp_path) == []


def test_an_account_of_yours_and_events_of_embedded_aws_do_not_go_together(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--config", "config.json", "--trail"])
    assert "leave out --events and --trail" in capsys.readouterr().err
