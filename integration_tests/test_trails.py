"""trails, compared with the ground truth, and with failures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAws, Fault, Seed
from embedded_aws.control.faults import Kind
from embedded_aws.scenarios.company import company
from embedded_aws.scenarios.trail_writer import open_trail
from embedded_aws.truth import truth_of
from embedded_aws.truth.comparison import first_differences
from integration_tests.conftest import FAST
from integration_tests.connector import Json, Output, read
from integration_tests.test_check import check
from integration_tests.test_read import assert_complete, tables
from source_aws_iam.cloudtrail.trails import EVENTS, INSIGHTS, STATUS

STREAMS = ["trails"]
CALLS = {
    "cloudtrail:GetTrailStatus": STATUS,
    "cloudtrail:GetEventSelectors": EVENTS,
    "cloudtrail:GetInsightSelectors": INSIGHTS,
}


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    """Three trails: of all Regions, of one, and one that has stopped, with all that a trail may have."""
    with EmbeddedAws(seed=Seed(users=3, groups=1, events=0), lookup_rate=None) as embedded:
        open_trail(embedded, name="every-region").insight_types = ["ApiCallRateInsight"]
        open_trail(embedded, name="one-region", home_region="eu-west-1", multi_region=False, prefix="audit")
        stopped = open_trail(embedded, name="stopped", home_region="eu-west-1")
        stopped.logging, stopped.stopped_at = False, embedded.now().replace(microsecond=0)
        stopped.delivery_error, stopped.digest_error, stopped.validated = "NoSuchBucket", "AccessDenied", False
        stopped.advanced_selectors = [
            {"Name": "objects", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}
        ]
        yield embedded


def names(output: Output) -> list[str]:
    return sorted(row["name"] for row in output.records("trails"))


def test_each_trail_is_read_once_in_its_home_region(aws: EmbeddedAws, tmp_path: Path) -> None:
    output = read(aws.config(**FAST), tmp_path, streams=STREAMS)
    assert_complete(aws, output, STREAMS)
    assert names(output) == ["every-region", "one-region", "stopped"]
    asked = {(region, action): count for (_, region, action), count in aws.requests.items() if "trail:" in action}
    assert asked == {
        **{(region, "cloudtrail:DescribeTrails"): 1 for region in aws.regions},
        **{("us-east-1", action): 1 for action in CALLS},
        **{("eu-west-1", action): 2 for action in CALLS},
    }


def test_a_trail_whose_home_region_is_not_read_is_in_the_first_region_that_lists_it(
    aws: EmbeddedAws, tmp_path: Path
) -> None:
    regions = [region for region in aws.regions if region not in {"us-east-1", "eu-west-1"}][:1]
    output = read(aws.config(**FAST, regions=["us-east-1", *regions]), tmp_path, streams=STREAMS)
    assert output.statuses == {"trails": "COMPLETE"}
    found = {row["name"]: row["region"] for row in output.records("trails")}
    assert found == {"every-region": "us-east-1", "stopped": "us-east-1"}


@pytest.mark.parametrize("action", CALLS)
def test_columns_whose_call_is_denied_are_named_in_each_row_and_by_check(
    action: str, aws: EmbeddedAws, tmp_path: Path
) -> None:
    aws.fail(Fault(action=action, kind="access_denied", times=None))
    output = read(aws.config(**FAST), tmp_path, streams=[*STREAMS, "sync_coverage"])
    assert output.statuses["trails"] == "COMPLETE"
    assert names(output) == ["every-region", "one-region", "stopped"]
    for row in output.records("trails"):
        assert row["unavailable_fields"] == [*CALLS[action]]
        assert {row.get(column) for column in CALLS[action]} == {None}
    missing = {row.get("missing_action") for row in output.records("sync_coverage") if row["rows_read"]}
    assert missing == {action}
    status, message = check(aws.config(**FAST), tmp_path)
    assert status == "SUCCEEDED"
    assert "Can be read without some columns: trails" in message


@pytest.mark.parametrize(("kind", "type_"), [("access_denied", "config_error"), ("truncated_body", "transient_error")])
def test_a_region_that_fails_is_named_and_the_others_are_read(
    kind: Kind, type_: str, aws: EmbeddedAws, tmp_path: Path
) -> None:
    aws.fail(Fault(action="cloudtrail:DescribeTrails", kind=kind, times=None, region="us-east-1"))
    output = read(aws.config(**FAST), tmp_path, streams=STREAMS)
    assert (output.exit_code, output.statuses) == (1, {"trails": "INCOMPLETE"})
    assert names(output) == ["one-region", "stopped"]
    [error] = output.errors
    assert error["failure_type"] == type_
    assert "trails: 1 of 3 Regions could not be read: Region us-east-1 of account" in error["message"]


def test_a_trail_that_is_deleted_after_it_was_listed_is_told_and_no_failure(aws: EmbeddedAws, tmp_path: Path) -> None:
    config: Json = aws.config(**FAST, regions=["us-east-1"])
    aws.after("cloudtrail:DescribeTrails", 1, lambda: aws.trails.pop(0))
    output = read(config, tmp_path, streams=STREAMS)
    assert output.statuses == {"trails": "COMPLETE"}
    assert names(output) == ["stopped"]
    assert any("1 trails of account 123456789012 were deleted while they were read" in text for text in output.log)


def test_a_trail_of_the_organization_is_a_row_of_each_account_that_sees_it(tmp_path: Path) -> None:
    """As a member of the organization: it sees the trail of the management account, and none of its own."""
    with EmbeddedAws(seed=Seed(users=1, groups=0, events=0), lookup_rate=None) as aws:
        aws.organize(company([aws.account_id], "222222222222"))
        open_trail(aws, name="of-organization", organization=True)
        output = read(aws.config(**FAST), tmp_path, streams=STREAMS)
        assert output.statuses == {"trails": "COMPLETE"}
        assert first_differences(truth_of(aws, STREAMS), tables(output, STREAMS)) == []
        [row] = output.records("trails")
        assert row["is_organization_trail"]
        aws.fail(Fault(action="cloudtrail:GetTrailStatus", kind="access_denied", times=None))
        [row] = read(aws.config(**FAST), tmp_path, streams=STREAMS).records("trails")
        assert row["unavailable_fields"] == [*STATUS]
