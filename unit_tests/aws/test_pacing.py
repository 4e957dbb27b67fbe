"""The pace: never more than AWS counts, hardly less than it allows."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from source_aws_iam.aws.pacing import MARGIN, Pacer


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
    pacer = Pacer(rate, clock=time.read, sleep=time.pass_by)
    turns = []
    for seconds in work:
        pacer.wait()
        turns.append(time.now)
        time.pass_by(seconds)
    for turn in turns:
        assert sum(turn <= other < turn + 1 for other in turns) <= math.ceil(rate)


def test_callers_who_never_rest_use_almost_the_whole_quota() -> None:
    time = Time()
    pacer = Pacer(2, clock=time.read, sleep=time.pass_by)
    for _ in range(201):
        pacer.wait()
    assert abs(time.now - 100 * MARGIN) < 1e-6


def test_a_pause_does_not_save_up_turns() -> None:
    time = Time()
    pacer = Pacer(2, clock=time.read, sleep=time.pass_by)
    pacer.wait()
    time.pass_by(60)
    pacer.wait()
    pacer.wait()
    assert time.now == 60 + MARGIN / 2
