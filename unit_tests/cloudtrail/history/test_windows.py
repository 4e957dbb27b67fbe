"""The scheduler of windows: order, completeness, and the end."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_aws_iam.cloudtrail.feed import Feed
from source_aws_iam.cloudtrail.history.window_scheduler import WindowScheduler
from source_aws_iam.cloudtrail.history.windows import PAGES_BEFORE_SPLITTING, PAGES_PER_WINDOW, SECOND, Window
from unit_tests.cloudtrail.history.event_history import HOME, NOON

AWAY = Feed("123456789012", "eu-west-1")
HOUR = timedelta(hours=1)


def window(start: int, end: int, feed: Feed = HOME) -> Window:
    return Window(feed, NOON + start * HOUR, NOON + end * HOUR)


def hours(*edges: int) -> list[Window]:
    return [window(start, end) for start, end in pairwise(edges)]


def hours_up_to(end: int) -> list[Window]:
    return [Window(HOME, NOON, NOON + end * HOUR + SECOND)]


@given(
    length=st.integers(2, 90 * 86_400),
    read=st.floats(0.000001, 0.999),
    pages=st.integers(PAGES_BEFORE_SPLITTING, PAGES_PER_WINDOW * 2),
)
def test_the_pieces_cover_the_rest_to_the_second_and_do_not_overlap(length: int, read: float, pages: int) -> None:
    whole = Window(HOME, NOON, NOON + timedelta(seconds=length))
    second = NOON + timedelta(seconds=int((length - 1) * (1 - read)))
    pieces = whole.rest_before(second, pages)
    assert len(pieces) <= 24
    if pieces:
        assert pieces[0].start == whole.start
        assert pieces[-1].end == second + SECOND
        assert all(older.end == newer.start for older, newer in pairwise(pieces))
        assert all(piece.start < piece.end for piece in pieces)


def test_a_window_is_not_cut_for_what_its_first_pages_look_like() -> None:
    burst = window(0, 1000)
    assert burst.rest_before(burst.end - 2 * SECOND, PAGES_BEFORE_SPLITTING - 1) == []
    assert burst.rest_before(burst.end - 2 * SECOND, PAGES_BEFORE_SPLITTING) != []


def test_a_rest_that_fits_into_the_window_is_read_on() -> None:
    assert window(0, 60).rest_before(NOON + 54 * HOUR, 6) == []
    assert window(0, 200).rest_before(NOON + 194 * HOUR, 6) != []


def test_a_rest_of_less_than_two_windows_is_cut_after_one_and_not_nibbled() -> None:
    assert window(0, 120).rest_before(NOON + 114 * HOUR, 6) == []
    assert window(0, 120).rest_before(NOON + 60 * HOUR, PAGES_PER_WINDOW) == hours_up_to(60)


@given(length=st.integers(2, 90 * 86_400), read=st.floats(0.000001, 0.999), idle=st.integers(1, 50))
def test_what_is_shared_with_idle_readers_covers_the_rest_to_the_second(length: int, read: float, idle: int) -> None:
    whole = Window(HOME, NOON, NOON + timedelta(seconds=length))
    second = NOON + timedelta(seconds=int((length - 1) * (1 - read)))
    pieces = whole.rest_before(second, 1, idle)
    assert len(pieces) <= idle + 1
    if pieces:
        assert (pieces[0].start, pieces[-1].end) == (whole.start, second + SECOND)
        assert all(older.end == newer.start for older, newer in pairwise(pieces))
        assert all(piece.start < piece.end for piece in pieces)


def test_a_rest_is_shared_after_the_first_page_but_not_its_last_page() -> None:
    whole = window(0, 12)
    assert whole.rest_before(NOON + 9 * HOUR, 1, idle=2) == [
        Window(HOME, start, end)
        for start, end in pairwise(NOON + number * (3 * HOUR) + (number == 3) * SECOND for number in range(4))
    ]
    assert window(0, 12).rest_before(NOON + 5 * HOUR, 1, idle=2) == []


def test_readers_are_idle_where_a_pair_could_use_more_than_it_has_windows_for() -> None:
    chains = {HOME: 5, AWAY: 2}
    scheduler = WindowScheduler({HOME: window(0, 9), AWAY: window(0, 9, AWAY)}, at_once=5, per_feed=chains.__getitem__)
    turns = iter(scheduler)
    first, _ = next(turns), next(turns)
    # One of the readers that a feed may have is there to wait, and two of the five read.
    assert (scheduler.idle(HOME), scheduler.idle(AWAY)) == (3, 0)
    scheduler.give_back(first, NOON + 6 * HOUR - SECOND, hours(0, 3, 6))
    assert scheduler.idle(HOME) == 1
    next(turns)
    assert scheduler.idle(HOME) == 1
    next(turns)
    assert scheduler.idle(HOME) == 1
    chains[HOME] = 4
    assert scheduler.idle(HOME) == 0


def test_pairs_take_turns_and_each_gives_its_oldest_window_first() -> None:
    scheduler = WindowScheduler({HOME: window(0, 9), AWAY: window(0, 9, AWAY)}, at_once=10)
    turns = iter(scheduler)
    first, second = next(turns), next(turns)
    assert (first.feed, second.feed) == (HOME, AWAY)
    scheduler.give_back(first, NOON + 6 * HOUR - SECOND, hours(0, 3, 6))
    scheduler.give_back(second, NOON + 6 * HOUR - SECOND, [window(0, 6, AWAY)])
    assert [next(turns), next(turns), next(turns)] == [window(0, 3), window(0, 6, AWAY), window(3, 6)]


def test_nothing_newer_than_an_unread_window_is_complete() -> None:
    scheduler = WindowScheduler({HOME: window(0, 9)}, at_once=10)
    turns = iter(scheduler)
    whole = next(turns)
    assert scheduler.complete_through(HOME) == NOON
    kept = scheduler.give_back(whole, NOON + 6 * HOUR - SECOND, hours(0, 3, 6))
    oldest, middle = next(turns), next(turns)
    scheduler.seal(kept)
    scheduler.seal(middle)
    assert scheduler.complete_through(HOME) == NOON
    scheduler.seal(oldest)
    assert scheduler.complete_through(HOME) == NOON + 9 * HOUR


def test_no_more_than_the_limit_is_under_way() -> None:
    scheduler = WindowScheduler({HOME: window(0, 9), AWAY: window(0, 9, AWAY)}, at_once=1)
    turns = iter(scheduler)
    first = next(turns)
    taken: list[Window] = []
    waiting = threading.Thread(target=lambda: taken.append(next(turns)))
    waiting.start()
    waiting.join(0.05)
    assert taken == []
    scheduler.seal(first)
    waiting.join(5)
    assert taken == [window(0, 9, AWAY)]


def test_one_pair_gets_no_more_readers_than_use_its_quota() -> None:
    scheduler = WindowScheduler({HOME: window(0, 9), AWAY: window(0, 9, AWAY)}, at_once=10, per_feed=lambda _: 2)
    turns = iter(scheduler)
    first, away = next(turns), next(turns)
    kept = scheduler.give_back(first, NOON + 6 * HOUR - SECOND, hours(0, 2, 4, 6))
    scheduler.give_back(away, NOON + 6 * HOUR - SECOND, [window(0, 3, AWAY), window(3, 6, AWAY)])
    assert [next(turns), next(turns)] == [window(0, 2), window(0, 3, AWAY)]
    scheduler.seal(kept)
    assert next(turns) == window(2, 4)


def test_the_plan_waits_for_what_a_reader_may_give_back() -> None:
    scheduler = WindowScheduler({HOME: window(0, 9)}, at_once=10)
    turns = iter(scheduler)
    whole = next(turns)
    taken: queue.Queue[Window | None] = queue.Queue()

    def take_all() -> None:
        for turn in turns:
            taken.put(turn)
        taken.put(None)

    threading.Thread(target=take_all, daemon=True).start()
    scheduler.seal(scheduler.give_back(whole, NOON + 6 * HOUR - SECOND, [window(0, 6)]))
    assert taken.get(timeout=60) == window(0, 6)
    assert taken.empty()
    scheduler.seal(window(0, 6))
    assert taken.get(timeout=60) is None


def test_a_failed_pair_stops_alone_and_stays_incomplete() -> None:
    scheduler = WindowScheduler({HOME: window(0, 9), AWAY: window(0, 9, AWAY)}, at_once=10)
    turns = iter(scheduler)
    broken, fine = next(turns), next(turns)
    kept = scheduler.give_back(broken, NOON + 6 * HOUR - SECOND, hours(0, 3, 6))
    late = next(turns)
    assert scheduler.fail(kept) is True
    assert scheduler.fail(late) is False
    scheduler.seal(fine)
    assert list(turns) == []
    assert scheduler.complete_through(HOME) == NOON
    assert scheduler.complete_through(AWAY) == NOON + 9 * HOUR


def test_an_account_that_does_not_answer_holds_up_no_window_that_is_given_back() -> None:
    asked, answer = threading.Event(), threading.Event()

    def coming() -> Iterator[Mapping[Feed, Window]]:
        yield {HOME: window(0, 3)}
        asked.set()
        answer.wait(60)
        yield {AWAY: window(0, 1, AWAY)}

    scheduler = WindowScheduler({}, at_once=3, coming=coming(), accounts_at_once=2)
    handed_out = iter(scheduler)
    whole = next(handed_out)
    got: queue.Queue[Window] = queue.Queue()
    reader = threading.Thread(target=lambda: got.put(next(handed_out)), daemon=True)
    reader.start()
    assert asked.wait(60)
    scheduler.give_back(whole, NOON + 2 * HOUR - SECOND, hours(0, 2))
    assert got.get(timeout=60) == window(0, 2)
    answer.set()
    reader.join()
    assert next(handed_out).feed == AWAY


def test_what_goes_wrong_with_the_next_account_is_raised_to_whoever_iterates() -> None:
    def coming() -> Iterator[Mapping[Feed, Window]]:
        yield {HOME: window(0, 1)}
        raise ZeroDivisionError

    scheduler = WindowScheduler({}, at_once=2, coming=coming(), accounts_at_once=2)
    handed_out = iter(scheduler)
    scheduler.seal(next(handed_out))
    with pytest.raises(ZeroDivisionError):
        next(handed_out)


def test_a_plan_that_failed_hands_out_nothing_more_and_ends_when_what_is_being_read_is_back() -> None:
    threads: queue.Queue[threading.Thread] = queue.Queue()

    def coming() -> Iterator[Mapping[Feed, Window]]:
        yield {HOME: window(0, 3)}
        threads.put(threading.current_thread())
        raise ZeroDivisionError

    scheduler = WindowScheduler({}, at_once=1, coming=coming(), accounts_at_once=2)
    handed_out = iter(scheduler)
    first = next(handed_out)
    with ThreadPoolExecutor(1) as pool:
        more = pool.submit(next, handed_out)
        threads.get(timeout=60).join(60)
        kept = scheduler.give_back(first, NOON + 2 * HOUR - SECOND, hours(0, 2))
        assert not wait([more], timeout=0.2).done, "a window is still being read, and may fail"
        scheduler.seal(kept)
        assert isinstance(more.exception(60), ZeroDivisionError)
