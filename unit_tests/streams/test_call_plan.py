"""Call plans: what can be read with which permissions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import source_aws_iam
from source_aws_iam.streams.call_plan import (
    ROWS,
    Readable,
    call_plan,
    judge,
    missing_actions,
    unavailable_calls,
    undecided,
)

Needs = Mapping[str, list[list[str]]]
CALLS = [f"iam.{letter}" for letter in "abcdef"]
ORDER = [Readable.COMPLETE, Readable.SLOWER, Readable.PARTIAL, Readable.UNREADABLE]
WAYS = st.lists(st.lists(st.sampled_from(CALLS), min_size=1, max_size=3, unique=True), min_size=1, max_size=3)
NEEDS = st.fixed_dictionaries({ROWS: WAYS}, optional={"one": WAYS, "two, three": WAYS})
REFUSED = st.sets(st.sampled_from(CALLS))
MANIFEST = yaml.safe_load(Path(source_aws_iam.__file__).with_name("manifest.yaml").read_text())
PLANS = {stream["name"]: stream["retriever"]["needs"] for stream in MANIFEST["streams"]}

PLAN = {ROWS: [["iam.a"]], "one": [["iam.b"], ["iam.c", "iam.d"]], "two, three": [["iam.b"]]}


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({}, PLAN),
        ({"tags": False, "others": None}, PLAN),
        ({"tags": True}, {**PLAN, "tags": [["iam.e"]]}),
        ({"all": True}, {**PLAN, ROWS: [["iam.a", "iam.f"]], "one": [["iam.b"], ["iam.c", "iam.d", "iam.b"]]}),
        (
            {"all": True, "tags": "yes"},
            {
                **PLAN,
                ROWS: [["iam.a", "iam.f"]],
                "one": [["iam.b"], ["iam.c", "iam.d", "iam.b"]],
                "tags": [["iam.e"]],
            },
        ),
    ],
)
def test_a_setting_that_is_on_adds_to_what_is_needed(config: dict[str, Any], expected: dict[str, Any]) -> None:
    with_setting = {"tags": {"tags": [["iam.e"]]}, "all": {ROWS: [["iam.f"]], "one": [["iam.b"]]}}
    assert call_plan({"needs": PLAN, "with_setting": with_setting}, config) == expected
    assert call_plan({"needs": PLAN}, config) == PLAN


@given(NEEDS, NEEDS, REFUSED)
def test_a_plan_with_a_setting_is_as_readable_as_the_worse_of_both(plan: Needs, more: Needs, refused: set[str]) -> None:
    both = judge(call_plan({"needs": plan, "with_setting": {"on": more}}, {"on": True}), refused)
    verdicts = [judge(one, refused) for one in (plan, more)]
    assert both.readable is max((verdict.readable for verdict in verdicts), key=ORDER.index)
    assert {*both.columns} == {column for verdict in verdicts for column in verdict.columns}


@pytest.mark.parametrize(
    ("refused", "readable", "columns", "missing"),
    [
        ([], Readable.COMPLETE, (), ()),
        (["iam.c", "iam.x"], Readable.COMPLETE, (), ()),
        (["iam.b"], Readable.PARTIAL, ("two", "three"), ("iam.b",)),
        (["iam.b", "iam.d"], Readable.PARTIAL, ("one", "two", "three"), ("iam.b",)),
        (["iam.a"], Readable.UNREADABLE, (), ("iam.a",)),
    ],
)
def test_verdicts(refused: list[str], readable: Readable, columns: tuple[str, ...], missing: tuple[str, ...]) -> None:
    verdict = judge(PLAN, refused)
    assert (verdict.readable, verdict.columns, verdict.missing) == (readable, columns, missing)


def test_another_way_is_slower() -> None:
    assert judge({ROWS: [["iam.a"], ["iam.b"]]}, ["iam.a"]).readable is Readable.SLOWER


@given(needs=NEEDS, refused=REFUSED, allowed=st.sampled_from(CALLS))
def test_one_more_permission_never_makes_it_worse(needs: Needs, refused: set[str], allowed: str) -> None:
    before, after = judge(needs, refused), judge(needs, refused - {allowed})
    assert ORDER.index(after.readable) <= ORDER.index(before.readable)
    assert set(after.columns) <= set(before.columns)
    assert set(after.missing) <= set(before.missing)


@given(needs=NEEDS, refused=REFUSED)
def test_the_missing_calls_are_refused_ones_that_make_it_complete(needs: Needs, refused: set[str]) -> None:
    verdict = judge(needs, refused)
    assert set(verdict.missing) <= refused
    assert judge(needs, refused - set(verdict.missing)).readable is Readable.COMPLETE
    assert bool(verdict.missing) is (verdict.readable is not Readable.COMPLETE)


@given(needs=NEEDS)
def test_with_nothing_refused_it_is_complete_and_with_everything_it_is_not_readable(needs: Needs) -> None:
    assert judge(needs, ()).readable is Readable.COMPLETE
    assert judge(needs, CALLS).readable is Readable.UNREADABLE


def tried(plans: Collection[Needs], refused: Collection[str]) -> tuple[dict[str, bool], int]:
    """Try calls as `check` does, and return what is known then, and the number of rounds."""
    known: dict[str, bool] = {}
    rounds = 0
    while calls := undecided(plans, known):
        assert not set(calls) & set(known), "nothing is tried twice"
        known |= {call: call not in refused for call in calls}
        rounds += 1
    return known, rounds


@given(plans=st.lists(NEEDS, max_size=4), refused=REFUSED)
def test_trying_ends_and_what_is_known_then_gives_the_same_verdict_as_all(
    plans: list[Needs], refused: set[str]
) -> None:
    known, rounds = tried(plans, refused)
    assert rounds <= 3  # as many as there are ways
    found = [call for call, allowed in known.items() if not allowed]
    for needs in plans:
        truth, verdict = judge(needs, refused), judge(needs, found)
        assert (verdict.readable, verdict.columns) == (truth.readable, truth.columns)


def test_where_everything_is_allowed_only_the_best_ways_are_tried() -> None:
    known, rounds = tried(list(PLANS.values()), ())
    assert rounds == 1
    assert "iam.list_attached_user_policies" not in known


@pytest.mark.parametrize("name", PLANS)
def test_every_plan_of_the_manifest_has_rows_and_every_column_is_in_its_schema(name: str) -> None:
    schema = Path(source_aws_iam.__file__).with_name("schemas") / f"{name}.json"
    columns = yaml.safe_load(schema.read_text())["properties"]
    assert ROWS in PLANS[name]
    assert {column for what in PLANS[name] if what != ROWS for column in what.split(", ")} <= set(columns)


LIST, DETAILS, GET = "iam.list_users", "iam.get_account_authorization_details", "iam.get_user"
USERS = {ROWS: [[LIST]], "tags": [[DETAILS], [GET]], "group_names": [[DETAILS], ["iam.list_groups_for_user"]]}


@pytest.mark.parametrize(
    ("refused", "missing"),
    [
        ([], ()),
        ([DETAILS], ()),
        ([GET], ()),
        ([DETAILS, GET], ("iam:GetAccountAuthorizationDetails",)),
        ([LIST], ("iam:ListUsers",)),
        ([LIST, DETAILS], ("iam:ListUsers",)),
        ([DETAILS, GET, LIST], ("iam:ListUsers", "iam:GetAccountAuthorizationDetails")),
    ],
)
def test_the_missing_actions_are_those_of_the_best_way_to_what_no_way_brings(
    refused: list[str], missing: tuple[str, ...]
) -> None:
    assert missing_actions(USERS, refused) == missing


class Session:
    """A session to which AWS has refused calls, in its home Region or in others."""

    def __init__(self, **refused: dict[str, list[str]]) -> None:
        self._refused = refused

    def unavailable(self, service: str, region: str | None = None) -> dict[str, None]:
        return dict.fromkeys(self._refused.get(region or "home", {}).get(service, []))


def test_the_unavailable_calls_of_a_plan_are_those_of_its_services_in_the_region() -> None:
    needs = {ROWS: [["ec2.describe_regions"]], "tags": [[GET], ["sts.get_caller_identity"]]}
    session: Any = Session(
        home={"iam": ["get_user", "list_users"]}, west={"ec2": ["describe_regions"], "organizations": ["list_roots"]}
    )
    assert unavailable_calls(needs, session) == {GET}
    assert unavailable_calls(needs, session, "west") == {"ec2.describe_regions"}
    assert unavailable_calls(needs, session, "east") == set()
