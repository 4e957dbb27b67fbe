"""Call plans: what can be read with which permissions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from source_aws_iam import check
from source_aws_iam.components.call_plan import ROWS, Readable, judge, undecided

Needs = Mapping[str, list[list[str]]]
CALLS = [f"iam.{letter}" for letter in "abcdef"]
ORDER = [Readable.COMPLETE, Readable.SLOWER, Readable.PARTIAL, Readable.UNREADABLE]
WAYS = st.lists(st.lists(st.sampled_from(CALLS), min_size=1, max_size=3, unique=True), min_size=1, max_size=3)
NEEDS = st.fixed_dictionaries({ROWS: WAYS}, optional={"one": WAYS, "two, three": WAYS})
REFUSED = st.sets(st.sampled_from(CALLS))
MANIFEST = yaml.safe_load(Path(check.__file__).with_name("manifest.yaml").read_text())
PLANS = {stream["name"]: stream["retriever"]["needs"] for stream in MANIFEST["streams"]}

PLAN = {ROWS: [["iam.a"]], "one": [["iam.b"], ["iam.c", "iam.d"]], "two, three": [["iam.b"]]}


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
    schema = Path(check.__file__).with_name("schemas") / f"{name}.json"
    columns = yaml.safe_load(schema.read_text())["properties"]
    assert ROWS in PLANS[name]
    assert {column for what in PLANS[name] if what != ROWS for column in what.split(", ")} <= set(columns)
