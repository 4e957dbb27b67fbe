"""Waiting for a stream that goes through the accounts on its own."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

from source_aws_iam.accounts.departures import Departures

SECONDS = 60


def waiting(departures: Departures, pool: ThreadPoolExecutor, *account_ids: str) -> list[Future[None]]:
    return [pool.submit(departures.wait_for, account_id) for account_id in account_ids]


def test_each_waits_for_its_own_account() -> None:
    departures = Departures()
    departures.expect()
    with ThreadPoolExecutor(2) as pool:
        one, other = waiting(departures, pool, "1", "2")
        departures.leave("2")
        other.result(SECONDS)
        assert not one.done()
        departures.leave("1")
        one.result(SECONDS)


def test_nobody_waits_for_a_stream_that_has_ended_wherever_it_was() -> None:
    departures = Departures()
    departures.expect()
    with ThreadPoolExecutor(2) as pool:
        one, other = waiting(departures, pool, "1", "2")
        departures.end()
        one.result(SECONDS)
        other.result(SECONDS)


def test_nobody_waits_for_a_stream_that_is_not_read() -> None:
    Departures().wait_for("1")
