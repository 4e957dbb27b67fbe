"""Embedded AWS's IAM Access Analyzer: analyzers and findings of a Region, in pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws, Fault, Seed

REGION = "us-east-1"
UNUSED = f"arn:aws:access-analyzer:{REGION}:123456789012:analyzer/unused"
EXTERNAL = UNUSED.replace("unused", "external")


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(seed=Seed(users=3, groups=1, events=0)) as embedded:
        yield embedded


def of(aws: EmbeddedAws, region: str = REGION) -> Any:
    return aws.client_of(aws.base_key, "accessanalyzer", region)


def error_of(call: Any, **arguments: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def test_analyzers_are_those_of_the_region_and_the_type(aws: EmbeddedAws) -> None:
    def names(region: str, **wanted: Any) -> list[str]:
        return [one["name"] for one in of(aws, region).list_analyzers(**wanted)["analyzers"]]

    assert names(REGION) == ["external", "unused"]
    assert names(REGION, type="ACCOUNT") == ["external"]
    assert names("eu-west-1") == ["internal"]
    assert names("ap-southeast-2") == []


def test_findings_come_a_hundred_a_page_and_each_once(aws: EmbeddedAws) -> None:
    first = of(aws).list_findings_v2(analyzerArn=UNUSED)
    rest = of(aws).list_findings_v2(analyzerArn=UNUSED, nextToken=first["nextToken"])
    ids = [finding["id"] for page in (first, rest) for finding in page["findings"]]
    assert (len(first["findings"]), len(ids), len(set(ids)), "nextToken" in rest) == (100, 130, 130, False)
    [_, unused] = aws.analyzers[aws.account_id, REGION]
    planted = min(unused.findings, key=lambda finding: finding["id"])
    assert first["findings"][0] == {name: value for name, value in planted.items() if name != "findingDetails"}


def test_a_page_has_one_to_a_hundred_and_its_token_is_good_for_nothing_else(aws: EmbeddedAws) -> None:
    client = of(aws)
    refused = ("ValidationException", 400)
    for size in (0, 101):
        assert error_of(client.list_findings_v2, analyzerArn=UNUSED, maxResults=size) == refused
        assert error_of(client.list_analyzers, maxResults=size) == refused
    token = client.list_findings_v2(analyzerArn=UNUSED, maxResults=1)["nextToken"]
    assert len(client.list_findings_v2(analyzerArn=UNUSED, maxResults=9, nextToken=token)["findings"]) == 9
    assert error_of(client.list_findings_v2, analyzerArn=EXTERNAL, nextToken=token) == refused
    assert error_of(client.list_analyzers, nextToken=token) == refused
    assert error_of(client.list_findings_v2, analyzerArn=UNUSED, nextToken="made-up") == refused


def test_a_finding_deleted_between_two_pages_hides_no_other(aws: EmbeddedAws) -> None:
    client = of(aws)
    [_, unused] = aws.analyzers[aws.account_id, REGION]
    first = client.list_findings_v2(analyzerArn=UNUSED, maxResults=50)
    seen = first["findings"][-1]["id"]
    unused.findings[:] = [finding for finding in unused.findings if finding["id"] != seen]
    ids = {one["id"] for one in first["findings"]}
    while token := first.get("nextToken"):
        first = client.list_findings_v2(analyzerArn=UNUSED, maxResults=50, nextToken=token)
        ids |= {one["id"] for one in first["findings"]}
    assert ids == {finding["id"] for finding in unused.findings} | {seen}


def test_a_finding_has_its_details_in_pages(aws: EmbeddedAws) -> None:
    client = of(aws)
    [external, _] = aws.analyzers[aws.account_id, REGION]
    planted = external.findings[0]
    answer = client.get_finding_v2(analyzerArn=EXTERNAL, id=planted["id"])
    assert {name: value for name, value in answer.items() if name != "ResponseMetadata"} == planted
    day = datetime(2026, 1, 1, tzinfo=timezone.utc)
    planted["findingDetails"] = [{"unusedIamRoleDetails": {"lastAccessed": day}}] * 3
    first = client.get_finding_v2(analyzerArn=EXTERNAL, id=planted["id"], maxResults=2)
    rest = client.get_finding_v2(analyzerArn=EXTERNAL, id=planted["id"], maxResults=2, nextToken=first["nextToken"])
    assert first["findingDetails"] + rest["findingDetails"] == planted["findingDetails"]


def test_what_is_not_there_is_not_found(aws: EmbeddedAws) -> None:
    missing = ("ResourceNotFoundException", 404)
    assert error_of(of(aws).list_findings_v2, analyzerArn=EXTERNAL + "x") == missing
    assert error_of(of(aws, "eu-west-1").list_findings_v2, analyzerArn=EXTERNAL) == missing
    assert error_of(of(aws).get_finding_v2, analyzerArn=EXTERNAL, id="none") == missing
    with EmbeddedAws(regions=[REGION]) as other:
        assert error_of(of(other, "eu-west-1").list_analyzers) == ("UnrecognizedClientException", 403)


def test_actions_are_named_as_iam_names_them_and_denied_as_the_service_denies(aws: EmbeddedAws) -> None:
    client = of(aws)
    aws.allow("access-analyzer:ListFindings", "access-analyzer:ListAnalyzers")
    finding = client.list_findings_v2(analyzerArn=EXTERNAL)["findings"][0]["id"]
    assert error_of(client.get_finding_v2, analyzerArn=EXTERNAL, id=finding) == ("AccessDeniedException", 403)
    aws.allow("access-analyzer:GetFinding")
    assert client.get_finding_v2(analyzerArn=EXTERNAL, id=finding)["id"] == finding
    assert error_of(client.list_findings_v2, analyzerArn=EXTERNAL) == ("AccessDeniedException", 403)
    assert aws.requests[aws.account_id, REGION, "access-analyzer:GetFinding"] == 2


def test_a_wrong_secret_and_a_throttled_call_are_answered_as_rest_services_do(aws: EmbeddedAws) -> None:
    stranger = type(aws.base_key)(aws.base_key.access_key_id, "wrong")
    client = aws.client_of(stranger, "accessanalyzer", REGION)
    assert error_of(client.list_analyzers) == ("InvalidSignatureException", 403)
    aws.fail(Fault("access-analyzer:ListFindings", "throttle"))
    assert error_of(of(aws).list_findings_v2, analyzerArn=EXTERNAL) == ("ThrottlingException", 429)


@pytest.mark.parametrize("more", [{"filter": {"status": {"eq": ["ACTIVE"]}}}, {"sort": {"orderBy": "ASC"}}])
def test_what_is_not_served_is_refused(more: dict[str, Any], aws: EmbeddedAws) -> None:
    assert error_of(of(aws).list_findings_v2, analyzerArn=EXTERNAL, **more) == ("NotImplemented", 501)
