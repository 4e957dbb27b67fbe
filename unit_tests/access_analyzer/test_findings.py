"""access_analyzer_findings: every finding of every analyzer is a row, in whatever shape AWS answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_aws_iam.access_analyzer.findings import Findings
from unit_tests.iam.aws_answers import ACCOUNT_ID, DAY, Answers, OddAnswers
from unit_tests.inventory import slice_of

REGION = "us-east-1"
ARN = f"arn:aws:access-analyzer:{REGION}:{ACCOUNT_ID}:analyzer/"
NEEDS = {"rows": [["accessanalyzer.list_analyzers", "accessanalyzer.list_findings_v2"]]}
DENIED = "AccessDeniedException"
GONE = "ResourceNotFoundException"


def analyzer(name: str, kind: str = "ACCOUNT") -> dict[str, Any]:
    return {"arn": ARN + name, "name": name, "type": kind, "createdAt": DAY, "status": "ACTIVE"}


def finding(finding_id: str, **more: Any) -> dict[str, Any]:
    times = dict.fromkeys(("createdAt", "updatedAt", "analyzedAt"), DAY)
    about = {"resourceType": "AWS::S3::Bucket", "resourceOwnerAccount": ACCOUNT_ID, "status": "ACTIVE"}
    return {"id": finding_id, **about, **times, **more}


def table(analyzers: Any, findings: Mapping[str, Any], details: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Answer by the name of the analyzer, and the id of the finding. A list of findings is one page."""

    def of_analyzer(request: Mapping[str, Any]) -> Any:
        found = findings[request["analyzerArn"].removeprefix(ARN)]
        if isinstance(found, dict):
            return found[request.get("nextToken", "")]
        return {"findings": found} if isinstance(found, list) else found

    def of_finding(request: Mapping[str, Any]) -> Any:
        found = (details or {})[request["id"]]
        return {**finding(request["id"]), "findingDetails": found} if isinstance(found, list) else found

    return {"ListAnalyzers": {"analyzers": analyzers}, "ListFindingsV2": of_analyzer, "GetFindingV2": of_finding}


def rows(answers: Answers) -> list[dict[str, Any]]:
    stream = Findings(
        name="access_analyzer_findings",
        config=answers.config,
        needs=NEEDS,
        primary_key=["analyzer_arn", "finding_id"],
    )
    return [dict(row) for row in stream.read_records({}, slice_of(ACCOUNT_ID))]


def read(*given: Any, make: Callable[..., Answers] = Answers, **config: Any) -> list[dict[str, Any]]:
    return rows(make(table(*given), regions=[REGION], **config))


def test_a_row_has_what_is_known_of_the_finding_and_of_its_analyzer() -> None:
    found = finding("1", findingType="UnusedIAMRole", resource="arn:aws:iam::123456789012:role/app")
    [row] = read([analyzer("unused", "ACCOUNT_UNUSED_ACCESS")], {"unused": [found]})
    assert row == {
        "account_id": ACCOUNT_ID,
        "partition": "aws",
        "region": REGION,
        "analyzer_arn": f"{ARN}unused",
        "analyzer_name": "unused",
        "analyzer_type": "ACCOUNT_UNUSED_ACCESS",
        "finding_id": "1",
        "finding_type": "UnusedIAMRole",
        "resource": found["resource"],
        "resource_type": "AWS::S3::Bucket",
        "resource_owner_account": ACCOUNT_ID,
        "status": "ACTIVE",
        **dict.fromkeys(("created_at", "updated_at", "analyzed_at"), DAY),
        "details": None,
        "unavailable_fields": (),
    }


def test_every_page_of_every_analyzer_of_every_kind_is_read_a_hundred_at_a_time() -> None:
    pages = {"": {"findings": [finding("1")], "nextToken": "t"}, "t": {"findings": [], "nextToken": "u"}}
    findings = {"a": {**pages, "u": {"findings": [finding("2")]}}, "b": [finding("1")], "empty": []}
    kinds = {"a": "ORGANIZATION", "b": "A_KIND_OF_TOMORROW", "empty": "ACCOUNT_INTERNAL_ACCESS"}
    answers = Answers(table([analyzer(name, kind) for name, kind in kinds.items()], findings), regions=[REGION])
    found = [(row["analyzer_name"], row["analyzer_type"], row["finding_id"]) for row in rows(answers)]
    assert found == [("a", "ORGANIZATION", "1"), ("a", "ORGANIZATION", "2"), ("b", "A_KIND_OF_TOMORROW", "1")]
    assert {request["maxResults"] for operation, request in answers.asked if operation.startswith("List")} == {100}


def test_a_region_without_analyzers_has_no_rows() -> None:
    assert read([], {}) == []


def test_an_analyzer_that_was_deleted_since_it_was_listed_is_no_failure() -> None:
    assert [row["finding_id"] for row in read([analyzer("a"), analyzer("b")], {"a": GONE, "b": [finding("1")]})] == [
        "1"
    ]


def test_denied_is_never_empty() -> None:
    denied = table([analyzer("a")], {"a": DENIED})
    for answers in (denied, {"ListAnalyzers": DENIED}):
        with pytest.raises(AirbyteTracedException, match="Region us-east-1 of account 123456789012"):
            rows(Answers(answers, regions=[REGION]))


@pytest.mark.parametrize("answer", [{"nextToken": "t"}, {}])
def test_an_answer_without_a_list_is_broken(answer: Any) -> None:
    for broken in ({"ListAnalyzers": answer}, {**table([analyzer("a")], {}), "ListFindingsV2": answer}):
        with pytest.raises(AirbyteTracedException, match="not AWS's"):
            rows(OddAnswers(broken, regions=[REGION]))


def test_an_analyzer_without_an_arn_is_a_broken_answer_and_not_one_without_findings() -> None:
    unnamed = {name: value for name, value in analyzer("a").items() if name != "arn"}
    with pytest.raises(AirbyteTracedException, match="access-analyzer:ListAnalyzers"):
        read([analyzer("b"), unnamed], {"b": []}, make=OddAnswers)


@pytest.mark.parametrize("include_finding_details", [False, True])
def test_a_finding_without_an_id_or_anything_else_is_a_row_with_a_key(include_finding_details: bool) -> None:
    found = read(
        [{"arn": f"{ARN}a"}],
        {"a": [{"status": "ACTIVE"}]},
        make=OddAnswers,
        include_finding_details=include_finding_details,
    )
    [row] = found
    assert row["finding_id"].startswith("without-id-")
    assert (row["analyzer_type"], row["status"], row["details"]) == (None, "ACTIVE", None)
    assert [*row["unavailable_fields"]] == ["details"] * include_finding_details


def test_details_are_asked_for_where_the_form_says_so() -> None:
    details = [
        {"externalAccessDetails": {"condition": {"aws:SourceIp": "x"}, "principal": {"AWS": "*"}, "isPublic": True}},
        {"unusedIamRoleDetails": {"lastAccessed": DAY}},
    ]
    [row] = read([analyzer("a")], {"a": [finding("1")]}, {"1": details}, include_finding_details=True)
    of_access = {"condition": {"aws:SourceIp": "x"}, "principal": {"AWS": "*"}, "is_public": True}
    assert row["details"] == [
        {"external_access_details": of_access},
        {"unused_iam_role_details": {"last_accessed": DAY}},
    ]
    assert row["unavailable_fields"] == []


def test_details_that_aws_denies_are_named_and_all_rows_are_there() -> None:
    details = {"1": DENIED, "2": []}
    found = read([analyzer("a")], {"a": [finding("1"), finding("2")]}, details, include_finding_details=True)
    assert [(row["finding_id"], row["details"], row["unavailable_fields"]) for row in found] == [
        ("1", None, ["details"]),
        ("2", None, ["details"]),
    ]


def test_a_finding_that_was_deleted_before_its_details_were_read_is_absent() -> None:
    findings = {"a": [finding("1"), finding("2")]}
    found = read([analyzer("a")], findings, {"1": GONE, "2": []}, include_finding_details=True)
    assert [(row["finding_id"], row["details"]) for row in found] == [("2", [])]
