"""What was read of each place: nothing passes for complete that nobody has read to its end."""

from __future__ import annotations

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from aws_calls.errors import NotOfferedError, Outcome, Target
from source_aws_iam.sync.account_region import WHOLE, AccountRegion
from source_aws_iam.sync.coverage import NO_ACCOUNT, UNFINISHED, Coverage, Covered, Status
from source_aws_iam.sync.failures import failure_of
from source_aws_iam.sync.traces import config_error
from unit_tests.sync.test_failures import refusal

ACCOUNT = "111111111111"
HERE = AccountRegion(ACCOUNT)
EAST, WEST = AccountRegion(ACCOUNT, "us-east-1"), AccountRegion(ACCOUNT, "us-west-1")
LACKING = NotOfferedError(Outcome.ACT, "No.", code="InvalidAction", target=Target("iam:ListUsers", ACCOUNT, "r"))
FAULT = failure_of(KeyError("AKIAEXAMPLE"))
TAGS = frozenset({"tags"})


@pytest.mark.parametrize(
    ("covered", "status", "missing", "error"),
    [
        (Covered(rows=3, is_read=True), Status.COMPLETE, (), None),
        (Covered(is_read=True), Status.COMPLETE, (), None),
        (Covered(rows=3), Status.PARTIAL, (), UNFINISHED),
        (Covered(), Status.FAILED, (), UNFINISHED),
        (Covered(is_enabled=False), Status.NOT_ENABLED, (), None),
        (
            Covered(rows=3, is_read=True, gaps=TAGS | {"alias"}, missing=("iam:GetUser",)),
            *(Status.PARTIAL, ("iam:GetUser",), "Some rows lack these columns: alias, tags."),
        ),
        (Covered(rows=3, is_read=True, gaps=TAGS), Status.PARTIAL, (), "Some rows lack these columns: tags."),
        (Covered(failure=refusal("Denied.")), Status.DENIED, ("iam:ListUsers",), "Denied."),
        (Covered(failure=refusal("Denied."), missing=("iam:A", "iam:B")), Status.DENIED, ("iam:A", "iam:B"), "Denied."),
        (Covered(rows=3, failure=refusal("Denied.")), Status.PARTIAL, ("iam:ListUsers",), "Denied."),
        (Covered(rows=3, is_read=True, failure=refusal("Denied.")), Status.PARTIAL, ("iam:ListUsers",), "Denied."),
        # Which permission that is, nobody can tell: the role may not be there, or trust somebody else.
        (Covered(failure=refusal("No role.", action="sts:AssumeRole")), Status.FAILED, (), "No role."),
        (Covered(failure=refusal("Slow down.", code="Throttling")), Status.FAILED, (), "Slow down."),
        (Covered(failure=LACKING), Status.DENIED, (), "No."),
        (Covered(failure=FAULT), Status.FAILED, (), str(FAULT)),
    ],
)
def test_a_place_says_how_much_was_read_what_is_missing_and_why(
    covered: Covered, status: Status, missing: tuple[str, ...], error: str | None
) -> None:
    assert (covered.status, covered.missing_actions, covered.error) == (status, missing, error)


def test_rows_are_counted_and_their_hidden_columns_remembered() -> None:
    covered = Covered()
    for hidden in (None, [], ["tags"], ["tags", "alias"]):
        covered.see(hidden)
    assert (covered.rows, covered.gaps) == (4, frozenset({"tags", "alias"}))


def test_a_column_that_no_permission_brings_is_no_gap() -> None:
    coverage = Coverage()
    covered = coverage.at("policies", HERE)
    covered.see(["tags", "document"])
    coverage.lacks(covered, ("iam:GetPolicyVersion",))
    assert covered.gaps == {"document", "tags"}
    assert covered.missing == ("iam:GetPolicyVersion",)


def test_the_first_reason_of_a_place_is_kept() -> None:
    coverage = Coverage()
    coverage.failed("users", HERE, refusal("First."))
    coverage.failed("users", HERE, refusal("Second."))
    assert coverage.at("users", HERE).error == "First."
    assert coverage.at("groups", HERE).failure is None


def test_an_account_has_its_regions_in_order_and_is_not_one_itself() -> None:
    coverage = Coverage()
    for place in (WEST, EAST):
        coverage.at("audit_events", place).is_read = True
    coverage.not_enabled("audit_events", ACCOUNT, ["me-south-1", "af-south-1"])
    found = coverage.of("audit_events", ACCOUNT)
    assert {region: covered.status.value for region, covered in found.items()} == {
        **dict.fromkeys(["af-south-1", "me-south-1"], "not_enabled"),
        **dict.fromkeys(["us-east-1", "us-west-1"], "complete"),
    }
    assert list(found) == sorted(found)


def test_what_ended_a_stream_in_an_account_ended_the_regions_that_were_not_read() -> None:
    coverage = Coverage()
    coverage.at("audit_events", EAST).is_read = True
    coverage.at("audit_events", WEST)
    coverage.not_enabled("audit_events", ACCOUNT, ["me-south-1"])
    coverage.failed("audit_events", HERE, FAULT)
    found = coverage.of("audit_events", ACCOUNT)
    assert {region: covered.error for region, covered in found.items()} == {
        "me-south-1": None,
        "us-east-1": None,
        "us-west-1": str(FAULT),
    }


@pytest.mark.parametrize("reached", [True, False])
def test_what_kept_a_stream_from_all_accounts_is_said_of_each_that_was_not_read(*, reached: bool) -> None:
    coverage = Coverage()
    coverage.failed("users", NO_ACCOUNT, refusal("Nobody can be found."))
    if reached:
        coverage.at("users", HERE)
    found = coverage.of("users", ACCOUNT)
    assert {region: covered.error for region, covered in found.items()} == {WHOLE: "Nobody can be found."}


def test_an_account_that_a_stream_never_came_to_has_failed() -> None:
    [(region, covered)] = Coverage().of("users", ACCOUNT).items()
    assert (region, covered.status, covered.error) == (WHOLE, Status.FAILED, UNFINISHED)


def test_many_readers_of_a_place_count_all_their_rows() -> None:
    coverage = Coverage()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda rows: coverage.add("audit_events", EAST, rows), [1] * 2_000))
    assert coverage.at("audit_events", EAST).rows == 2_000


def test_a_thousand_accounts_that_all_lack_something_take_little_memory() -> None:
    """Thirteen megabytes: 25 streams of each, and two in seventeen Regions, with as many that are not enabled."""

    def named(count: int, what: str, account: int) -> list[str]:
        """Texts of their own, as each answer of AWS has them."""
        return [f"{what}-{number}{account}"[: -len(str(account))] for number in range(count)]

    coverage = Coverage()
    tracemalloc.start()
    for number in range(1_000):
        account_id = f"{number:012}"
        for stream in range(25):
            covered = coverage.at(f"stream {stream}", AccountRegion(account_id))
            covered.see([f"column {column}" for column in range(20)])
            coverage.lacks(covered, ("iam:GetUser", "iam:ListRoles"))
        for stream in range(2):
            coverage.not_enabled(f"regional {stream}", account_id, named(17, "off", number))
            for region in named(17, "on", number):
                coverage.at(f"regional {stream}", AccountRegion(account_id, region)).is_read = True
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken < 20_000_000


def test_an_error_that_names_what_to_change_is_kept_in_its_own_words() -> None:

    told: Any = failure_of(config_error("Reset the stream."))
    assert str(told) == "Reset the stream."
