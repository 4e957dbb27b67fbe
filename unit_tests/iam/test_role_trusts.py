"""role_trusts: the trusted principals, and the conditions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

import source_aws_iam
from source_aws_iam.aws.documents import statements
from source_aws_iam.iam.role_trusts import RoleTrusts, _principals
from unit_tests.aws.test_documents import ANY_JSON, ELEMENTS
from unit_tests.iam.aws_answers import ACCOUNT_ID, DENIED, IAM, Answers, details, paged, role

OTHER = "999999999999"
HOST = "token.actions.githubusercontent.com"
OIDC = f"{IAM}:oidc-provider/{HOST}"
SCHEMA = Draft7Validator(
    json.loads(Path(source_aws_iam.__file__).with_name("schemas").joinpath("role_trusts.json").read_text("utf-8"))
)
KEY = ("role_id", "statement_index", "principal_type", "principal")


def trusts(*written: Any, answers: Any = None) -> list[dict[str, Any]]:
    trusted = role("r", {"Statement": list(written)})
    aws = Answers({"GetAccountAuthorizationDetails": answers or details(roles=[trusted])})
    stream = RoleTrusts(name="role_trusts", config=aws.config)
    return [dict(row) for row in stream.rows(aws.session)]


def allow(principal: Any, condition: Any = None, effect: str = "Allow") -> dict[str, Any]:
    conditions = {"Condition": condition} if condition is not None else {}
    return {"Effect": effect, "Action": "sts:AssumeRole", "Principal": principal, **conditions}


@pytest.mark.parametrize(
    ("principal", "account_id", "external", "wildcard"),
    [
        ("*", None, None, True),
        ({"AWS": "*"}, None, None, True),
        ({"Service": "*"}, None, None, True),
        ({"AWS": f"arn:aws:iam::{OTHER}:root"}, OTHER, True, False),
        ({"AWS": OTHER}, OTHER, True, False),
        ({"AWS": int(OTHER)}, OTHER, True, False),
        ({"AWS": float(OTHER)}, OTHER, True, False),
        (int(OTHER), OTHER, True, False),
        ({"AWS": 12345}, "000000012345", True, False),
        ({"AWS": f"arn:aws:sts::{OTHER}:assumed-role/a/b"}, OTHER, True, False),
        ({"AWS": f"arn:aws:iam::{ACCOUNT_ID}:user/x{OTHER}"}, ACCOUNT_ID, False, False),
        ({"AWS": ACCOUNT_ID}, ACCOUNT_ID, False, False),
        # What is left of a principal that was deleted: its id, which may look as if an account were in it.
        ({"AWS": f"AROAX{OTHER}QRST"}, None, None, False),
        ({"AWS": "arn:aws:iam::999:root"}, None, None, False),
        ({"AWS": [True]}, None, None, False),
        ({"AWS": {"a": 1}}, None, None, False),
        ({"Service": "ec2.amazonaws.com"}, None, False, False),
        ({"Federated": f"{IAM}:saml-provider/okta"}, ACCOUNT_ID, False, False),
        ({"Federated": "cognito-identity.amazonaws.com"}, None, False, False),
        ({"Federated": f"arn:aws:iam::{OTHER}:saml-provider/okta"}, OTHER, True, False),
        ({"CanonicalUser": f"a{OTHER}"}, None, None, False),
        ({"Nobody": OTHER}, None, None, False),
    ],
)
def test_whose_principal_it_is(principal: Any, account_id: str | None, external: bool | None, wildcard: bool) -> None:
    (row,) = trusts(allow(principal))
    assert (row["principal_account_id"], row["is_external"], row["is_wildcard"]) == (account_id, external, wildcard)
    assert row["is_not_principal"] is False


@pytest.mark.parametrize(
    "prefix", ["ABIA", "ACCA", "AGPA", "AIDA", "AIPA", "AKIA", "ANPA", "ANVA", "APKA", "AROA", "ASCA", "ASIA"]
)
def test_a_principal_that_was_deleted_is_known_by_its_id_and_may_be_of_any_account(prefix: str) -> None:
    for principal in (f"{prefix}DBQP57FF2AEXAMPLE", f"{prefix}DBQP57FF2AEXAMPLE:session"):
        (row,) = trusts(allow({"AWS": principal}))
        assert (row["is_deleted_principal"], row["is_external"]) == (True, None)
    (row,) = trusts(allow({"Service": f"{prefix}DBQP57FF2AEXAMPLE"}))
    assert (row["is_deleted_principal"], row["is_external"]) == (False, False)


@pytest.mark.parametrize(
    "principal", ["*", OTHER, f"{IAM}:role/AROADBQP57FF2AEXAMPLE", "AROA", "AROAdbqp57ff2aexample"]
)
def test_what_is_no_unique_id_was_not_deleted(principal: str) -> None:
    (row,) = trusts(allow({"AWS": principal}))
    assert row["is_deleted_principal"] is False


def test_values_without_quotation_marks_are_text() -> None:
    written = {"Sid": 1, "Effect": True, "Action": [2, {"a": "ä"}], "Principal": {"AWS": [444455556666], "Service": 3}}
    rows = trusts(written)
    assert [(row["principal_type"], row["principal"]) for row in rows] == [("AWS", "444455556666"), ("Service", "3")]
    for row in rows:
        assert (row["sid"], row["effect"], row["actions"]) == ("1", "true", ["2", '{"a": "ä"}'])


def test_an_empty_principal_beside_a_not_principal_is_a_not_principal() -> None:
    (row,) = trusts({"Effect": "Allow", "Principal": {}, "NotPrincipal": {"AWS": OTHER}})
    assert (row["principal"], row["is_not_principal"]) == (OTHER, True)


@given(statement=ANY_JSON | st.dictionaries(st.sampled_from(ELEMENTS), ANY_JSON, max_size=5))
def test_every_row_fits_its_schema_whatever_a_statement_says(statement: Any) -> None:
    for row in trusts(statement):
        SCHEMA.validate({"account_id": ACCOUNT_ID, "partition": "aws", **row})


def test_not_principal_is_told_apart() -> None:
    (row,) = trusts({"Effect": "Deny", "Action": "sts:*", "NotPrincipal": {"AWS": f"{IAM}:role/a"}})
    assert row["is_not_principal"] is True
    assert row["principal"] == f"{IAM}:role/a"


@given(
    principals=st.lists(
        st.dictionaries(st.sampled_from(["AWS", "Service"]), st.lists(st.sampled_from("abc"), max_size=4)), max_size=4
    )
)
def test_the_key_is_unique_however_often_a_document_repeats_itself(principals: list[dict[str, list[str]]]) -> None:
    document = {"Statement": [allow(principal) for principal in principals]}
    for statement, written in zip(statements(document), principals, strict=True):
        named = list(_principals(statement))
        assert len(set(named)) == len(named)
        assert set(named) == {(kind, name) for kind, names in written.items() for name in names}


def test_a_principal_that_is_named_twice_is_one_row() -> None:
    rows = trusts(allow({"AWS": [OTHER, OTHER, f"arn:aws:iam::{OTHER}:root"]}), allow({"AWS": OTHER}))
    assert len({tuple(row[name] for name in KEY) for row in rows}) == len(rows) == 3


@pytest.mark.parametrize(
    ("operator", "required"),
    [("StringEquals", True), ("StringLike", True), ("StringEqualsIfExists", False), ("StringNotEquals", False)],
)
def test_an_external_id_is_required_where_nobody_gets_in_without_one(operator: str, required: bool) -> None:
    (row,) = trusts(allow({"AWS": OTHER}, {operator: {"STS:externalid": ["a", "b"]}, "Bool": {"x": "true"}}))
    assert row["external_id_required"] is required


@pytest.mark.parametrize(
    ("condition", "required"),
    [
        ({"StringLike": "*"}, False),
        ({"StringLike": ["a", "**"]}, False),
        ({"stringlike": "?*"}, False),
        ({"ForAnyValue:StringLike": "*"}, False),
        ({"ForAnyValue:StringLikeIfExists": "*"}, False),
        ({"ArnLike": "*"}, False),
        ({"ArnEquals": "*"}, False),
        ({"Null": "false"}, False),
        ({"Null": False}, False),
        ({"StringEquals": []}, False),
        ({"StringEquals": None}, False),
        ({"StringNotEquals": "a"}, False),
        ({"ForAllValues:StringEquals": "a"}, False),
        ({"StringLike": "a*"}, True),
        ({"StringLike": "${*}"}, True),
        ({"StringEquals": "*"}, True),  # this character, and no other
        ({"StringEquals": 17}, True),
        ({"StringLike": "*", "StringEquals": "a"}, True),
    ],
)
def test_a_condition_that_any_external_id_passes_demands_none(condition: Any, required: bool) -> None:
    conditions = {operator: {"sts:ExternalId": values} for operator, values in condition.items()}
    (row,) = trusts(allow({"AWS": OTHER}, conditions))
    assert row["external_id_required"] is required


def test_a_denial_requires_nothing_of_those_who_are_let_in() -> None:
    conditions = {"StringEquals": {"sts:ExternalId": "a"}, "Bool": {"aws:MultiFactorAuthPresent": "true"}}
    (row,) = trusts(allow({"AWS": OTHER}, conditions, effect="Deny"))
    assert (row["external_id_required"], row["mfa_required"]) == (False, False)


@pytest.mark.parametrize(
    ("condition", "required"),
    [
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, True),
        ({"Bool": {"aws:multifactorauthpresent": True}}, True),
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, False),
        ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, False),
        ({"Bool": {"aws:MultiFactorAuthPresent": ["true", "false"]}}, False),
        ({"Null": {"aws:MultiFactorAuthPresent": "true"}}, False),
        ({"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}, True),
        ({"NumericLessThanIfExists": {"aws:MultiFactorAuthAge": 3600}}, False),
        ({"Null": {"aws:MultiFactorAuthAge": "false"}}, True),
        # However long ago: there is no age without MFA.
        ({"NumericGreaterThan": {"aws:MultiFactorAuthAge": 0}}, True),
        ({"NumericLessThan": {"aws:MultiFactorAuthAge": "9" * 20}}, True),
        ({"StringLike": {"aws:MultiFactorAuthAge": "*"}}, True),
        ({"NumericNotEquals": {"aws:MultiFactorAuthAge": 0}}, False),
        ({"NumericGreaterThanIfExists": {"aws:MultiFactorAuthAge": 0}}, False),
        ({"NumericLessThan": {"aws:MultiFactorAuthAge": []}}, False),
        ({"Bool": {"aws:MultiFactorAuthPresent": []}}, False),
        ({"Bool": {"aws:MultiFactorAuthPresent": "*"}}, False),
        ({"StringLike": {"aws:MultiFactorAuthPresent": "*"}}, False),
        ({"Null": {"aws:MultiFactorAuthPresent": "false"}}, False),
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "*"}}, False),
        (None, False),
    ],
)
def test_mfa_is_required_where_nobody_gets_in_without_it(condition: Any, required: bool) -> None:
    (row,) = trusts(allow({"AWS": OTHER}, condition))
    assert row["mfa_required"] is required


def test_subjects_and_audiences_are_those_that_are_accepted() -> None:
    conditions = {
        "StringEquals": {f"{HOST}:aud": "sts.amazonaws.com"},
        "ForAnyValue:StringLike": {f"{HOST.upper()}:sub": ["repo:a/*", "repo:b/*"]},
        "StringNotLike": {f"{HOST}:sub": "repo:a/evil:*"},
        "Null": {f"{HOST}:sub": "false"},
        "StringLike": {"accounts.google.com:sub": "another provider"},
    }
    (row,) = trusts(allow({"Federated": OIDC}, conditions))
    assert row["oidc_subjects"] == ["repo:a/*", "repo:b/*"]
    assert row["oidc_audiences"] == ["sts.amazonaws.com"]


@pytest.mark.parametrize("host", ["cognito-identity.amazonaws.com", "accounts.google.com"])
def test_a_provider_may_be_named_by_its_host(host: str) -> None:
    (row,) = trusts(allow({"Federated": host}, {"StringEquals": {f"{host}:aud": "a", f"{host}:sub": 1}}))
    assert (row["oidc_audiences"], row["oidc_subjects"]) == (["a"], ["1"])


def test_a_saml_provider_has_neither() -> None:
    saml = f"{IAM}:saml-provider/okta"
    (row,) = trusts(allow({"Federated": saml}, {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}))
    assert (row["oidc_audiences"], row["oidc_subjects"]) == ([], [])


def test_one_bad_document_stops_nothing() -> None:
    def strange(request: Any) -> Any:
        document = '{"Statement": ["x", {"Principal": "*", "Condition": "y"}]}'
        bare = {name: value for name, value in role("bare").items() if name != "AssumeRolePolicyDocument"}
        roles = [{**role("a"), "AssumeRolePolicyDocument": "no JSON"}, bare]
        roles += [{**role("b"), "AssumeRolePolicyDocument": document}, role("c", {"Statement": allow("*")})]
        return {"RoleDetailList": roles, "IsTruncated": False}

    rows = trusts(answers=strange)
    assert [(row["role_name"], row["statement_index"]) for row in rows] == [("b", 1), ("c", 0)]


def test_the_listing_of_roles_tells_as_much() -> None:
    listed = paged("Roles", [role("r", {"Statement": allow("*")})])
    aws = Answers({"GetAccountAuthorizationDetails": DENIED, "ListRoles": listed})
    (row,) = RoleTrusts(name="role_trusts", config=aws.config).rows(aws.session)
    assert row["is_wildcard"] is True
