"""How many accounts can be read, and why others cannot."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace
from typing import cast

import pytest

from aws_calls.errors import AwsError, Outcome, Target
from source_aws_iam.aws.session import Session
from source_aws_iam.check.accounts import DISTINCT_ERRORS, ProbedAccounts, probe_accounts
from source_aws_iam.sync.account_handle import AccountHandle

PLENTY = 60


def refusal(account_id: str, code: str = "AccessDenied", action: str = "sts:AssumeRole") -> AwsError:
    return AwsError(Outcome.ACT, f"{code} in {account_id}.", code=code, target=Target(action, account_id, "us-east-1"))


def nothing() -> None:
    pass


def account(account_id: str, sign_in: Callable[[], None] = nothing, error: AwsError | None = None) -> AccountHandle:
    """A stand-in for an account, whose session is the reason why nothing in it can be read."""
    return cast(AccountHandle, SimpleNamespace(account_id=account_id, sign_in=sign_in, session=error))


def unreadable(session: Session) -> AwsError | None:
    return cast("AwsError | None", session)


def probed_of(
    accounts: list[AccountHandle], *, workers: int = 2, seconds: float = PLENTY, total: int | None = None
) -> ProbedAccounts:
    return probe_accounts(
        accounts, unreadable, workers=workers, seconds=seconds, total=len(accounts) if total is None else total
    )


def failing(error: Exception) -> Callable[[], None]:
    def sign_in() -> None:
        raise error

    return sign_in


@pytest.fixture
def silence() -> Iterator[Callable[[], None]]:
    """A sign-in that gets no answer until the test is over."""
    over = threading.Event()

    def sign_in() -> None:
        over.wait(PLENTY)

    yield sign_in
    over.set()


def test_accounts_that_can_be_read_are_counted_and_kept() -> None:
    found = [account("1"), account("2")]
    probed = probed_of(found)

    assert probed.readable == found
    assert str(probed) == "2 of 2 accounts can be read."


def test_an_account_is_closed_by_its_role_or_by_what_the_role_may_do() -> None:
    role, call = refusal("1"), refusal("2", action="iam:ListUsers")
    probed = probed_of([account("1", failing(role)), account("2", error=call), account("3")])

    assert probed.errors == {"1": role, "2": call}
    assert str(probed) == (
        "1 of 3 accounts can be read. Account 1 cannot be read: AccessDenied in 1. "
        "Account 2 cannot be read: AccessDenied in 2."
    )


def test_it_is_said_that_there_are_more_accounts_than_were_tested() -> None:
    found = [account(name) for name in "012"]

    assert str(probed_of(found, total=5)) == "3 of 3 accounts that were tested, of 5 in all, can be read."
    unknown = probe_accounts(found, unreadable, workers=1, seconds=PLENTY, total=None)
    assert str(unknown) == "3 of 3 accounts that were tested can be read."
    assert str(probe_accounts([], unreadable, workers=1, seconds=PLENTY, total=None)) == "No account was tested."


def test_an_account_that_does_not_answer_holds_nobody_up(silence: Callable[[], None]) -> None:
    probed = probed_of([account("1", silence), account("2")], seconds=1)

    assert [found.account_id for found in probed.readable] == ["2"]
    assert str(probed) == "1 of 2 accounts can be read. 1 account gave no answer in time."


def test_accounts_that_wait_behind_a_silent_one_are_not_asked_afterwards() -> None:
    asked: list[str] = []
    over = threading.Event()

    def sign_in() -> None:
        over.wait(PLENTY)

    probed = probed_of([account("1", sign_in), account("2", partial(asked.append, "2"))], workers=1, seconds=0.2)
    over.set()
    for thread in threading.enumerate():
        if thread.name.startswith("in-time"):
            thread.join(PLENTY)

    assert (probed.count, probed.readable, probed.errors, asked) == (2, [], {}, [])


def test_accounts_are_asked_side_by_side() -> None:
    """Each waits until both are being asked."""
    both = threading.Barrier(2, timeout=PLENTY)

    def sign_in() -> None:
        both.wait()

    probed = probed_of([account("1", sign_in), account("2", sign_in)])

    assert len(probed.readable) == 2


def test_a_bug_is_not_taken_for_an_account_that_refuses() -> None:
    with pytest.raises(ZeroDivisionError):
        probed_of([account("1", failing(ZeroDivisionError()))])


def test_the_same_cause_in_many_accounts_is_named_once() -> None:
    errors = {str(number): refusal(str(number)) for number in range(9)}
    errors["9"] = refusal("9", "ExpiredToken")

    assert list(ProbedAccounts(10, 10, errors=errors).distinct_errors) == ["0", "9"]


def test_only_the_first_causes_are_named() -> None:
    errors = {str(number): refusal(str(number), f"Code{number}") for number in range(9)}

    assert list(ProbedAccounts(9, 9, errors=errors).distinct_errors) == [
        str(number) for number in range(DISTINCT_ERRORS)
    ]
