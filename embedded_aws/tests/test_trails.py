"""CloudTrail's calls about trails: homes, shadows, members of an organization, and what is not there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws, Organization, StoppedClock
from embedded_aws.scenarios.trail_writer import TrailWriter, open_trail

HOME = "us-east-1"
ABROAD = "eu-west-1"
MEMBER = "333333333333"
NOON = datetime(2026, 1, 15, 12, tzinfo=timezone.utc)
ARN = "arn:aws:cloudtrail:us-east-1:123456789012:trail/all"


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(now=StoppedClock(NOON)) as embedded:
        yield embedded


def of(aws: EmbeddedAws, region: str = HOME) -> Any:
    return aws.client_of(aws.base_key, "cloudtrail", region)


def names(client: Any, **arguments: Any) -> list[str]:
    return [trail["Name"] for trail in client.describe_trails(**arguments)["trailList"]]


def error_of(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    code: str = caught.value.response["Error"]["Code"]
    return code


def test_a_trail_is_described(aws: EmbeddedAws) -> None:
    open_trail(aws, name="all", prefix="audit").bucket.kms_key_arn = "arn:aws:kms:us-east-1:222222222222:key/1"
    [trail] = of(aws).describe_trails()["trailList"]
    assert trail == {
        "Name": "all",
        "S3BucketName": "acme-cloudtrail-logs",
        "S3KeyPrefix": "audit",
        "IncludeGlobalServiceEvents": True,
        "IsMultiRegionTrail": True,
        "HomeRegion": HOME,
        "TrailARN": ARN,
        "LogFileValidationEnabled": True,
        "KmsKeyId": "arn:aws:kms:us-east-1:222222222222:key/1",
        "HasCustomEventSelectors": False,
        "HasInsightSelectors": False,
        "IsOrganizationTrail": False,
    }


def test_a_trail_of_all_regions_is_a_shadow_in_the_others(aws: EmbeddedAws) -> None:
    assert names(of(aws)) == []
    open_trail(aws, name="all")
    open_trail(aws, name="one", multi_region=False)
    assert (names(of(aws)), names(of(aws, ABROAD))) == (["all", "one"], ["all"])
    assert names(of(aws), includeShadowTrails=False) == ["all", "one"]
    assert names(of(aws, ABROAD), includeShadowTrails=False) == []


def test_trails_are_found_by_name_at_home_and_by_arn_everywhere(aws: EmbeddedAws) -> None:
    open_trail(aws, name="all")
    assert names(of(aws), trailNameList=["all", "unknown"]) == ["all"]
    assert names(of(aws, ABROAD), trailNameList=["all"]) == []
    assert names(of(aws, ABROAD), trailNameList=[ARN]) == ["all"]
    assert of(aws, ABROAD).get_trail_status(Name=ARN)["IsLogging"] is True
    assert error_of(of(aws, ABROAD).get_trail_status, Name="all") == "TrailNotFoundException"


def test_the_trail_of_the_organization_is_a_shadow_in_its_members(aws: EmbeddedAws) -> None:
    key = aws.open_account(MEMBER)
    stranger = aws.open_account("444444444444")
    aws.organize(Organization(accounts=[MEMBER]))
    open_trail(aws, name="all", organization=True)
    member = aws.client_of(key, "cloudtrail", HOME)
    [trail] = member.describe_trails()["trailList"]
    assert (trail["TrailARN"], trail["IsOrganizationTrail"]) == (ARN, True)
    assert names(member, includeShadowTrails=False) == []
    assert member.get_trail_status(Name=ARN)["IsLogging"] is True
    assert error_of(member.get_trail_status, Name="all") == "TrailNotFoundException"
    assert names(aws.client_of(stranger, "cloudtrail", HOME)) == []


def test_a_trail_of_an_organization_needs_one(aws: EmbeddedAws) -> None:
    with pytest.raises(ValueError, match="needs an organization"):
        open_trail(aws, organization=True)


def test_the_status_says_what_was_delivered_last_by_now(aws: EmbeddedAws) -> None:
    trail = open_trail(aws, name="all")
    client = of(aws)
    assert client.get_trail_status(Name="all")["StartLoggingTime"] == NOON - timedelta(days=365)
    assert "LatestDeliveryTime" not in client.get_trail_status(Name="all")
    writer = TrailWriter(aws, trail)
    record = {"eventID": "1", "eventTime": "2026-01-15T10:00:00Z", "awsRegion": HOME}
    [file] = writer.write([record])
    writer.write([record], late=timedelta(days=3))
    assert client.get_trail_status(Name="all")["LatestDeliveryTime"] == file.delivered_at
    trail.logging, trail.stopped_at, trail.delivery_error = False, NOON, "AccessDenied"
    status = client.get_trail_status(Name=ARN)
    assert (status["IsLogging"], status["StopLoggingTime"]) == (False, NOON)
    assert status["LatestDeliveryError"] == "AccessDenied"


def test_selectors(aws: EmbeddedAws) -> None:
    trail = open_trail(aws, name="all")
    client = of(aws)
    answer = client.get_event_selectors(TrailName="all")
    assert answer["TrailARN"] == ARN
    assert [one["IncludeManagementEvents"] for one in answer["EventSelectors"]] == [True]
    assert error_of(client.get_insight_selectors, TrailName="all") == "InsightNotEnabledException"
    assert error_of(client.get_event_selectors, TrailName="unknown") == "TrailNotFoundException"
    trail.advanced_selectors = [{"Name": "data", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}]
    trail.insight_types = ["ApiErrorRateInsight"]
    answer = client.get_event_selectors(TrailName="all")
    assert (answer["AdvancedEventSelectors"], "EventSelectors" in answer) == (trail.advanced_selectors, False)
    [insight] = client.get_insight_selectors(TrailName="all")["InsightSelectors"]
    assert insight == {"InsightType": "ApiErrorRateInsight"}


def test_each_call_needs_its_action(aws: EmbeddedAws) -> None:
    open_trail(aws, name="all").insight_types = ["ApiErrorRateInsight"]
    client = of(aws)
    calls: dict[str, tuple[Any, dict[str, str]]] = {
        "cloudtrail:DescribeTrails": (client.describe_trails, {}),
        "cloudtrail:GetTrailStatus": (client.get_trail_status, {"Name": "all"}),
        "cloudtrail:GetEventSelectors": (client.get_event_selectors, {"TrailName": "all"}),
        "cloudtrail:GetInsightSelectors": (client.get_insight_selectors, {"TrailName": "all"}),
        "cloudtrail:ListPublicKeys": (client.list_public_keys, {}),
    }
    for action, (call, arguments) in calls.items():
        aws.allow(action)
        assert call(**arguments)
        aws.allow(*(calls.keys() - {action}))
        assert error_of(call, **arguments) == "AccessDeniedException"
