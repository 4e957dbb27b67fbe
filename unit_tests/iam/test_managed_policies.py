"""Managed policies and their documents, by bulk call or per-entity calls, and absent ones."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aws_calls.errors import AwsError
from source_aws_iam.iam.managed_policies import default_version, policies, unused_aws_policies
from unit_tests.iam.aws_answers import DENIED, GONE, IAM, Answers, details, paged

BULK = "GetAccountAuthorizationDetails"
OWN, AWS = f"{IAM}:policy/own", "arn:aws:iam::aws:policy/ReadOnlyAccess"


def policy(arn: str = OWN, default: str = "v2", **more: Any) -> dict[str, Any]:
    return {"Arn": arn, "PolicyId": f"ANPA{arn[-12:]:0>16}", "PolicyName": "p", "DefaultVersionId": default, **more}


def version(number: int, *, default: bool = False) -> dict[str, Any]:
    document = json.dumps({"Id": str(number)})
    return {"VersionId": f"v{number}", "IsDefaultVersion": default, "Document": document}


def listing(*own: Any, aws: Any = ()) -> Any:
    return lambda request: {"Policies": list(own if request["Scope"] == "Local" else aws), "IsTruncated": False}


def versions(*left: int) -> Any:
    """Answer GetPolicyVersion for the versions that are there."""

    def answer(request: Any) -> Any:
        number = int(request["VersionId"].removeprefix("v"))
        return {"PolicyVersion": version(number)} if number in left else GONE

    return answer


def listed(*numbers: int, default: int) -> Any:
    every = [{"VersionId": f"v{n}", "IsDefaultVersion": n == default} for n in numbers]
    return paged("Versions", every)


def one_by_one(**table: Any) -> Answers:
    return Answers({BULK: DENIED, "ListPolicies": listing(policy()), **table})


def shown(row: Any) -> list[tuple[str, bool, Any]]:
    every = row["policy_version_list"]
    return [(v["version_id"], v["is_default_version"], (v["document"] or {}).get("Id")) for v in every]


def test_in_bulk_the_customers_policies_keep_all_versions_and_those_of_aws_the_one_in_force() -> None:
    every = [version(1), version(2, default=True), version(3)]
    bulk = details(policies=[policy(PolicyVersionList=every), policy(AWS, PolicyVersionList=every)])
    found = policies(Answers({BULK: bulk}).iam)
    assert [v["version_id"] for v in found[OWN]["policy_version_list"]] == ["v1", "v2", "v3"]
    assert [v["version_id"] for v in found[AWS]["policy_version_list"]] == ["v2"]
    assert default_version(found[AWS])["document"] == {"Id": "2"}


def test_one_by_one_is_the_same() -> None:
    own, aws = policy(), policy(AWS)
    table = {"ListPolicyVersions": listed(1, 2, default=2), "GetPolicyVersion": versions(1, 2)}
    found = policies(one_by_one(ListPolicies=listing(own, aws=[aws]), **table).iam)
    assert shown(found[OWN]) == [("v1", False, "1"), ("v2", True, "2")]
    assert shown(found[AWS]) == [("v2", True, "2")]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"ListPolicyVersions": DENIED, "GetPolicyVersion": versions(1, 2)}, [("v2", True, "2")]),
        ({"ListPolicyVersions": listed(2, default=2), "GetPolicyVersion": DENIED}, [("v2", True, None)]),
        # An old version is deleted after it was listed.
        ({"ListPolicyVersions": listed(1, 2, default=2), "GetPolicyVersion": versions(2)}, [("v2", True, "2")]),
        # v3 comes into force, and v2 is deleted.
        (
            {
                "ListPolicyVersions": listed(1, 2, default=2),
                "GetPolicyVersion": versions(1, 3),
                "GetPolicy": {"Policy": policy(default="v3")},
            },
            [("v1", False, "1"), ("v3", True, "3")],
        ),
        (
            {"ListPolicyVersions": DENIED, "GetPolicyVersion": versions(3), "GetPolicy": {"Policy": policy()}},
            [("v2", True, None)],
        ),
        (
            {"ListPolicyVersions": listed(2, default=2), "GetPolicyVersion": versions(3), "GetPolicy": DENIED},
            [("v2", True, None)],
        ),
        ({"ListPolicyVersions": GONE}, None),
        ({"ListPolicyVersions": DENIED, "GetPolicyVersion": GONE, "GetPolicy": GONE}, None),
    ],
)
def test_a_version_that_is_gone_does_not_take_its_policy_along(table: Any, expected: Any) -> None:
    found = policies(one_by_one(**table).iam)
    if expected is None:
        assert OWN not in found
    else:
        assert shown(found[OWN]) == expected
        hidden = ["unavailable_fields" in v for v in found[OWN]["policy_version_list"]]
        assert hidden == [document is None for _, _, document in expected]


def test_where_both_ways_are_refused_there_is_a_refusal_and_no_empty_list() -> None:
    for table in ({BULK: DENIED}, {BULK: paged("Policies", [], DENIED)}):
        with pytest.raises(AwsError, match="iam:GetAccountAuthorizationDetails"):
            policies(Answers({"ListPolicies": DENIED, **table}).iam)


def test_the_other_policies_of_aws_are_those_that_are_not_in_use() -> None:
    used, other = policy(AWS, PolicyVersionList=[version(2, default=True)]), policy(f"{AWS}2")
    table = {"ListPolicies": listing(aws=[policy(AWS), other]), "GetPolicyVersion": versions(2)}
    aws = Answers({BULK: details(policies=[used]), **table})
    assert [row["arn"] for row in unused_aws_policies(aws.iam)] == [f"{AWS}2"]
