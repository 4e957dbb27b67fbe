"""trails: every trail that an account sees is one row, whatever AWS denies or leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_aws_iam.cloudtrail.trails import EVENTS, INSIGHTS, STATUS, Trails
from unit_tests.iam.aws_answers import ACCOUNT_ID, DAY, Answers, OddAnswers
from unit_tests.inventory import slice_of

REGION = "us-east-1"
OTHER = "999999999999"
DENIED = "AccessDeniedException"
GONE = "TrailNotFoundException"
NO_INSIGHTS = "InsightNotEnabledException"
NEEDS = {"rows": [["cloudtrail.describe_trails"]]}


def arn(name: str, owner: str = ACCOUNT_ID, home: str = REGION) -> str:
    return f"arn:aws:cloudtrail:{home}:{owner}:trail/{name}"


def trail(name: str, owner: str = ACCOUNT_ID, home: str = REGION, **more: Any) -> dict[str, Any]:
    return {"Name": name, "TrailARN": arn(name, owner, home), "HomeRegion": home, "IsMultiRegionTrail": True, **more}


def table(trails: Any, status: Any = None, events: Any = None, insights: Any = NO_INSIGHTS) -> dict[str, Any]:
    """Answer the same for every trail, unless told otherwise by ARN."""

    def of_trail(answers: Any, name: str) -> Any:
        def answer(request: Mapping[str, Any]) -> Any:
            known = isinstance(answers, dict) and request[name] in answers
            return answers[request[name]] if known else answers

        return answer

    return {
        "DescribeTrails": {"trailList": trails} if isinstance(trails, list) else trails,
        "GetTrailStatus": of_trail(status or {"IsLogging": True}, "Name"),
        "GetEventSelectors": of_trail(events or {"EventSelectors": []}, "TrailName"),
        "GetInsightSelectors": of_trail(insights, "TrailName"),
    }


def read(answers: Answers) -> list[dict[str, Any]]:
    stream = Trails(name="trails", config=answers.config, needs=NEEDS, primary_key=["account_id", "trail_arn"])
    return [dict(row) for row in stream.read_records({}, slice_of(ACCOUNT_ID))]


def rows(*given: Any, **more: Any) -> list[dict[str, Any]]:
    return read(Answers(table(*given, **more), regions=[REGION]))


def test_a_row_has_the_trail_its_status_and_its_selectors() -> None:
    status = {"IsLogging": False, "StopLoggingTime": DAY, "LatestDeliveryError": "NoSuchBucket"}
    events = {"AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}]}
    insights = {"InsightSelectors": [{"InsightType": "ApiCallRateInsight"}]}
    [row] = rows([trail("all", S3BucketName="logs")], status, events, insights)
    assert row == {
        "account_id": ACCOUNT_ID,
        "partition": "aws",
        "region": REGION,
        "name": "all",
        "trail_arn": arn("all"),
        "home_region": REGION,
        "is_multi_region_trail": True,
        "s3_bucket_name": "logs",
        **dict.fromkeys(STATUS),
        "is_logging": False,
        "stop_logging_time": DAY,
        "latest_delivery_error": "NoSuchBucket",
        "event_selectors": None,
        "advanced_event_selectors": [{"field_selectors": [{"field": "eventCategory", "equals": ["Data"]}]}],
        "insight_selectors": [{"insight_type": "ApiCallRateInsight"}],
        "unavailable_fields": [],
    }


def test_a_trail_without_insights_has_none_and_hides_nothing() -> None:
    [row] = rows([trail("all")])
    assert (row["insight_selectors"], row["unavailable_fields"]) == ([], [])


@pytest.mark.parametrize(("number", "columns"), [*enumerate([STATUS, EVENTS, INSIGHTS])])
def test_what_is_denied_is_null_and_named_and_the_row_is_there(number: int, columns: tuple[str, ...]) -> None:
    answers: list[Any] = [{"IsLogging": True}, {"EventSelectors": []}, {"InsightSelectors": []}]
    answers[number] = DENIED
    for row in rows([trail("one"), trail("two")], *answers):
        assert {row[column] for column in columns} == {None}
        assert row["unavailable_fields"] == [*columns]


def test_trails_that_are_denied_are_a_failure_and_no_empty_list() -> None:
    with pytest.raises(AirbyteTracedException, match="cloudtrail:DescribeTrails"):
        rows(DENIED)


def test_what_is_denied_for_a_trail_of_another_account_is_not_denied_for_its_own() -> None:
    of_organization = arn("of-organization", OTHER)
    found = rows(
        [trail("of-organization", OTHER), trail("own")], {of_organization: DENIED, arn("own"): {"IsLogging": True}}
    )
    assert {row["name"]: row["is_logging"] for row in found} == {"own": True, "of-organization": None}


def test_a_trail_that_was_deleted_since_it_was_listed_is_left_out() -> None:
    found = rows([trail("gone"), trail("there")], {arn("gone"): GONE, arn("there"): {"IsLogging": True}})
    assert [row["name"] for row in found] == ["there"]


def test_a_trail_of_another_account_that_aws_lists_and_does_not_know_otherwise_is_a_row() -> None:
    [row] = rows([trail("of-organization", OTHER)], GONE, GONE, GONE)
    assert row["unavailable_fields"] == [*STATUS, *EVENTS, *INSIGHTS]


def test_a_trail_is_read_in_its_home_region_and_a_foreign_one_once() -> None:
    here, elsewhere, nowhere = trail("here"), trail("elsewhere", home="eu-west-1"), {"TrailARN": "made up"}
    found = rows([here, elsewhere, nowhere])
    assert {row["trail_arn"] for row in found} == {arn("here"), arn("elsewhere", home="eu-west-1"), "made up"}


def test_a_trail_without_an_arn_or_anything_else_is_a_row_with_a_key() -> None:
    [row] = read(OddAnswers(table([{"Name": "odd"}]), regions=[REGION]))
    assert row["trail_arn"].startswith("without-id-")
    assert row["unavailable_fields"] == [*STATUS, *EVENTS, *INSIGHTS]


@pytest.mark.parametrize("broken", ["DescribeTrails", "GetTrailStatus", "GetEventSelectors", "GetInsightSelectors"])
def test_an_answer_without_what_was_asked_for_is_broken(broken: str) -> None:
    with pytest.raises(AirbyteTracedException, match="not AWS's"):
        read(OddAnswers({**table([trail("all")]), broken: {}}, regions=[REGION]))
