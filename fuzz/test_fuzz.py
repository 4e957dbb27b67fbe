"""A few odd cases, the same in each run of the tests, and those that failed once. `make fuzz` tries more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from fuzz.cases import Case, answer_cases, event_cases, file_cases, loaded
from fuzz.target import Target, target

CORPUS = sorted(Path(__file__).with_name("corpus").glob("*.json"))
FEW = settings(
    max_examples=4, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with target(tmp_path_factory.mktemp("fuzz")) as made:
        yield made


def test_the_target_stands_without_changes(fuzzed: Target) -> None:
    fuzzed.try_case(Case())


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_a_case_that_failed_once_does_not_fail_again(path: Path, fuzzed: Target) -> None:
    fuzzed.try_case(loaded(path))


@FEW
@given(case=event_cases())
def test_an_odd_event_is_a_row_among_others(case: Case, fuzzed: Target) -> None:
    fuzzed.try_case(case)


@FEW
@given(case=answer_cases())
def test_odd_answers_break_no_promise(case: Case, fuzzed: Target) -> None:
    fuzzed.try_case(case)


@FEW
@given(case=file_cases())
def test_odd_files_break_no_promise(case: Case, fuzzed: Target) -> None:
    fuzzed.try_case(case)
