"""From accounts to windows: the saved state decides where an account is read from, and stays where it cannot be."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from itertools import count
from types import SimpleNamespace
from typing import Any, cast

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import InMemoryMessageRepository
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from aws_calls.errors import AwsError, Outcome, Target
from aws_calls.options import Options
from aws_calls.rate_limits import RateLimiter
from source_aws_iam.aws.regions import Regions
from source_aws_iam.cloudtrail.feed import ALL, INSIGHTS, Feed
from source_aws_iam.cloudtrail.history.cursor import AuditCursor
from source_aws_iam.cloudtrail.history.feeds import AccountFeeds, furthest
from source_aws_iam.cloudtrail.history.read_range import EDGE, RETENTION, SETTLING, ReadRange
from source_aws_iam.cloudtrail.history.selection import Query
from source_aws_iam.cloudtrail.history.windows import Window
from source_aws_iam.cloudtrail.state import AuditState, Span, read_state
from source_aws_iam.sync.account_handle import AccountHandle
from source_aws_iam.sync.account_region import WHOLE, AccountRegion
from source_aws_iam.sync.context import SyncContext
from unit_tests.cloudtrail.history.event_history import NOON

DAY = timedelta(days=1)
START = NOON - 10 * DAY
SETTLED = NOON - SETTLING
FIRST, SECOND, THIRD = "111111111111", "222222222222", "333333333333"
WRITES = Query("ReadOnly=false", ("ReadOnly", "false"))


def refusal(account_id: str, action: str = "sts:AssumeRole") -> AwsError:
    return AwsError(Outcome.ACT, f"{account_id} refuses.", code="AccessDenied", target=Target(action, account_id, "r"))


class Session:
    """The session of an account, as far as planning asks it: its Regions, and how much may be read there at once."""

    def __init__(self, account_id: str, regions: Sequence[str] | AwsError, refuses: AwsError | None) -> None:
        self.account_id = account_id
        self.partition = "aws"
        self.signed_in = 0
        self.released = 0
        self._regions = regions
        self._refuses = refuses

    def sign_in(self) -> None:
        self.signed_in += 1
        if self._refuses:
            raise self._refuses

    def release(self) -> None:
        self.released += 1

    @property
    def regions(self) -> Regions:
        if isinstance(self._regions, AwsError):
            raise self._regions
        return Regions(tuple(sorted(self._regions)))

    def limiter(self, *_: object) -> RateLimiter:
        return RateLimiter(2)


def account(
    account_id: str, *, regions: Sequence[str] | AwsError = ("us-east-1",), refuses: AwsError | None = None
) -> Session:
    return Session(account_id, regions, refuses)


class Told(SyncContext):
    """Notes what whoever waits for an account is told to have failed in it."""

    @cached_property
    def told(self) -> dict[str, list[tuple[str, str]]]:
        return {}

    @property
    def scheduler(self) -> Any:
        return SimpleNamespace(done=self._note)

    def _note(self, stream: str, account_id: str) -> None:
        assert stream == "audit_events"
        self.told[account_id] = [*self.failures.of_account(account_id)]


def context(
    accounts: Sequence[Session],
    *,
    chosen: Sequence[str] = (),
    many: bool = True,
    unknown: AwsError | None = None,
    at_a_time: int = 2,
    kind: type[SyncContext] = SyncContext,
) -> SyncContext:
    """The context of a run. `unknown` is why the accounts cannot be found."""

    def find_accounts() -> list[AccountHandle]:
        if unknown:
            raise unknown
        return [AccountHandle(cast(Any, session)) for session in accounts]

    scope = SimpleNamespace(many=many)
    settings: Any = SimpleNamespace(options=Options(), regions=chosen, accounts=scope)
    return kind(settings, cast(Any, None), find_accounts, accounts_at_a_time=at_a_time)


class Sync:
    """A sync of these accounts as the stream runs it, but for reading, which fails where it is told to."""

    def __init__(
        self,
        *accounts: Session,
        known: Mapping[Feed, Span] | None = None,
        queries: Sequence[Query] = (Query(ALL),),
        start: timedelta = 10 * DAY,
        an_account_takes: timedelta = timedelta(0),
        **of_context: Any,
    ) -> None:
        self.context = context(accounts, **of_context)
        self.messages = InMemoryMessageRepository()
        self.cursor = AuditCursor("audit_events", ConnectorStateManager([]), self.messages)
        times = (NOON + turn * an_account_takes for turn in count())

        def read_range() -> ReadRange:
            return ReadRange(next(times), NOON - start, timedelta(hours=1))

        by_name = {query.name: query for query in queries}
        self.feeds = AccountFeeds("audit_events", self.context, read_range, by_name, AuditState(known or {}))
        self.scheduler = self.feeds.scheduler(self.cursor)

    def read(self, denied: Collection[Feed] = ()) -> Iterator[Window]:
        """Yield each window when it is handed out. By the time that the next is asked for it is read, or has failed."""
        for window in self.scheduler:
            yield window
            account_id, region, _ = window.feed
            if window.feed in denied:
                refused = refusal(account_id, "cloudtrail:LookupEvents")
                self.context.failed("audit_events", AccountRegion(account_id, region), refused)
                self.scheduler.fail(window)
            else:
                self.scheduler.seal(window)
        self.feeds.end()

    def windows(self, *, denied: Collection[Feed] = ()) -> dict[Feed, Window]:
        return {window.feed: window for window in self.read(denied)}

    @property
    def spans(self) -> dict[Feed, Span]:
        return dict(read_state(self.cursor.state, NOON).history)


def test_every_region_of_every_account_is_read_from_the_start_date() -> None:
    one, other = account(FIRST, regions=["us-east-1", "eu-west-1"]), account(SECOND)
    sync = Sync(one, other)
    feeds = [Feed(FIRST, "eu-west-1"), Feed(FIRST, "us-east-1"), Feed(SECOND, "us-east-1")]
    assert sync.windows() == {feed: Window(feed, START, NOON) for feed in feeds}
    assert sync.spans == dict.fromkeys(feeds, Span(START, SETTLED))


def test_an_account_is_read_from_what_aws_still_has_when_its_turn_comes() -> None:
    """AWS refuses to be asked for more, and earlier accounts may take hours."""
    sync = Sync(account(FIRST), account(SECOND), start=365 * DAY, an_account_takes=timedelta(hours=2))
    oldest = NOON - RETENTION + EDGE
    starts = {feed.account_id: window.start for feed, window in sync.windows().items()}
    assert starts == {FIRST: oldest, SECOND: oldest + timedelta(hours=2)}
    assert {feed.account_id: span.since for feed, span in sync.spans.items()} == starts


def test_the_regions_of_the_settings_are_read_without_asking_for_them() -> None:
    refusing = account(FIRST, regions=refusal(FIRST, "ec2:DescribeRegions"))
    assert Sync(refusing, chosen=["eu-west-1"]).windows().keys() == {Feed(FIRST, "eu-west-1")}


def test_each_query_of_a_region_has_a_window_of_its_own() -> None:
    sync = Sync(account(FIRST), queries=[WRITES, Query(INSIGHTS, insights=True)])
    assert sync.windows().keys() == {Feed(FIRST, "us-east-1", WRITES.name), Feed(FIRST, "us-east-1", INSIGHTS)}


@pytest.mark.parametrize("broken", [FIRST, SECOND, THIRD])
def test_an_account_that_cannot_be_signed_in_to_keeps_what_is_known_of_it(broken: str) -> None:
    """Whichever it is: the first one readable begins the sync."""
    ids = [FIRST, SECOND, THIRD]
    known = {Feed(one, "us-east-1"): Span(START, NOON - DAY) for one in ids}
    sync = Sync(*[account(one, refuses=refusal(one) if one == broken else None) for one in ids], known=known)
    assert {feed.account_id for feed in sync.windows()} == {*ids} - {broken}
    assert sync.spans == {
        **dict.fromkeys(known, Span(START, SETTLED)),
        Feed(broken, "us-east-1"): Span(START, NOON - DAY),
    }
    assert [*sync.context.failures.of_stream("audit_events")] == [AccountRegion(broken)]


def test_a_fault_of_ours_in_one_account_is_raised_when_the_others_have_been_read() -> None:
    fault = cast(AwsError, KeyError("a value"))
    accounts = [account(FIRST), account(SECOND, refuses=fault), account(THIRD)]
    sync = Sync(*accounts)
    assert {feed.account_id for feed in sync.windows()} == {FIRST, THIRD}
    [(place, failure)] = sync.context.failures.of_stream("audit_events").items()
    assert (place, failure.cause) == (AccountRegion(SECOND), ("KeyError",))
    assert [one.released for one in accounts] == [1, 1, 1]
    with pytest.raises(KeyError, match="a value"):
        sync.feeds.raise_unexpected()


def test_that_there_is_too_little_memory_for_an_account_is_no_fault_of_ours() -> None:
    sync = Sync(account(FIRST, refuses=cast(AwsError, MemoryError())))
    assert not sync.windows()
    with pytest.raises(AirbyteTracedException, match="ran out of memory") as raised:
        sync.feeds.raise_unexpected()
    assert raised.value.failure_type is FailureType.config_error


def test_an_account_that_does_not_tell_its_regions_fails_alone() -> None:
    failing = AwsError(Outcome.LATER, "…", code="InternalFailure", target=Target("ec2:DescribeRegions", FIRST, "r"))
    sync = Sync(account(FIRST, regions=failing), account(SECOND))
    assert {feed.account_id for feed in sync.windows()} == {SECOND}
    assert [*sync.context.failures.of_stream("audit_events")] == [AccountRegion(FIRST)]


def test_an_account_is_unread_when_no_region_of_it_could_be_read() -> None:
    two = ("eu-west-1", "us-east-1")
    accounts = [account(one, regions=two) for one in (FIRST, SECOND)] + [account(THIRD)]
    denied = [Feed(FIRST, "eu-west-1"), Feed(FIRST, "us-east-1"), Feed(SECOND, "eu-west-1")]
    sync = Sync(*accounts, at_a_time=1)
    sync.windows(denied=denied)

    assert [*sync.context.failures.of_stream("audit_events")] == [
        AccountRegion(FIRST),
        AccountRegion(SECOND, "eu-west-1"),
    ]
    assert {feed for feed, span in sync.spans.items() if span.through == SETTLED} == {
        Feed(SECOND, "us-east-1"),
        Feed(THIRD, "us-east-1"),
    }, "what failed does not move"


def test_a_region_of_which_one_query_was_read_leaves_its_account_readable() -> None:
    sync = Sync(account(FIRST), queries=[WRITES, Query(INSIGHTS, insights=True)])
    sync.windows(denied=[Feed(FIRST, "us-east-1", INSIGHTS)])

    assert [*sync.context.failures.of_stream("audit_events")] == [AccountRegion(FIRST, "us-east-1")]


def test_a_sync_in_which_no_account_can_be_read_leaves_the_state_alone() -> None:
    sync = Sync(account(FIRST, refuses=refusal(FIRST)), known={Feed(FIRST, "us-east-1"): Span(START, NOON - DAY)})
    assert sync.windows() == {}
    sync.cursor.ensure_at_least_one_state_emitted()
    assert list(sync.messages.consume_queue()) == []


def test_the_only_account_that_fails_is_an_error_of_the_stream() -> None:
    sync = Sync(account(FIRST, refuses=refusal(FIRST)), many=False)
    with pytest.raises(AirbyteTracedException) as raised:
        sync.windows()
    assert (raised.value.message, raised.value.failure_type) == (
        f"audit_events: {FIRST} refuses.",
        FailureType.config_error,
    )


def test_accounts_that_cannot_be_found_are_an_error_of_the_stream() -> None:
    sync = Sync(unknown=refusal(FIRST, "organizations:ListAccounts"))
    with pytest.raises(AirbyteTracedException, match="audit_events: 111111111111 refuses"):
        sync.windows()


def test_an_account_is_held_while_its_windows_are_read_and_let_go_of_after() -> None:
    accounts = [account(one, regions=["eu-west-1", "us-east-1"]) for one in (FIRST, SECOND, THIRD)]
    sync = Sync(*accounts, at_a_time=1)
    for window in sync.read():
        released = [one.released for one in accounts]
        number = [FIRST, SECOND, THIRD].index(window.feed.account_id)
        assert released == [1] * number + [0] * (3 - number)
        assert [one.signed_in for one in accounts] == [1] * (number + 1) + [0] * (2 - number)
    assert [one.released for one in accounts] == [1, 1, 1]


def test_who_waits_for_an_account_goes_on_when_its_windows_are_back_and_it_is_known_what_failed() -> None:
    accounts = [account(one) for one in (FIRST, SECOND, THIRD)]
    sync = Sync(*accounts, at_a_time=1, kind=Told)
    told = cast(Told, sync.context).told
    under_way = [(window.feed.account_id, [*told]) for window in sync.read(denied=[Feed(FIRST, "us-east-1")])]
    assert under_way == [(FIRST, []), (SECOND, [FIRST]), (THIRD, [FIRST, SECOND])]
    assert told == {FIRST: [("audit_events", WHOLE)], SECOND: [], THIRD: []}


def test_an_account_that_fails_is_let_go_of_too() -> None:
    accounts = [account(FIRST, refuses=refusal(FIRST)), account(SECOND)]
    Sync(*accounts).windows()
    assert [one.released for one in accounts] == [1, 1]


def test_a_sync_that_ends_early_lets_go_of_all_accounts() -> None:
    accounts = [account(FIRST), account(SECOND)]
    sync = Sync(*accounts)
    windows = iter(sync.scheduler)
    assert [next(windows).feed.account_id, next(windows).feed.account_id] == [FIRST, SECOND]
    assert [one.released for one in accounts] == [0, 0]
    sync.feeds.end()
    sync.feeds.end()
    assert [one.released for one in accounts] == [1, 1]


def test_a_narrower_query_that_is_new_goes_on_where_the_wider_one_was() -> None:
    done = Span(START, NOON - DAY)
    sync = Sync(account(FIRST), queries=[WRITES], known={Feed(FIRST, "us-east-1"): done})
    [window] = sync.windows().values()
    assert (window.feed.query, window.start) == (WRITES.name, NOON - DAY - timedelta(hours=1))
    assert sync.spans == {Feed(FIRST, "us-east-1"): done, Feed(FIRST, "us-east-1", WRITES.name): Span(START, SETTLED)}


@pytest.mark.parametrize(("narrow", "wide"), [(5, 1), (1, 5)])
def test_a_narrower_query_that_is_known_goes_on_where_more_is_complete(narrow: int, wide: int) -> None:
    feed = Feed(FIRST, "us-east-1", WRITES.name)
    known = {Feed(FIRST, "us-east-1"): Span(START, NOON - wide * DAY), feed: Span(START, NOON - narrow * DAY)}
    sync = Sync(account(FIRST), queries=[WRITES], known=known)
    assert sync.windows()[feed].start == NOON - DAY - timedelta(hours=1)


def test_what_all_events_went_past_while_nobody_asked_for_the_narrower_ones_is_not_lost(
    caplog: pytest.LogCaptureFixture,
) -> None:
    narrow = Feed(FIRST, "us-east-1", WRITES.name)
    long_ago = Span(NOON - 200 * DAY, NOON - 150 * DAY)
    known = {Feed(FIRST, "us-east-1"): Span(NOON - 200 * DAY, NOON - DAY), narrow: long_ago}
    with caplog.at_level(logging.WARNING, logger="airbyte.source_aws_iam"):
        [window] = Sync(account(FIRST), queries=[WRITES], known=known, start=200 * DAY).windows().values()
    assert (window.start, caplog.messages) == (NOON - DAY - timedelta(hours=1), [])


def test_a_span_that_begins_too_late_is_worth_less_than_one_that_is_not_as_far() -> None:
    feed = Feed(FIRST, "us-east-1", WRITES.name)
    early, late = Span(START, NOON - 5 * DAY), Span(START + DAY, NOON - DAY)
    assert furthest(feed, {feed: early, feed._replace(query=ALL): late}, START) == early
    assert furthest(feed, {feed: late, feed._replace(query=ALL): early}, START) == early
    assert furthest(feed, {feed: late}, START) == late


def test_nothing_but_the_same_account_and_region_is_wider() -> None:
    done = Span(START, NOON - DAY)
    known = {Feed(FIRST, "us-east-1"): done, Feed(SECOND, "us-east-1", WRITES.name): done}

    def found(*place: str) -> Span | None:
        return furthest(Feed(*place), known, START)

    assert found(FIRST, "us-east-1", WRITES.name) == done
    assert found(FIRST, "us-east-1", INSIGHTS) is None, "insights are listed apart from all events"
    assert found(FIRST, "eu-west-1", WRITES.name) is None
    assert found(SECOND, "us-east-1") is None, "a narrower one says little of all events"


def test_a_start_date_in_the_future_reads_nothing_and_promises_nothing() -> None:
    sync = Sync(account(FIRST), start=-DAY)
    assert (sync.windows(), sync.spans) == ({}, {})


def test_events_that_aws_has_forgotten_since_the_last_sync_are_named(caplog: pytest.LogCaptureFixture) -> None:
    accounts = [account(FIRST), account(SECOND)]
    known = {Feed(SECOND, "us-east-1"): Span(NOON - RETENTION - 9 * DAY, NOON - RETENTION - 2 * DAY)}
    with caplog.at_level(logging.WARNING, logger="airbyte.source_aws_iam"):
        Sync(*accounts, known=known, start=RETENTION + 10 * DAY).windows()
    [warning] = caplog.messages
    assert warning.startswith(f"audit_events: the last sync of account {SECOND}, Region us-east-1 was complete through")


def test_regions_without_the_one_of_iam_are_warned_of_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="airbyte.source_aws_iam"):
        Sync(account(FIRST), account(SECOND), chosen=["eu-west-1"]).windows()
    [warning] = caplog.messages
    assert "regions leaves out us-east-1" in warning
