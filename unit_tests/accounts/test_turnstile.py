"""Streams go through the accounts together, whatever order threads and failures come in, and none waits for ever."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from random import Random

import pytest

from source_aws_iam.accounts.turnstile import Turnstile

SECONDS = 60


class Sync:
    """A sync as the CDK runs it: a generator for each stream and the readers of what they yield share a thread pool."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - reproducible, not secret
        self.accounts = self.random.randrange(0, 25)
        self.window = self.random.randrange(1, 6)
        self.streams = [f"stream {number}" for number in range(self.random.randrange(1, 7))]
        self.released: list[int] = []
        self.let_in: list[tuple[str, int]] = []
        self.furthest = 0
        self.lock = threading.Lock()
        self.turnstile = Turnstile(self.accounts, self.streams, window=self.window, release=self.release)
        # A stream that its generator leaves after so many accounts, because the generator failed.
        self.leaves = {stream: self.random.randrange(0, 30) for stream in self.streams}
        self.twice = {
            (stream, account)
            for stream in self.streams
            for account in range(self.accounts)
            if self.random.random() < 0.2
        }
        # The CDK keeps at least this many threads for reading.
        self.pool = ThreadPoolExecutor(2 * len(self.streams) + 2)
        self.reading: list[Future[None]] = []

    def release(self, account: int) -> None:
        with self.lock:
            self.released.append(account)

    def generate(self, stream: str) -> None:
        turns = self.turnstile.turns(stream)
        for number, account in enumerate(turns):
            if number == self.leaves[stream]:
                turns.close()  # type: ignore[attr-defined]
                break
            with self.lock:
                self.let_in.append((stream, account))
                self.furthest = max(self.furthest, account - self.turnstile._oldest)
                self.reading.append(self.pool.submit(self.read, stream, account))
        self.turnstile.wait_until_read(stream)

    def read(self, stream: str, account: int) -> None:
        if (stream, account) in self.twice:
            self.turnstile.done(stream, account)
        self.turnstile.done(stream, account)

    def run(self) -> list[int]:
        shuffled = self.random.sample(self.streams, len(self.streams))
        follower = self.pool.submit(lambda: list(self.turnstile.finished()))
        for generator in [self.pool.submit(self.generate, stream) for stream in shuffled]:
            generator.result(SECONDS)
        finished = follower.result(SECONDS)
        self.pool.shutdown()
        return finished


@pytest.mark.parametrize("seed", range(150))
def test_every_sync_ends_and_releases_every_account_once(seed: int) -> None:
    sync = Sync(seed)
    assert sync.run() == list(range(sync.accounts))
    assert sorted(sync.released) == list(range(sync.accounts))
    for stream in sync.streams:
        read = [account for name, account in sync.let_in if name == stream]
        assert read == list(range(min(sync.accounts, sync.leaves[stream])))
    assert sync.furthest < sync.window


def test_no_stream_runs_ahead_of_the_slowest() -> None:
    turnstile = Turnstile(10, ["quick", "slow"], window=3)
    quick, slow = turnstile.turns("quick"), turnstile.turns("slow")
    assert [next(quick) for _ in range(3)] == [0, 1, 2]
    for account in range(3):
        turnstile.done("quick", account)
    waiting = threading.Thread(target=lambda: next(quick))
    waiting.start()
    assert waiting.is_alive()
    turnstile.done("slow", next(slow))
    waiting.join(SECONDS)
    assert not waiting.is_alive()


def test_a_stream_that_does_not_take_part_goes_through_freely() -> None:
    turnstile = Turnstile(4, [], window=1)
    assert list(turnstile.turns("another")) == list(turnstile.finished()) == [0, 1, 2, 3]
