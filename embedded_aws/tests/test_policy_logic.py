"""What statements say, in examples of AWS's own documentation and beside them."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.truth.policy_logic import Answer, Question, unresolved

READ = "s3:GetObject"
OBJECT = "arn:aws:s3:::reports/2026/a.csv"
NO, CONDITIONAL, YES = Answer.NO, Answer.CONDITIONAL, Answer.YES
WITH_MFA = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}


def allow(action: Any = "s3:*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = "s3:*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {**allow(action, resource, **more), "Effect": "Deny"}


@pytest.mark.parametrize(
    ("statements", "answer"),
    [
        pytest.param([], NO, id="nothing is denied"),
        pytest.param([allow(READ, OBJECT)], YES, id="an allowance of it"),
        pytest.param([allow("S3:gEt*")], YES, id="actions have no case"),
        pytest.param([allow(READ, OBJECT.upper())], NO, id="resources have one"),
        pytest.param([allow("s3:*Object")], YES, id="a wildcard before the end"),
        pytest.param([allow("s3:G?tObject", "arn:aws:s3:::*/20??/?.csv")], YES, id="wildcards within"),
        pytest.param([allow("s3:Get?")], NO, id="a question mark is one character"),
        pytest.param([allow(["s3:PutObject", READ], ["x", OBJECT])], YES, id="one of several"),
        pytest.param([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], YES, id="all actions but others"),
        pytest.param([{"Effect": "Allow", "NotAction": ["S3:*"], "Resource": "*"}], NO, id="all actions but it"),
        pytest.param([{"Effect": "Allow", "Action": READ, "NotResource": "x"}], YES, id="all resources but others"),
        pytest.param([{"Effect": "Allow", "Action": READ, "NotResource": ["x", OBJECT]}], NO, id="all but it"),
        pytest.param([allow(**WITH_MFA)], CONDITIONAL, id="a condition"),
        pytest.param([allow(Condition={})], YES, id="an empty condition is none"),
        pytest.param([allow(**WITH_MFA), allow()], YES, id="with a condition, and without one"),
        pytest.param([allow(), deny(READ)], NO, id="a denial wins"),
        pytest.param([allow(), deny("s3:Put*")], YES, id="a denial of another action"),
        pytest.param([allow(), deny(**WITH_MFA)], CONDITIONAL, id="a denial with a condition may win"),
        pytest.param([allow(resource="arn:aws:s3:::${aws:username}/*")], CONDITIONAL, id="a policy variable"),
        pytest.param([allow(resource="arn:aws:s3:::${aws:username}/b")], NO, id="a policy variable elsewhere"),
        pytest.param(
            [allow(), deny(resource="arn:aws:s3:::${aws:username}/*")], CONDITIONAL, id="a denial with a variable"
        ),
        pytest.param(
            [{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::${aws:username}/*"}],
            CONDITIONAL,
            id="all but what a variable may mean",
        ),
    ],
)
def test_statements_say_what_aws_would_decide(statements: list[dict[str, Any]], answer: Answer) -> None:
    assert Question(READ, OBJECT).permits(statements) is answer


def test_characters_that_look_like_variables_are_none() -> None:
    assert unresolved(["${*}${?}${$}", "a/${aws:username}", "${aws:PrincipalTag/team, 'none'}"]) == [
        "a/${aws:username}",
        "${aws:PrincipalTag/team, 'none'}",
    ]
    assert Question(READ, "x/*?$").permits([allow(resource="x/${*}${?}${$}")]) is YES
    assert Question(READ, "x/abc").permits([allow(resource="x/${*}${?}${$}")]) is NO
