"""access_analyzer_findings, compared with the ground truth, and with failures."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Fault, Seed
from embedded_aws.control.faults import Kind
from embedded_aws.server.calls import Answer, Call
from integration_tests.conftest import FAST
from integration_tests.connector import Output, read
from integration_tests.test_check import check
from integration_tests.test_read import assert_complete

STREAMS = ["access_analyzer_findings"]
ANALYZERS, FINDINGS, FINDING = (f"access-analyzer:{name}" for name in ("ListAnalyzers", "ListFindings", "GetFinding"))
ONE = {"regions": ["us-east-1"]}


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(seed=Seed(users=3, groups=1, events=0), lookup_rate=None) as embedded:
        yield embedded


def ids_of(output: Output) -> set[str]:
    return {row["finding_id"] for row in output.records("access_analyzer_findings")}


def changing(change: Callable[[dict[str, Any]], object]) -> Callable[[Call, Answer], Answer]:
    """Return a rewrite that changes the JSON of an answer."""

    def rewrite(_: Call, answer: Answer) -> Answer:
        content = json.loads(answer.body)
        change(content)
        return replace(answer, body=json.dumps(content).encode())

    return rewrite


def test_the_findings_of_all_analyzers_and_regions_are_read_page_by_page(aws: EmbeddedAws, tmp_path: Path) -> None:
    output = read(aws.config(**FAST), tmp_path, streams=STREAMS)
    assert_complete(aws, output, STREAMS)
    assert len(output.records("access_analyzer_findings")) == 133
    asked = {(region, action): count for (_, region, action), count in aws.requests.items() if "analyzer" in action}
    assert asked == {
        **{(region, ANALYZERS): 1 for region in aws.regions},
        # One page of three findings, and two of 130.
        ("us-east-1", FINDINGS): 3,
        ("eu-west-1", FINDINGS): 1,
    }


def test_details_are_those_that_aws_has_where_the_form_asks_for_them(aws: EmbeddedAws, tmp_path: Path) -> None:
    output = read(aws.config(**FAST, include_finding_details=True), tmp_path, streams=STREAMS)
    by_kind = {
        (row["finding_type"], kind): detail
        for row in output.records("access_analyzer_findings")
        for one in row["details"]
        for kind, detail in one.items()
    }
    assert {kind for _, kind in by_kind} == {
        "external_access_details",
        "unused_iam_role_details",
        "unused_permission_details",
    }
    external = by_kind["ExternalAccess", "external_access_details"]
    assert external["principal"] in ({"AWS": "444455556666"}, {"AWS": "*"})
    assert "details" not in {name for row in output.records(STREAMS[0]) for name in row["unavailable_fields"]}
    assert aws.requests[aws.account_id, "us-east-1", FINDING] == 133


def test_details_that_are_denied_are_named_in_each_row_and_by_check(aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.fail(Fault(action=FINDING, kind="access_denied", times=None))
    config = aws.config(**FAST, include_finding_details=True)
    output = read(config, tmp_path, streams=STREAMS)
    assert output.statuses == {STREAMS[0]: "COMPLETE"}
    assert len(ids_of(output)) == 133
    assert {tuple(row["unavailable_fields"]) for row in output.records(STREAMS[0])} == {("details",)}
    assert {row.get("details") for row in output.records(STREAMS[0])} == {None}
    status, message = check(config, tmp_path)
    assert status == "SUCCEEDED"
    assert "Can be read without some columns: access_analyzer_findings" in message


@pytest.mark.parametrize("kind", ["throttle", "reset", "expired_token"])
def test_what_passes_is_retried(kind: Kind, aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.fail(Fault(action=FINDINGS, kind=kind, times=1))
    assert_complete(aws, read(aws.config(**FAST), tmp_path, streams=STREAMS), STREAMS)


@pytest.mark.parametrize("action", [ANALYZERS, FINDINGS])
@pytest.mark.parametrize(("kind", "type_"), [("access_denied", "config_error"), ("truncated_body", "transient_error")])
def test_a_region_that_fails_is_named_and_the_others_are_read(
    kind: Kind, type_: str, action: str, aws: EmbeddedAws, tmp_path: Path
) -> None:
    [external, _] = aws.analyzers[aws.account_id, "us-east-1"]
    [internal] = aws.analyzers[aws.account_id, "eu-west-1"]
    internal.findings.append(external.findings[0])
    aws.fail(Fault(action=action, kind=kind, times=None, region="us-east-1"))
    output = read(aws.config(**FAST), tmp_path, streams=STREAMS)
    assert (output.exit_code, output.statuses) == (1, {STREAMS[0]: "INCOMPLETE"})
    assert ids_of(output) == {external.findings[0]["id"]}
    [error] = output.errors
    assert error["failure_type"] == type_
    named = f"{STREAMS[0]}: 1 of 3 Regions could not be read: Region us-east-1 of account 123456789012. "
    assert error["message"].startswith(named)
    assert action in error["message"]


def test_a_broken_page_two_is_a_failure_and_not_a_short_list(aws: EmbeddedAws, tmp_path: Path) -> None:
    def breaking(call: Call, answer: Answer) -> Answer:
        return replace(answer, body=b"{}") if "nextToken" in call.params else answer

    aws.rewrite(FINDINGS, breaking)
    output = read(aws.config(**FAST, **ONE), tmp_path, streams=STREAMS)
    assert output.statuses == {STREAMS[0]: "INCOMPLETE"}
    [error] = output.errors
    assert error["failure_type"] == "transient_error"
    assert f"{FINDINGS} in account 123456789012, Region us-east-1" in error["message"]


def test_an_analyzer_that_is_deleted_after_it_was_listed_is_told_and_no_failure(
    aws: EmbeddedAws, tmp_path: Path
) -> None:
    held = aws.analyzers[aws.account_id, "us-east-1"]
    aws.after(ANALYZERS, 1, lambda: held.pop(0))
    output = read(aws.config(**FAST, **ONE), tmp_path, streams=STREAMS)
    assert output.statuses == {STREAMS[0]: "COMPLETE"}
    assert ids_of(output) == {finding["id"] for finding in held[0].findings}
    assert any("1 analyzers of account 123456789012 were deleted while they were read" in text for text in output.log)


def test_an_odd_finding_is_a_row_and_costs_no_other(aws: EmbeddedAws, tmp_path: Path) -> None:
    def odd(content: dict[str, Any]) -> None:
        content["findings"][0].update(createdAt="yesterday", status={"a": 1}, resource="nul\0\ud800", new="x")

    aws.rewrite(FINDINGS, changing(odd))
    output = read(aws.config(**FAST, **ONE), tmp_path, streams=STREAMS)
    assert output.statuses == {STREAMS[0]: "COMPLETE"}
    assert len(ids_of(output)) == 133
    changed = [row for row in output.records(STREAMS[0]) if row["status"] == '{"a": 1}']
    assert changed
    assert {row.get("created_at") for row in changed} == {None}
    assert any("the value 'yesterday' of createdAt cannot be parsed" in text for text in output.warnings)


def test_check_says_which_permission_is_missing(aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.fail(Fault(action=FINDINGS, kind="access_denied", times=None))
    status, message = check(aws.config(**FAST), tmp_path)
    assert status == "SUCCEEDED"
    assert "access_analyzer_findings" in message
    assert FINDINGS in message
