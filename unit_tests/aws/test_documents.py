"""Policy documents: one value or a list, odd ones too."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_aws_iam.aws.documents import Demand, demands, statements

ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
ELEMENTS = ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition")


def test_a_statement_alone_and_a_list_of_one_are_the_same() -> None:
    alone = list(statements({"Version": "2012-10-17", "Statement": ALLOW}))
    assert alone == list(statements({"Statement": [ALLOW]}))
    assert alone == [
        {
            "statement_index": 0,
            "sid": None,
            "effect": "Allow",
            "actions": ["s3:GetObject"],
            "not_actions": [],
            "resources": ["*"],
            "not_resources": [],
            "principals": None,
            "not_principals": None,
            "conditions": None,
        }
    ]


@given(values=st.lists(st.text(), min_size=1, max_size=3), name=st.sampled_from(["Action", "NotAction", "NotResource"]))
def test_a_value_alone_and_a_list_of_one_are_the_same(values: list[str], name: str) -> None:
    column = {"Action": "actions", "NotAction": "not_actions", "NotResource": "not_resources"}[name]
    (several,) = statements({"Statement": {name: values}})
    (one,) = statements({"Statement": {name: values[0]}})
    assert several[column] == values
    assert one[column] == values[:1]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("*", {"AWS": ["*"]}),
        ({"AWS": "*"}, {"AWS": ["*"]}),
        ({"AWS": ["1", "2"], "Service": "ec2.amazonaws.com"}, {"AWS": ["1", "2"], "Service": ["ec2.amazonaws.com"]}),
        ({"AWS": [10**400, 5e3, 1e400, True]}, {"AWS": ["1" + "0" * 400, "000000005000", "Infinity", "true"]}),
        ({}, {}),
        (None, None),
    ],
)
def test_principals_are_lists_by_kind(written: Any, read: Any) -> None:
    (statement,) = statements({"Statement": {"Principal": written}})
    assert statement["principals"] == read
    (statement,) = statements({"Statement": {"NotPrincipal": written}})
    assert statement["not_principals"] == read


@pytest.mark.parametrize("document", [None, {}, {"Statement": None}, {"Statement": []}, {"Id": "x"}])
def test_a_document_without_statements_has_none(document: Any) -> None:
    assert list(statements(document)) == []


def test_a_statement_that_is_no_object_says_nothing_and_moves_no_other() -> None:
    found = list(statements({"Statement": ["x", ALLOW, None]}))
    assert [(row["statement_index"], row["effect"]) for row in found] == [(0, None), (1, "Allow"), (2, None)]


@given(statement=ANY_JSON | st.dictionaries(st.sampled_from(ELEMENTS), ANY_JSON), operator=st.text(max_size=30))
def test_no_document_stops_the_stream(statement: Any, operator: str) -> None:
    for row in statements({"Statement": statement}):
        assert row["conditions"] is None or isinstance(row["conditions"], dict)
        for name in ("actions", "not_actions", "resources", "not_resources"):
            assert all(isinstance(value, str) for value in row[name])
        for kinds in filter(None, (row["principals"], row["not_principals"])):
            assert all(isinstance(value, str) for values in kinds.values() for value in values)
        assert all(isinstance(row[name], (str, type(None))) for name in ("sid", "effect"))
        for demand in demands(row["conditions"], "aws:SourceIp"):
            assert demand.needs_key or not demand.needs_value
    demands({operator: statement}, "aws:SourceIp")


def test_keys_are_compared_without_regard_to_case_and_values_are_text() -> None:
    conditions = {
        "Bool": {"AWS:multifactorauthpresent": True, "aws:SecureTransport": "true"},
        "NumericLessThan": {"aws:MultiFactorAuthPresent": [3600, "7200"]},
    }
    assert demands(conditions, "aws:MultiFactorAuthPresent") == [
        Demand("Bool", ["true"]),
        Demand("NumericLessThan", ["3600", "7200"]),
    ]
    assert demands(None, "aws:SourceIp") == []


# Whether a request without the key fails, as AWS documents its operators.
@pytest.mark.parametrize(
    ("operator", "values", "needs"),
    [
        ("StringEquals", ["a"], True),
        ("stringequals", ["a"], True),
        ("StringEqualsIgnoreCase", ["a"], True),
        ("StringLike", ["a*"], True),
        ("StringEqualsIfExists", ["a"], False),
        ("StringLikeIfExists", ["a"], False),
        ("StringNotEquals", ["a"], False),
        ("StringNotLike", ["a"], False),
        ("ForAllValues:StringEquals", ["a"], False),
        ("ForAnyValue:StringEquals", ["a"], True),
        ("ForAnyValue:StringLike", ["a"], True),
        ("ForAnyValue:StringEqualsIfExists", ["a"], True),
        ("Null", ["false"], True),
        ("Null", ["true"], False),
        ("Null", ["true", "false"], False),
        ("StringEquals", [], False),
        ("ForAnyValue:StringEquals", [], False),
    ],
)
def test_which_operators_need_their_key(operator: str, values: list[str], needs: bool) -> None:
    assert Demand(operator, values).needs_key is needs


@pytest.mark.parametrize(
    ("operator", "positive"),
    [
        ("StringEquals", True),
        ("ForAnyValue:StringLike", True),
        ("ForAllValues:StringEqualsIgnoreCase", True),
        ("StringLikeIfExists", True),
        ("StringNotLike", False),
        ("ForAnyValue:StringNotEquals", False),
        ("Null", False),
        ("Bool", False),
    ],
)
def test_which_operators_accept_their_values(operator: str, positive: bool) -> None:
    assert Demand(operator, ["a"]).is_positive_text is positive
