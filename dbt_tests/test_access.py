"""What identities may do, compared with an evaluation in Python of the policies in embedded AWS."""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest

from dbt_tests.database import Database, Row
from dbt_tests.landed import Landed
from dbt_tests.project import Dbt, Run
from embedded_aws.truth.access import Access
from embedded_aws.truth.assumption_paths import is_external, paths
from embedded_aws.truth.policy_logic import Answer, Question, Statement, covers_action, covers_resource, several
from embedded_aws.truth.trusts import Assumption

DEPTH = 3
S3 = "arn:aws:s3:::"
# {0} is the management account, {1} another one.
QUESTIONS = [
    *(
        ("s3:GetObject", f"{S3}{name}")
        for name in (
            *("reports-0/2026/summary.csv", "reports-0/2026/private.csv", "reports-1/26/x.csv", "Reports-0/2026/x.csv"),
            *("one/x", "same/x", "secret/x", "home/odd.writer/x", "home/odd.writer/keys/x", "odd/*/?", "odd/x/y"),
            *("office/x", "empty/x", "step-2/x"),
        )
    ),
    ("S3:PUTOBJECTACL", f"{S3}reports-0/2026/summary.csv"),
    ("s3:ListBucket", f"{S3}bücher/日本"),
    ("s3:GetObject", "arn:aws:s3:eu-west-1:{1}:accesspoint/a"),
    ("iam:CreateUser", "arn:aws:iam::{0}:user/new"),
    ("sts:AssumeRole", "arn:aws:iam::{1}:role/step-2"),
    ("dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:{0}:table/t"),
    # A denial of some Regions, and one of a service control policy with a wildcard within.
    ("ec2:StopInstances", "arn:aws:ec2:us-east-1:{0}:instance/i-1"),
    ("ec2:StopInstances", "arn:aws:ec2:eu-west-1:{0}:instance/i-1"),
    ("ec2:Run2Instances0", "arn:aws:ec2:us-east-1:{2}:instance/i-1"),
]
ANSWERS = ("answer", "by_path", "by_policies", "by_boundary", "by_service_control", "by_resource_control")


@pytest.fixture(scope="module")
def access(landed: Landed) -> Access:
    return Access(landed.aws, landed.accounts)


def test_access_grants_are_those_of_the_policies(built: Run, database: Database, access: Access) -> None:
    expected = list(access.grants())
    columns = ", ".join(expected[0])

    found = database.rows(f"select {columns} from {database.schema}.access_grants")  # noqa: S608 - our own names

    assert differences(found, expected) == ([], [])
    assert {row["path"] for row in expected} == {"direct", "group", "identity_center", "role_trust", "root"}


def test_each_odd_statement_is_a_grant_of_its_own(built: Run, database: Database) -> None:
    rows = database.rows(
        f"select policy_name, statement_index, sid, actions from {database.schema}.access_grants"  # noqa: S608
        " where identity_name = 'odd.writer' and policy_name in ('same-sids', 'one-statement') and path = 'direct'"
    )

    assert sorted(
        (row["policy_name"], row["statement_index"], row["sid"], as_json(row["actions"])) for row in rows
    ) == [
        ("one-statement", 0, None, ["S3:getobject"]),
        ("same-sids", 0, "Same", ["s3:ListBucket"]),
        ("same-sids", 1, "Same", ["s3:ListBucket"]),
        ("same-sids", 2, "Same", ["s3:GetObject"]),
    ]


def test_roles_are_assumed_by_those_whom_both_policies_let(
    built: Run, database: Database, access: Access, landed: Landed
) -> None:
    expected = [{**ends([one]), **_assumption(one, landed)} for one in access.assumptions]
    columns = ", ".join(expected[0])

    found = database.rows(f"select {columns} from {database.schema}.role_assumptions")  # noqa: S608

    assert differences(found, expected) == ([], [])


def test_paths_lead_over_roles_to_roles(built: Run, database: Database, access: Access, landed: Landed) -> None:
    expected = [
        {
            **ends(path.steps),
            "answer": path.answer,
            "hops": len(path.steps),
            "path": " > ".join([path.steps[0].source.name, *(step.role.name for step in path.steps)]),
            "is_external": is_external(path.steps[0], landed.accounts),
            "external_id_required": any(step.external_id_required for step in path.steps),
            "mfa_required": any(step.mfa_required for step in path.steps),
        }
        for path in paths(access.assumptions, DEPTH)
    ]
    columns = ", ".join(expected[0])

    found = database.rows(f"select {columns} from {database.schema}.role_assumption_paths")  # noqa: S608

    assert differences(found, expected) == ([], [])
    assert any(row["path"] == "walker > step-1 > step-2 > step-3" for row in expected)
    assert {row["hops"] for row in expected} == {1, 2, 3}


def test_who_can_answers_as_the_policies_say(
    built: Run, dbt: Dbt, database: Database, access: Access, landed: Landed
) -> None:
    questions = [(action, resource.format(*landed.accounts)) for action, resource in QUESTIONS]
    queries = dbt.compile(*(f"{{{{ who_can('{action}', '{resource}') }}}}" for action, resource in questions))

    seen: Counter[str] = Counter()
    for (action, resource), sql in zip(questions, queries, strict=True):
        expected = list(access.who_can(action, resource))
        columns = ", ".join(expected[0])
        found = database.rows(f"select {columns} from ({sql}) as answers")  # noqa: S608
        assert differences(found, expected) == ([], []), (action, resource)
        seen.update(f"{name} {comparable(row[name])}" for row in expected for name in ANSWERS)

    # Every kind of policy has given every answer that it can give.
    every = {f"{name} {answer}" for name in ANSWERS for answer in ("yes", "conditional", "no")} - {"by_path no"}
    assert set(seen) == every | {f"{name} None" for name in ANSWERS[3:]}


PEOPLE = ["odd.writer", "walker", "person.013@example.com"]


def test_what_can_says_of_patterns_what_holds_for_each_example(
    built: Run, dbt: Dbt, database: Database, access: Access, landed: Landed
) -> None:
    people = [*PEOPLE, *(way.name for way in access.ways if way.kind == "IAM user")][:8]
    queries = dbt.compile(*(f"{{{{ what_can('{one}', {landed.accounts}) }}}}" for one in people))
    allowed = [row for row in access.grants() if row["effect"] == "Allow"]

    seen: Counter[str] = Counter()
    for person, sql in zip(people, queries, strict=True):
        rows = database.rows(sql)
        assert Counter(map(_statement_of, rows)) == Counter(
            _statement_of(row)
            for row in allowed
            if row["identity_name"] == person
            for _ in itertools.product(set(row["actions"]) or {"*"}, set(row["resources"]) or {"*"})
        )
        # Policies of AWS have thousands of patterns, which do not differ in kind.
        for row in (one for one in rows if one["policy_name"] != "ReadOnlyAccess"):
            statements = access.trusts.principals[row["principal_id"]].statements
            answers = {
                Question(action, resource).permits(statements)
                for action in examples(row["action"], row["not_actions"], statements, "Action")
                for resource in examples(row["resource"], row["not_resources"], statements, "Resource")
            }
            assert answers <= {"yes": {Answer.YES}, "no": {Answer.NO}}.get(row["answer"], set(Answer)), row
            seen[row["answer"]] += 1

    assert set(seen) == {"yes", "conditional", "no"}


def _statement_of(row: Row) -> tuple[Any, ...]:
    names = ("path", "group_name", "permission_set_name", "principal_id", "assumed_from_id")
    return tuple(row[name] for name in (*names, "policy_name", "statement_index"))


def examples(pattern: str, excepted: str | None, statements: Iterable[Statement], element: str) -> list[str]:
    """Texts that a pattern means, among them those that denials mean too."""
    denied = [
        one
        for statement in statements
        if statement["Effect"] == "Deny"
        for name in (element, f"Not{element}")
        for one in several(statement.get(name))
    ]
    texts = {concrete(one, filling) for one in (pattern, *denied) for filling in ("", "x", "reports-0/2026/private")}
    wanted = {element: pattern} if not excepted else {f"Not{element}": excepted.split(", ")}
    means = covers_action if element == "Action" else covers_resource
    return sorted(text for text in texts if means(wanted, text))


def concrete(pattern: str, filling: str) -> str:
    """A text that the pattern means."""
    text = re.sub(r"\$\{[^*?$}][^}]*\}", filling, pattern)
    parts = re.split(r"(\$\{[*?$]\}|[*?])", text)
    return "".join({"*": filling, "?": "y"}.get(part, part[2:-1] if part.startswith("${") else part) for part in parts)


def ends(steps: Sequence[Assumption]) -> Row:
    source, role = steps[0].source, steps[-1].role
    return {
        "source_kind": source.kind,
        "source_key": source.key,
        "source_name": source.name,
        "source_arn": source.arn,
        "source_account_id": source.account_id,
        "role_id": role.id,
        "role_name": role.name,
        "role_arn": role.arn,
        "account_id": role.account_id,
    }


def test_conditions_of_roles_are_those_of_the_trust_policies(built: Run, database: Database, access: Access) -> None:
    rows = database.rows(
        f"select source_key, role_id, conditions, deny_conditions from {database.schema}.role_assumptions"  # noqa: S608
    )
    found = {
        (row["source_key"], row["role_id"]): {
            comparable(text)
            for texts in (row["conditions"], row["deny_conditions"])
            for text in (texts.split(" | ") if texts else ())
        }
        for row in rows
    }

    expected = {(one.source.key, one.role.id): set(map(comparable, one.conditions)) for one in access.assumptions}
    assert found == expected
    assert any(expected.values())


def _assumption(one: Assumption, landed: Landed) -> Row:
    account = one.source.account_id
    return {
        "answer": one.answer,
        "external_id_required": one.external_id_required,
        "mfa_required": one.mfa_required,
        "is_cross_account": None if account is None else account != one.role.account_id,
        "is_external": is_external(one, landed.accounts),
    }


def differences(found: Iterable[Mapping[str, Any]], expected: Iterable[Mapping[str, Any]]) -> tuple[list[str], ...]:
    """The first rows that only one of both has."""
    counted = [Counter(tuple(map(comparable, row.values())) for row in rows) for rows in (found, expected)]
    return tuple([str(row) for row in (one - other).elements()][:5] for one, other in (counted, counted[::-1]))


def comparable(value: Any) -> Any:
    """A value that can be counted: JSON in one way of writing."""
    if isinstance(value, Answer):
        return str(value)
    value = as_json(value)
    return json.dumps(value, sort_keys=True) if isinstance(value, list | dict) else value


def as_json(value: Any) -> Any:
    """DuckDB gives JSON as text."""
    return json.loads(value) if isinstance(value, str) and value[:1] in {"[", "{"} else value
