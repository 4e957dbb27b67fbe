"""role_trusts: who is let in, and what is demanded of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_aws_iam.iam.documents import statements
from source_aws_iam.streams.role_trusts import RoleTrusts, _principals
from unit_tests.iam.aws_answers import ACCOUNT_ID, DENIED, IAM, Answers, details, paged, role

OTHER = "999999999999"
HOST = "token.actions.githubusercontent.com"
OIDC = f"{IAM}:oidc-provider/{HOST}"
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
        ("*", None, False, True),
        ({"AWS": "*"}, None, False, True),
        ({"AWS": f"arn:aws:iam::{OTHER}:root"}, OTHER, True, False),
        ({"AWS": OTHER}, OTHER, True, False),
        ({"AWS": int(OTHER)}, OTHER, True, False),
        ({"AWS": f"arn:aws:sts::{OTHER}:assumed-role/a/b"}, OTHER, True, False),
        ({"AWS": f"arn:aws:iam::{ACCOUNT_ID}:user/x{OTHER}"}, ACCOUNT_ID, False, False),
        ({"AWS": ACCOUNT_ID}, ACCOUNT_ID, False, False),
        # What is left of a principal that was deleted: its id, which may look as if an account were in it.
        ({"AWS": f"AROAX{OTHER}QRST"}, None, False, False),
        ({"Service": "ec2.amazonaws.com"}, None, False, False),
        ({"Federated": f"{IAM}:saml-provider/okta"}, ACCOUNT_ID, False, False),
        ({"Federated": "cognito-identity.amazonaws.com"}, None, False, False),
        ({"CanonicalUser": f"a{OTHER}"}, None, False, False),
    ],
)
def test_whose_principal_it_is(principal: Any, account_id: str | None, external: bool, wildcard: bool) -> None:
    (row,) = trusts(allow(principal))
    assert (row["principal_account_id"], row["is_external"], row["is_wildcard"]) == (account_id, external, wildcard)
    assert row["is_not_principal"] is False


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
