"""From accounts to windows: what is known of an account decides where it is read from, whether or not it can be."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any, cast

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import InMemoryMessageRepository
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_aws_iam.accounts.departures import Departures
from source_aws_iam.accounts.failures import WHOLE, Failures, Place
from source_aws_iam.accounts.member import Member
from source_aws_iam.audit.accounts import Planning, furthest
from source_aws_iam.audit.checkpoint import Span, read_state
from source_aws_iam.audit.cursor import AuditCursor
from source_aws_iam.audit.horizon import EDGE, RETENTION, SETTLING, Horizon
from source_aws_iam.audit.pulse import Pulse
from source_aws_iam.audit.selection import ALL, INSIGHTS, Query
from source_aws_iam.audit.windows import Pair, Window
from source_aws_iam.aws.errors import AwsError, Outcome, Target
from source_aws_iam.components.connection import Connection
from unit_tests.audit.event_history import NOON

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
        self.hears_lookups = False
        self._regions = regions
        self._refuses = refuses

    def sign_in(self) -> None:
        self.signed_in += 1
        if self._refuses:
            raise self._refuses

    def release(self) -> None:
        self.released += 1

    def caller(self, service: str) -> Any:
        assert service == "ec2"
        return self

    def call(self, operation: str, *, expect: str) -> Mapping[str, Any]:
        assert (operation, expect) == ("describe_regions", "Regions")
        if isinstance(self._regions, AwsError):
            raise self._regions
        return {"Regions": [{"RegionName": region} for region in self._regions]}

    def hear_lookups(self, heard: object) -> None:
        self.hears_lookups = bool(heard)

    def lookup_chains(self, _: str) -> int:
        return 2


def account(
    account_id: str, *, regions: Sequence[str] | AwsError = ("us-east-1",), refuses: AwsError | None = None
) -> Session:
    return Session(account_id, regions, refuses)


@dataclass
class Shared:
    """The connection, as far as planning asks it."""

    accounts: Sequence[Session]
    chosen: Sequence[str] = ()
    many: bool = True
    at_a_time: int = 2
    failures: Failures = field(default_factory=Failures)
    left_by_audit: Departures = field(default_factory=Departures)
    unknown: AwsError | None = None
    """Why the accounts cannot be found."""

    def __post_init__(self) -> None:
        self.settings = SimpleNamespace(workers=10, regions=self.chosen)
        self._members = [Member(cast(Any, session)) for session in self.accounts]

    def members(self) -> list[Member]:
        if self.unknown:
            raise self.unknown
        return self._members

    def member(self, account_id: str) -> Member:
        return next(member for member in self._members if member.account_id == account_id)

    def failed(self, stream: str, account_id: str, error: AwsError) -> bool:
        self.failures.add(stream, Place(account_id), error)
        return self.many


class Told(Departures):
    """Notes what whoever waits for an account is told to have failed in it."""

    def __init__(self, failures: Failures) -> None:
        super().__init__()
        self.failures = failures
        self.told: dict[str, list[tuple[str, str]]] = {}

    def leave(self, account_id: str) -> None:
        self.told[account_id] = [*self.failures.of_account(account_id)]
        super().leave(account_id)


class Sync:
    """A sync of these accounts as the stream runs it, but for reading, which fails where it is told to."""

    def __init__(
        self,
        *accounts: Session,
        known: Mapping[Pair, Span] | None = None,
        queries: Sequence[Query] = (Query(ALL),),
        start: timedelta = 10 * DAY,
        an_account_takes: timedelta = timedelta(0),
        **shared: Any,
    ) -> None:
        self.shared = Shared(accounts, **shared)
        self.messages = InMemoryMessageRepository()
        self.cursor = AuditCursor("audit_events", ConnectorStateManager([]), self.messages)
        times = (NOON + turn * an_account_takes for turn in count())

        def horizon() -> Horizon:
            return Horizon(next(times), NOON - start, timedelta(hours=1))

        by_name = {query.name: query for query in queries}
        self.planning = Planning("audit_events", cast(Connection, self.shared), horizon, by_name, known or {})
        self.plan = self.planning.plan(self.cursor, Pulse("audit_events", self.cursor, self.messages))

    def read(self, denied: Collection[Pair] = ()) -> Iterator[Window]:
        """Yield each window when it is handed out. By the time that the next is asked for it is read, or has failed."""
        for window in self.plan:
            yield window
            account_id, region, _ = window.pair
            if window.pair in denied:
                refused = refusal(account_id, "cloudtrail:LookupEvents")
                self.shared.failures.add("audit_events", Place(account_id, region), refused)
                self.plan.fail(window)
            else:
                self.plan.seal(window)
        self.planning.end()

    def windows(self, *, denied: Collection[Pair] = ()) -> dict[Pair, Window]:
        return {window.pair: window for window in self.read(denied)}

    @property
    def spans(self) -> dict[Pair, Span]:
        return read_state(self.cursor.state, NOON)


def test_every_region_of_every_account_is_read_from_the_start_date() -> None:
    one, other = account(FIRST, regions=["us-east-1", "eu-west-1"]), account(SECOND)
    sync = Sync(one, other)
    pairs = [Pair(FIRST, "eu-west-1"), Pair(FIRST, "us-east-1"), Pair(SECOND, "us-east-1")]
    assert sync.windows() == {pair: Window(pair, START, NOON) for pair in pairs}
    assert sync.spans == dict.fromkeys(pairs, Span(START, SETTLED))
    assert (one.hears_lookups, other.hears_lookups) == (True, True), "answers are signs of life"


def test_an_account_is_read_from_what_aws_still_has_when_its_turn_comes() -> None:
    """AWS refuses to be asked for more, and earlier accounts may take hours."""
    sync = Sync(account(FIRST), account(SECOND), start=365 * DAY, an_account_takes=timedelta(hours=2))
    oldest = NOON - RETENTION + EDGE
    starts = {pair.account_id: window.start for pair, window in sync.windows().items()}
    assert starts == {FIRST: oldest, SECOND: oldest + timedelta(hours=2)}
    assert {pair.account_id: span.since for pair, span in sync.spans.items()} == starts


def test_the_regions_of_the_settings_are_read_without_asking_for_them() -> None:
    refusing = account(FIRST, regions=refusal(FIRST, "ec2:DescribeRegions"))
    assert Sync(refusing, chosen=["eu-west-1"]).windows().keys() == {Pair(FIRST, "eu-west-1")}


def test_each_query_of_a_region_has_a_window_of_its_own() -> None:
    sync = Sync(account(FIRST), queries=[WRITES, Query(INSIGHTS, insights=True)])
    assert sync.windows().keys() == {Pair(FIRST, "us-east-1", WRITES.name), Pair(FIRST, "us-east-1", INSIGHTS)}


@pytest.mark.parametrize("broken", [FIRST, SECOND, THIRD])
def test_an_account_that_cannot_be_signed_in_to_keeps_what_is_known_of_it(broken: str) -> None:
    """Whichever it is: the first one readable begins the sync."""
    ids = [FIRST, SECOND, THIRD]
    known = {Pair(one, "us-east-1"): Span(START, NOON - DAY) for one in ids}
    sync = Sync(*[account(one, refuses=refusal(one) if one == broken else None) for one in ids], known=known)
    assert {pair.account_id for pair in sync.windows()} == {*ids} - {broken}
    assert sync.spans == {
        **dict.fromkeys(known, Span(START, SETTLED)),
        Pair(broken, "us-east-1"): Span(START, NOON - DAY),
    }
    assert [*sync.shared.failures.of_stream("audit_events")] == [Place(broken)]


def test_a_fault_of_ours_in_one_account_is_raised_when_the_others_have_been_read() -> None:
    fault = cast(AwsError, KeyError("a value"))
    accounts = [account(FIRST), account(SECOND, refuses=fault), account(THIRD)]
    sync = Sync(*accounts)
    assert {pair.account_id for pair in sync.windows()} == {FIRST, THIRD}
    [(place, failure)] = sync.shared.failures.of_stream("audit_events").items()
    assert (place, failure.cause) == (Place(SECOND), ("KeyError",))
    assert [one.released for one in accounts] == [1, 1, 1]
    with pytest.raises(KeyError, match="a value"):
        sync.planning.raise_unexpected()


def test_that_there_is_too_little_memory_for_an_account_is_no_fault_of_ours() -> None:
    sync = Sync(account(FIRST, refuses=cast(AwsError, MemoryError())))
    assert not sync.windows()
    with pytest.raises(AirbyteTracedException, match="ran out of memory") as raised:
        sync.planning.raise_unexpected()
    assert raised.value.failure_type is FailureType.config_error


def test_an_account_that_does_not_tell_its_regions_fails_alone() -> None:
    failing = AwsError(Outcome.LATER, "…", code="InternalFailure", target=Target("ec2:DescribeRegions", FIRST, "r"))
    sync = Sync(account(FIRST, regions=failing), account(SECOND))
    assert {pair.account_id for pair in sync.windows()} == {SECOND}
    assert [*sync.shared.failures.of_stream("audit_events")] == [Place(FIRST)]


def test_an_account_is_unread_when_no_region_of_it_could_be_read() -> None:
    two = ("eu-west-1", "us-east-1")
    accounts = [account(one, regions=two) for one in (FIRST, SECOND)] + [account(THIRD)]
    denied = [Pair(FIRST, "eu-west-1"), Pair(FIRST, "us-east-1"), Pair(SECOND, "eu-west-1")]
    sync = Sync(*accounts, at_a_time=1)
    sync.windows(denied=denied)

    assert [*sync.shared.failures.of_stream("audit_events")] == [Place(FIRST), Place(SECOND, "eu-west-1")]
    assert {pair for pair, span in sync.spans.items() if span.through == SETTLED} == {
        Pair(SECOND, "us-east-1"),
        Pair(THIRD, "us-east-1"),
    }, "what failed does not move"


def test_a_region_of_which_one_query_was_read_leaves_its_account_readable() -> None:
    sync = Sync(account(FIRST), queries=[WRITES, Query(INSIGHTS, insights=True)])
    sync.windows(denied=[Pair(FIRST, "us-east-1", INSIGHTS)])

    assert [*sync.shared.failures.of_stream("audit_events")] == [Place(FIRST, "us-east-1")]


def test_a_sync_in_which_no_account_can_be_read_leaves_the_state_alone() -> None:
    sync = Sync(account(FIRST, refuses=refusal(FIRST)), known={Pair(FIRST, "us-east-1"): Span(START, NOON - DAY)})
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
        number = [FIRST, SECOND, THIRD].index(window.pair.account_id)
        assert released == [1] * number + [0] * (3 - number)
        assert [one.signed_in for one in accounts] == [1] * (number + 1) + [0] * (2 - number)
    assert [one.released for one in accounts] == [1, 1, 1]


def test_who_waits_for_an_account_goes_on_when_its_windows_are_back_and_it_is_known_what_failed() -> None:
    accounts = [account(one) for one in (FIRST, SECOND, THIRD)]
    left = Told(Failures())
    under_way = [
        (window.pair.account_id, [*left.told])
        for window in Sync(*accounts, at_a_time=1, failures=left.failures, left_by_audit=left).read(
            denied=[Pair(FIRST, "us-east-1")]
        )
    ]
    assert under_way == [(FIRST, []), (SECOND, [FIRST]), (THIRD, [FIRST, SECOND])]
    assert left.told == {FIRST: [("audit_events", WHOLE)], SECOND: [], THIRD: []}


def test_an_account_that_fails_is_let_go_of_too() -> None:
    accounts = [account(FIRST, refuses=refusal(FIRST)), account(SECOND)]
    Sync(*accounts).windows()
    assert [one.released for one in accounts] == [1, 1]


def test_a_sync_that_ends_early_lets_go_of_all_accounts() -> None:
    accounts = [account(FIRST), account(SECOND)]
    sync = Sync(*accounts)
    windows = iter(sync.plan)
    assert [next(windows).pair.account_id, next(windows).pair.account_id] == [FIRST, SECOND]
    assert [one.released for one in accounts] == [0, 0]
    sync.planning.end()
    sync.planning.end()
    assert [one.released for one in accounts] == [1, 1]


def test_a_narrower_query_that_is_new_goes_on_where_the_wider_one_was() -> None:
    done = Span(START, NOON - DAY)
    sync = Sync(account(FIRST), queries=[WRITES], known={Pair(FIRST, "us-east-1"): done})
    [window] = sync.windows().values()
    assert (window.pair.query, window.start) == (WRITES.name, NOON - DAY - timedelta(hours=1))
    assert sync.spans == {Pair(FIRST, "us-east-1"): done, Pair(FIRST, "us-east-1", WRITES.name): Span(START, SETTLED)}


@pytest.mark.parametrize(("narrow", "wide"), [(5, 1), (1, 5)])
def test_a_narrower_query_that_is_known_goes_on_where_more_is_complete(narrow: int, wide: int) -> None:
    pair = Pair(FIRST, "us-east-1", WRITES.name)
    known = {Pair(FIRST, "us-east-1"): Span(START, NOON - wide * DAY), pair: Span(START, NOON - narrow * DAY)}
    sync = Sync(account(FIRST), queries=[WRITES], known=known)
    assert sync.windows()[pair].start == NOON - DAY - timedelta(hours=1)


def test_what_all_events_went_past_while_nobody_asked_for_the_narrower_ones_is_not_lost(
    caplog: pytest.LogCaptureFixture,
) -> None:
    narrow = Pair(FIRST, "us-east-1", WRITES.name)
    long_ago = Span(NOON - 200 * DAY, NOON - 150 * DAY)
    known = {Pair(FIRST, "us-east-1"): Span(NOON - 200 * DAY, NOON - DAY), narrow: long_ago}
    with caplog.at_level(logging.WARNING, logger="airbyte.source_aws_iam"):
        [window] = Sync(account(FIRST), queries=[WRITES], known=known, start=200 * DAY).windows().values()
    assert (window.start, caplog.messages) == (NOON - DAY - timedelta(hours=1), [])


def test_a_span_that_begins_too_late_is_worth_less_than_one_that_is_not_as_far() -> None:
    pair = Pair(FIRST, "us-east-1", WRITES.name)
    early, late = Span(START, NOON - 5 * DAY), Span(START + DAY, NOON - DAY)
    assert furthest(pair, {pair: early, pair._replace(query=ALL): late}, START) == early
    assert furthest(pair, {pair: late, pair._replace(query=ALL): early}, START) == early
    assert furthest(pair, {pair: late}, START) == late


def test_nothing_but_the_same_account_and_region_is_wider() -> None:
    done = Span(START, NOON - DAY)
    known = {Pair(FIRST, "us-east-1"): done, Pair(SECOND, "us-east-1", WRITES.name): done}

    def found(*place: str) -> Span | None:
        return furthest(Pair(*place), known, START)

    assert found(FIRST, "us-east-1", WRITES.name) == done
    assert found(FIRST, "us-east-1", INSIGHTS) is None, "insights are listed apart from all events"
    assert found(FIRST, "eu-west-1", WRITES.name) is None
    assert found(SECOND, "us-east-1") is None, "a narrower one says little of all events"


def test_a_start_date_in_the_future_reads_nothing_and_promises_nothing() -> None:
    sync = Sync(account(FIRST), start=-DAY)
    assert (sync.windows(), sync.spans) == ({}, {})


def test_events_that_aws_has_forgotten_since_the_last_sync_are_named(caplog: pytest.LogCaptureFixture) -> None:
    accounts = [account(FIRST), account(SECOND)]
    known = {Pair(SECOND, "us-east-1"): Span(NOON - RETENTION - 9 * DAY, NOON - RETENTION - 2 * DAY)}
    with caplog.at_level(logging.WARNING, logger="airbyte.source_aws_iam"):
        Sync(*accounts, known=known, start=RETENTION + 10 * DAY).windows()
    [warning] = caplog.messages
    assert warning.startswith(f"audit_events: the last sync of account {SECOND}, Region us-east-1 was complete through")


def test_regions_without_the_one_of_iam_are_warned_of_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="airbyte.source_aws_iam"):
        Sync(account(FIRST), account(SECOND), chosen=["eu-west-1"]).windows()
    [warning] = caplog.messages
    assert "regions leaves out us-east-1" in warning
