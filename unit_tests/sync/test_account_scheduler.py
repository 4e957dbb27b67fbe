"""Streams read the accounts together, in any order of threads and failures, and none waits for ever."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from random import Random

import pytest

from source_aws_iam.sync.account_scheduler import AccountScheduler

SECONDS = 60


class Sync:
    """A sync as the CDK runs it: a generator for each stream and the readers of what they yield share a thread pool."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - reproducible, not secret
        self.accounts = [f"account {number}" for number in range(self.random.randrange(0, 25))]
        self.window = self.random.randrange(1, 6)
        self.streams = [f"stream {number}" for number in range(self.random.randrange(1, 7))]
        self.released: list[str] = []
        self.let_in: list[tuple[str, str]] = []
        self.furthest = 0
        self.lock = threading.Lock()
        self.scheduler = AccountScheduler(self.accounts, self.streams, window=self.window, release=self.release)
        # A stream that its generator leaves after so many accounts, because the generator failed.
        self.leaves = {stream: self.random.randrange(0, 30) for stream in self.streams}
        self.twice = {
            (stream, account) for stream in self.streams for account in self.accounts if self.random.random() < 0.2
        }
        # The CDK keeps at least this many threads for reading.
        self.pool = ThreadPoolExecutor(2 * len(self.streams) + 2)
        self.reading: list[Future[None]] = []

    def release(self, account: str) -> None:
        with self.lock:
            self.released.append(account)

    def generate(self, stream: str) -> None:
        turns = self.scheduler.turns(stream)
        for number, account in enumerate(turns):
            if number == self.leaves[stream]:
                turns.close()  # type: ignore[attr-defined]
                break
            with self.lock:
                self.let_in.append((stream, account))
                self.furthest = max(self.furthest, self.accounts.index(account) - self.scheduler._oldest)
                self.reading.append(self.pool.submit(self.read, stream, account))
        self.scheduler.wait_until_read(stream)

    def read(self, stream: str, account: str) -> None:
        if (stream, account) in self.twice:
            self.scheduler.done(stream, account)
        self.scheduler.done(stream, account)

    def run(self) -> list[str]:
        shuffled = self.random.sample(self.streams, len(self.streams))
        follower = self.pool.submit(lambda: list(self.scheduler.finished()))
        for generator in [self.pool.submit(self.generate, stream) for stream in shuffled]:
            generator.result(SECONDS)
        finished = follower.result(SECONDS)
        self.pool.shutdown()
        return finished


@pytest.mark.parametrize("seed", range(150))
def test_every_sync_ends_and_releases_every_account_once(seed: int) -> None:
    sync = Sync(seed)
    assert sync.run() == sync.accounts
    assert sorted(sync.released) == sorted(sync.accounts)
    for stream in sync.streams:
        read = [account for name, account in sync.let_in if name == stream]
        assert read == sync.accounts[: sync.leaves[stream]]
    assert sync.furthest < sync.window


def test_no_stream_runs_ahead_of_the_slowest() -> None:
    scheduler = AccountScheduler([*"abcdefghij"], ["quick", "slow"], window=3)
    quick, slow = scheduler.turns("quick"), scheduler.turns("slow")
    assert [next(quick) for _ in range(3)] == ["a", "b", "c"]
    for account in "abc":
        scheduler.done("quick", account)
    waiting = threading.Thread(target=lambda: next(quick))
    waiting.start()
    assert waiting.is_alive()
    scheduler.done("slow", next(slow))
    waiting.join(SECONDS)
    assert not waiting.is_alive()


def test_a_stream_that_does_not_take_part_goes_through_freely() -> None:
    scheduler = AccountScheduler([*"abcd"], [], window=1)
    assert list(scheduler.turns("another")) == list(scheduler.finished()) == [*"abcd"]
