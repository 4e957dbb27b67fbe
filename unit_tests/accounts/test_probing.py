"""How many accounts can be signed in to, and why others cannot."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace
from typing import cast

import pytest

from source_aws_iam.accounts.member import Member
from source_aws_iam.accounts.probing import DISTINCT_ERRORS, Probed, probe
from source_aws_iam.aws.errors import AwsError, Outcome, Target

PLENTY = 60


def refusal(account_id: str, code: str = "AccessDenied", action: str = "sts:AssumeRole") -> AwsError:
    return AwsError(Outcome.ACT, f"{code} in {account_id}.", code=code, target=Target(action, account_id, "us-east-1"))


def nothing() -> None:
    pass


class Session:
    """The session of a stand-in for an account, whose credentials AWS may not know."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error

    @property
    def identity(self) -> str:
        if self.error:
            raise self.error
        return "somebody"


def member(account_id: str, sign_in: Callable[[], None] = nothing, error: Exception | None = None) -> Member:
    return cast(Member, SimpleNamespace(account_id=account_id, sign_in=sign_in, session=Session(error)))


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


def test_accounts_that_can_be_signed_in_to_are_counted_and_kept() -> None:
    found = [member("1"), member("2")]
    probed = probe(found, 20, workers=2, seconds=PLENTY)

    assert probed.readable == found
    assert str(probed) == "2 of 2 accounts can be read."


def test_an_account_is_refused_by_its_role_or_by_what_the_role_is() -> None:
    role, key = refusal("1"), refusal("2", "InvalidClientTokenId", "sts:GetCallerIdentity")
    probed = probe([member("1", failing(role)), member("2", error=key), member("3")], 20, workers=2, seconds=PLENTY)

    assert probed.errors == {"1": role, "2": key}
    assert str(probed) == (
        "1 of 3 accounts can be read. Account 1 cannot be read: AccessDenied in 1. "
        "Account 2 cannot be read: InvalidClientTokenId in 2."
    )


def test_no_more_accounts_are_tried_than_asked_for() -> None:
    tried: list[str] = []
    found = [member(name, partial(tried.append, name)) for name in "01234"]
    probed = probe(found, 3, workers=1, seconds=PLENTY)

    assert tried == ["0", "1", "2"]
    assert str(probed) == "3 of 3 accounts that were tried, of 5 in all, can be read."


def test_an_account_that_does_not_answer_holds_nobody_up(silence: Callable[[], None]) -> None:
    probed = probe([member("1", silence), member("2")], 20, workers=2, seconds=1)

    assert [found.account_id for found in probed.readable] == ["2"]
    assert str(probed) == "1 of 2 accounts can be read. 1 account gave no answer in time."


def test_accounts_that_wait_behind_a_silent_one_are_not_asked_afterwards() -> None:
    asked: list[str] = []
    over = threading.Event()

    def sign_in() -> None:
        over.wait(PLENTY)

    probed = probe([member("1", sign_in), member("2", partial(asked.append, "2"))], 20, workers=1, seconds=0.2)
    over.set()
    for thread in threading.enumerate():
        if thread.name.startswith("in-time"):
            thread.join(PLENTY)

    assert (probed.tried, probed.readable, probed.errors, asked) == (2, [], {}, [])


def test_accounts_are_asked_side_by_side() -> None:
    """Each waits until both are being asked."""
    both = threading.Barrier(2, timeout=PLENTY)

    def sign_in() -> None:
        both.wait()

    probed = probe([member("1", sign_in), member("2", sign_in)], 20, workers=2, seconds=PLENTY)

    assert len(probed.readable) == 2


def test_a_bug_is_not_taken_for_an_account_that_refuses() -> None:
    with pytest.raises(ZeroDivisionError):
        probe([member("1", failing(ZeroDivisionError()))], 20, workers=1, seconds=PLENTY)


def test_the_same_cause_in_many_accounts_is_named_once() -> None:
    errors = {str(number): refusal(str(number)) for number in range(9)}
    errors["9"] = refusal("9", "ExpiredToken")

    assert list(Probed(10, 10, errors=errors).distinct_errors) == ["0", "9"]


def test_only_the_first_causes_are_named() -> None:
    errors = {str(number): refusal(str(number), f"Code{number}") for number in range(9)}

    assert list(Probed(9, 9, errors=errors).distinct_errors) == [str(number) for number in range(DISTINCT_ERRORS)]
