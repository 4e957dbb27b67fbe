"""Sessions of an assumed role: fetched when they are needed, and neither too late nor too often."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.credentials import ReadOnlyCredentials
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

import aws_calls.core  # noqa: F401 - keeps tracebacks out of botocore's log
from aws_calls.credentials import ADVISORY, MANDATORY, RoleCredentials
from aws_calls.errors import AwsError, Outcome, Target
from aws_calls.timestamps import utc
from source_aws_iam.aws.values import moment

PATIENCE = 20
SHORTEST = 900
CANARY = "canary-7f3a"


class Sts:
    """Issues sessions with numbers, each until `seconds` after `now`. `gate` holds back whoever asks for one."""

    def __init__(self, seconds: int = SHORTEST) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=timezone.utc)
        self.issued = 0
        self.asked = threading.Semaphore(0)
        self.gate = threading.Event()
        self.gate.set()
        self.failing = False
        self._seconds = seconds

    def __call__(self) -> Mapping[str, Any]:
        self.asked.release()
        assert self.gate.wait(PATIENCE)
        if self.failing:
            target = Target("sts:AssumeRole", account_id="123456789012", region="us-east-1")
            raise AwsError(Outcome.ACT, f"No. {CANARY}", code="AccessDenied", target=target)
        self.issued += 1
        end = self.now + timedelta(seconds=self._seconds)
        return {"access_key": str(self.issued), "secret_key": "s", "token": utc(end), "expiry_time": utc(end)}

    def credentials(self) -> RoleCredentials:
        return RoleCredentials(refresh_using=self, method="assume-role", clock=lambda: self.now)

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def left(self, of: ReadOnlyCredentials) -> float:
        return (moment(str(of.token)) - self.now).total_seconds()


def number(credentials: RoleCredentials) -> int:
    return int(str(credentials.get_frozen_credentials().access_key))


def test_nothing_is_fetched_before_it_is_used_and_then_it_is_kept() -> None:
    sts = Sts()
    credentials = sts.credentials()
    assert sts.issued == 0
    assert [number(credentials), number(credentials), sts.issued] == [1, 1, 1]


def test_a_first_session_that_could_not_be_had_is_asked_for_again() -> None:
    sts = Sts()
    credentials = sts.credentials()
    sts.failing = True
    for _ in range(2):
        with pytest.raises(AwsError, match=CANARY):
            credentials.get_frozen_credentials()
    sts.failing = False
    assert number(credentials) == 1


def test_the_shortest_session_is_renewed_in_its_last_minutes_and_not_at_every_signing() -> None:
    sts = Sts()
    credentials = sts.credentials()
    signed = []
    for _ in range(SHORTEST):
        signed.append(number(credentials))
        sts.wait(1)
    assert signed == [1] * (SHORTEST - ADVISORY + 1) + [2] * (ADVISORY - 1)


def test_while_one_thread_renews_early_the_others_sign_with_what_there_is() -> None:
    sts = Sts()
    credentials = sts.credentials()
    number(credentials)
    sts.wait(SHORTEST - ADVISORY + 1)
    sts.gate.clear()
    with ThreadPoolExecutor(1) as threads:
        assert sts.asked.acquire(timeout=PATIENCE)
        renewing = threads.submit(number, credentials)
        assert sts.asked.acquire(timeout=PATIENCE)
        assert number(credentials) == 1
        sts.gate.set()
        assert renewing.result(PATIENCE) == 2
    assert number(credentials) == 2


@pytest.mark.parametrize("waited", [None, SHORTEST - MANDATORY + 1, SHORTEST], ids=["first", "late", "over"])
def test_where_nobody_may_sign_with_what_there_is_all_wait_for_one_new_session(waited: int | None) -> None:
    sts = Sts()
    credentials = sts.credentials()
    if waited is not None:
        number(credentials)
        sts.wait(waited)
    before = sts.issued
    together = threading.Barrier(6)

    def sign() -> int:
        together.wait(PATIENCE)
        return number(credentials)

    with ThreadPoolExecutor(6) as threads:
        signed = [future.result(PATIENCE) for future in [threads.submit(sign) for _ in range(6)]]
    assert (signed, sts.issued) == ([before + 1] * 6, before + 1)


@pytest.fixture
def busy_threads() -> Iterator[None]:
    """Threads that interrupt each other as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("busy_threads")
def test_threads_that_were_refused_at_once_renew_once() -> None:
    sts = Sts()
    credentials = sts.credentials()
    together = threading.Barrier(6)

    def renew(refused: ReadOnlyCredentials) -> int:
        together.wait(PATIENCE)
        credentials.renew(refused)
        return number(credentials)

    with ThreadPoolExecutor(6) as threads:
        for before in range(1, 301):
            refused = credentials.get_frozen_credentials()
            signed = [future.result(PATIENCE) for future in [threads.submit(renew, refused) for _ in range(6)]]
            assert (signed, sts.issued) == ([before + 1] * 6, before + 1)


def test_whoever_signs_while_another_renews_waits_for_the_new_session() -> None:
    sts = Sts()
    credentials = sts.credentials()
    refused = credentials.get_frozen_credentials()
    assert sts.asked.acquire(timeout=PATIENCE)
    sts.gate.clear()
    with ThreadPoolExecutor(2) as threads:
        renewing = threads.submit(credentials.renew, refused)
        assert sts.asked.acquire(timeout=PATIENCE)
        signing = threads.submit(number, credentials)
        sts.gate.set()
        renewing.result(PATIENCE)
        assert signing.result(PATIENCE) == 2


def test_a_renewal_that_fails_is_logged_without_its_reason_while_the_session_lasts_and_raised_after(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sts = Sts()
    credentials = sts.credentials()
    number(credentials)
    sts.failing = True
    with caplog.at_level(logging.DEBUG):
        sts.wait(SHORTEST - ADVISORY + 1)
        assert number(credentials) == 1
        sts.wait(ADVISORY - MANDATORY)
        with pytest.raises(AwsError, match=CANARY):
            number(credentials)
    warnings = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert warnings == ["Refreshing temporary credentials failed during advisory refresh period."]
    assert CANARY not in caplog.text


class Renewals(RuleBasedStateMachine):
    """Time passes, AWS refuses sessions, and STS fails and recovers, in any order."""

    @initialize(seconds=st.integers(SHORTEST, 4 * SHORTEST))
    def begin(self, seconds: int) -> None:
        self.sts = Sts(seconds)
        self.credentials = self.sts.credentials()
        self.held: ReadOnlyCredentials | None = None
        self.older: ReadOnlyCredentials | None = None

    @rule(seconds=st.integers(0, 2 * SHORTEST))
    def time_passes(self, seconds: int) -> None:
        self.sts.wait(seconds)

    @rule(left=st.sampled_from([ADVISORY, ADVISORY - 1, MANDATORY, MANDATORY - 1, 0]))
    def the_session_nears_its_end(self, left: int) -> None:
        if self.held:
            self.sts.wait(max(self.sts.left(self.held) - left, 0))

    @rule(failing=st.booleans())
    def sts_changes(self, failing: bool) -> None:
        self.sts.failing = failing

    @rule()
    def somebody_signs(self) -> None:
        left = self.sts.left(self.held) if self.held else 0
        before = self.sts.issued
        if self.sts.failing and left < MANDATORY:
            with pytest.raises(AwsError):
                self.credentials.get_frozen_credentials()
            return
        signed = self.credentials.get_frozen_credentials()
        if left >= ADVISORY or self.sts.failing:
            assert (signed, self.sts.issued) == (self.held, before)
        else:
            self._expect_new(signed, before)

    @rule()
    def aws_refuses_the_session(self) -> None:
        if self.held is None:
            return
        before = self.sts.issued
        if self.sts.failing:
            with pytest.raises(AwsError):
                self.credentials.renew(self.held)
            # Nobody signs with it again.
            self.older, self.held = self.held, None if self.sts.left(self.held) >= MANDATORY else self.held
            return
        self.credentials.renew(self.held)
        self._expect_new(self.credentials.get_frozen_credentials(), before)

    @rule()
    def aws_refuses_a_session_that_was_replaced(self) -> None:
        if self.held is None or self.older in (None, self.held) or self.sts.left(self.held) < ADVISORY:
            return
        assert self.older
        before = self.sts.issued
        self.credentials.renew(self.older)
        assert (self.credentials.get_frozen_credentials(), self.sts.issued) == (self.held, before)

    def _expect_new(self, signed: ReadOnlyCredentials, before: int) -> None:
        assert signed.access_key == str(before + 1)
        assert self.sts.issued == before + 1
        assert self.sts.left(signed) >= SHORTEST
        self.older, self.held = self.held or self.older, signed


TestRenewals = Renewals.TestCase
