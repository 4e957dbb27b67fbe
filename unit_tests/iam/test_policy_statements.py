"""policy_statements: complete, or a failure; and no failure for a denial that concerns other streams."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aws_calls.errors import AwsError
from source_aws_iam.iam.policies import Policies
from source_aws_iam.iam.policy_statements import PolicyStatements
from unit_tests.iam.aws_answers import DENIED, IAM, Answers, details, group, paged, role, user

BULK = "GetAccountAuthorizationDetails"
DOCUMENT = json.dumps({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})
VERSION = {"VersionId": "v1", "IsDefaultVersion": True, "Document": DOCUMENT}
OWN = {"Arn": f"{IAM}:policy/own", "PolicyId": "ANPA000000000000OWN", "PolicyName": "own", "DefaultVersionId": "v1"}
AWS = {**OWN, "Arn": "arn:aws:iam::aws:policy/unused", "PolicyId": "ANPA0000000000UNUSED"}
IN_BULK = details(
    policies=[{**OWN, "PolicyVersionList": [VERSION]}], roles=[role("r", {"Statement": {"Effect": "Deny"}})]
)


def rows(aws: Answers) -> Any:
    return PolicyStatements(name="policy_statements", config=aws.config).rows(aws.session)


def test_statements_of_all_kinds_of_policies() -> None:
    found = list(rows(Answers({BULK: IN_BULK})))
    assert [(row["source_type"], row["policy_name"], row["effect"]) for row in found] == [
        ("managed", "own", "Allow"),
        ("role_trust", "assume_role_policy", "Deny"),
    ]


def test_an_inline_or_trust_policy_has_the_identity_that_it_is_part_of_and_a_managed_one_has_none() -> None:
    inline = {"PolicyName": "in", "PolicyDocument": DOCUMENT}
    bulk = details(
        users=[user("ana", UserPolicyList=[inline])],
        groups=[group("dev", GroupPolicyList=[inline])],
        roles=[role("app", {"Statement": {"Effect": "Deny"}}, RolePolicyList=[inline])],
        policies=[{**OWN, "PolicyVersionList": [VERSION]}],
    )
    found = {row["source_type"]: row for row in rows(Answers({BULK: bulk}))}
    expected = {"user_inline": "user", "group_inline": "group", "role_inline": "role", "role_trust": "role"}
    assert {source: found[source]["identity_type"] for source in expected} == expected
    for source in expected:
        assert [found[source][f"identity_{name}"] for name in ("id", "name", "arn")] == [
            found[source][f"source_{name}"] for name in ("id", "name", "arn")
        ]
    assert not [name for name in found["managed"] if name.startswith("identity_")]


def test_what_another_stream_was_refused_hides_nothing_here() -> None:
    table = {BULK: IN_BULK, "ListPolicies": paged("Policies", [AWS]), "GetPolicyVersion": DENIED}
    aws = Answers(table, include_all_aws_policies=True)
    seen = {row["arn"]: row for row in Policies(name="policies", config=aws.config).rows(aws.session)}
    assert "document" in seen[AWS["Arn"]]["unavailable_fields"]
    assert len(list(rows(aws))) == 2


def test_a_hidden_document_is_a_failure_after_all_that_is_shown() -> None:
    nothing = dict.fromkeys(["ListUsers", "ListGroups", "GetPolicyVersion"], DENIED)
    table = {BULK: DENIED, "ListRoles": paged("Roles", [role("r", {"Statement": {"Effect": "Deny"}})]), **nothing}
    table |= {"ListPolicies": paged("Policies", [OWN]), "ListPolicyVersions": DENIED}
    table |= {"GetRole": DENIED, "ListAttachedRolePolicies": DENIED, "ListRolePolicies": DENIED}
    found = rows(Answers({**table, "ListInstanceProfiles": DENIED}))
    assert next(found)["source_type"] == "role_trust"
    with pytest.raises(AwsError, match="iam:GetPolicyVersion"):
        next(found)


def test_a_document_that_is_no_json_is_one_row_with_its_text() -> None:
    bulk = details(policies=[{**OWN, "PolicyVersionList": [{**VERSION, "Document": "nonsense"}]}])
    (row,) = rows(Answers({BULK: bulk}))
    assert (row["statement_index"], row["document_text"]) == (0, "nonsense")
