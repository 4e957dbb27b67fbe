"""Rate limits: never more than AWS allows, and hardly less."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_calls.rate_limits import MARGIN, SLIGHTLY_SLOWER, SLOWER, SLOWEST, RateLimiter


@dataclass
class Time:
    """A clock that only moves when somebody sleeps, works, or waits for an answer."""

    now: float = 0.0

    def read(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


@given(rate=st.floats(0.1, 50), work=st.lists(st.floats(0, 3), min_size=3, max_size=60))
def test_no_second_sees_more_turns_than_the_rate(rate: float, work: list[float]) -> None:
    time = Time()
    limiter = RateLimiter(rate, clock=time.read, sleep=time.pass_by)
    turns = []
    for seconds in work:
        limiter.wait()
        turns.append(time.now)
        time.pass_by(seconds)
    for turn in turns:
        assert sum(turn <= other < turn + 1 for other in turns) <= math.ceil(rate)


def test_callers_who_never_rest_use_almost_the_whole_quota() -> None:
    time = Time()
    limiter = RateLimiter(2, clock=time.read, sleep=time.pass_by)
    for _ in range(201):
        limiter.wait()
    assert abs(time.now - 100 * MARGIN) < 1e-6


def test_a_pause_does_not_save_up_turns() -> None:
    time = Time()
    limiter = RateLimiter(2, clock=time.read, sleep=time.pass_by)
    limiter.wait()
    time.pass_by(60)
    limiter.wait()
    limiter.wait()
    assert time.now == 60 + MARGIN / 2


def test_a_refusal_slows_the_pace_once_however_many_requests_were_under_way_and_answers_win_it_back() -> None:
    time = Time()
    limiter = RateLimiter(2, clock=time.read, sleep=time.pass_by)
    turns = [limiter.wait() for _ in range(3)]
    for turn in turns:
        limiter.answered(turn, throttled=True)
    assert spacing(limiter, time) == pytest.approx(MARGIN / 2 * SLIGHTLY_SLOWER)
    for _ in range(60):
        limiter.answered(limiter.wait(), throttled=False)
    assert spacing(limiter, time) == pytest.approx(MARGIN / 2)


def test_a_refusal_before_the_pace_is_won_back_slows_it_more_than_the_first_one() -> None:
    time = Time()
    limiter = RateLimiter(2, clock=time.read, sleep=time.pass_by)
    limiter.answered(limiter.wait(), throttled=True)
    limiter.wait()
    limiter.answered(limiter.wait(), throttled=True)
    assert spacing(limiter, time) == pytest.approx(MARGIN / 2 * SLIGHTLY_SLOWER * SLOWER)


def test_the_pace_has_a_floor() -> None:
    time = Time()
    limiter = RateLimiter(2, clock=time.read, sleep=time.pass_by)
    for _ in range(50):
        limiter.answered(limiter.wait(), throttled=True)
    assert spacing(limiter, time) == pytest.approx(MARGIN / 2 * SLOWEST)


@given(others=st.floats(0.2, 1.5))
def test_with_another_tool_on_the_quota_few_requests_are_refused_and_the_rest_of_it_is_used(others: float) -> None:
    """AWS as a bucket of two per second, of which somebody else takes `others`."""
    time = Time()
    limiter = RateLimiter(2, clock=time.read, sleep=time.pass_by)
    tokens, last, accepted, refused = 2.0, 0.0, 0, 0
    for _ in range(400):
        turn = limiter.wait()
        tokens, last = min(2.0, tokens + (2 - others) * (time.now - last)), time.now
        tokens, ok = (tokens - 1, True) if tokens >= 1 else (tokens, False)
        limiter.answered(turn, throttled=not ok)
        accepted, refused = accepted + ok, refused + (not ok)
    assert refused <= 0.07 * accepted
    assert accepted / time.now >= 0.9 * (2 - others)


def test_slow_answers_take_more_chains_to_use_the_same_pace() -> None:
    time = Time()
    limiter = RateLimiter(2, clock=time.read, sleep=time.pass_by)
    chains = {}
    for latency in (0.2, 4.0):
        for _ in range(60):
            turn = limiter.wait()
            time.pass_by(latency)
            limiter.answered(turn, throttled=False)
        chains[latency] = limiter.chains
    assert chains == {0.2: 2, 4.0: 9}


def test_the_next_turn_keeps_its_distance_from_a_request_that_left_late() -> None:
    time = Time()
    limiter = RateLimiter(2, clock=time.read, sleep=time.pass_by)
    limiter.wait()
    time.pass_by(0.3)
    limiter.sent()
    assert limiter.wait() == pytest.approx(0.3 + MARGIN / 2)


@pytest.mark.parametrize(("latency", "slow"), [(0.2, False), (4.0, True)])
def test_answers_are_slow_once_one_has_taken_long(latency: float, *, slow: bool) -> None:
    time = Time()
    limiter = RateLimiter(2, clock=time.read, sleep=time.pass_by)
    assert not limiter.slow
    turn = limiter.wait()
    time.pass_by(latency)
    limiter.answered(turn, throttled=False)
    assert limiter.slow is slow


def test_the_first_answer_says_at_once_how_many_chains_it_takes() -> None:
    time = Time()
    limiter = RateLimiter(2, clock=time.read, sleep=time.pass_by)
    turn = limiter.wait()
    time.pass_by(4.0)
    limiter.answered(turn, throttled=False)
    assert limiter.chains == 9


def spacing(limiter: RateLimiter, time: Time) -> float:
    """The time between two turns from now on."""
    first = limiter.wait()
    return limiter.wait() - first
