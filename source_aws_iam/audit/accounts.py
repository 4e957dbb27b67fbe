"""From accounts to windows: one account after the other, when there is room for it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from source_aws_iam.audit.horizon import future_start
from source_aws_iam.audit.plan import Plan
from source_aws_iam.audit.selection import ALL, INSIGHTS
from source_aws_iam.audit.windows import Pair, Window
from source_aws_iam.aws.errors import AwsError
from source_aws_iam.aws.regions import audit_regions, missing_home
from source_aws_iam.aws.values import utc
from source_aws_iam.components.failures import traced

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from datetime import datetime

    from source_aws_iam.accounts.member import Member
    from source_aws_iam.audit.checkpoint import Span
    from source_aws_iam.audit.cursor import AuditCursor
    from source_aws_iam.audit.horizon import Horizon
    from source_aws_iam.audit.pulse import Pulse
    from source_aws_iam.audit.selection import Query
    from source_aws_iam.components.connection import Connection

logger = logging.getLogger("airbyte.source_aws_iam")


class Planning:
    """Makes the plan of one sync. An account is held while its windows are read."""

    def __init__(
        self,
        stream: str,
        shared: Connection,
        horizon: Callable[[], Horizon],
        queries: Mapping[str, Query],
        known: Mapping[Pair, Span],
    ) -> None:
        """`known` is what earlier syncs have completed; of accounts that cannot be read now, it stays as it is.

        `horizon` is that of the present: when an account's turn comes, AWS may have forgotten hours of it.
        """
        self._stream = stream
        self._connection = shared
        self._horizon = horizon
        self._queries = queries
        self._known = known
        self._held: dict[Member, Collection[Pair]] = {}
        self._begun = False
        self._unexpected: list[Exception] = []

    def plan(self, cursor: AuditCursor, pulse: Pulse) -> Plan:
        """Return the plan, which finds out about each account when it comes to it."""
        settings = self._connection.settings
        plan = Plan(
            {},
            at_once=settings.workers,
            per_pair=self._chains,
            coming=self._accounts(cursor, pulse),
            accounts_at_once=self._connection.at_a_time,
        )
        self._plan = plan
        return plan

    def end(self) -> None:
        """Let go of all accounts, whose windows have been read."""
        self._let_go([*self._held])

    def raise_unexpected(self) -> None:
        """Raise the first error that was not AWS's, when all accounts that it did not concern have been read."""
        if self._unexpected:
            with traced(self._stream):
                raise self._unexpected[0]

    def _accounts(self, cursor: AuditCursor, pulse: Pulse) -> Iterator[Mapping[Pair, Window]]:
        with traced(self._stream):
            members = self._connection.members()
        for member in members:
            self._let_go([held for held in self._held if not self._plan.reads(held.account_id)])
            with traced(self._stream):
                pairs = self._pairs_if_readable(member)
            if pairs is None:
                continue
            member.session.hear_lookups(pulse.beat)
            horizon = self._horizon()
            if not self._begun and horizon.start_date and horizon.start_date > horizon.now:
                logger.warning("%s: %s", self._stream, future_start(horizon.start_date, horizon.now))
            windows, continued = self._windows(pairs, horizon)
            self._held[member] = windows.keys()
            if self._begun:
                cursor.go_on(continued)
            else:
                cursor.begin(horizon, self._plan, continued, self._known)
                self._begun = True
            yield windows

    def _pairs_if_readable(self, member: Member) -> list[Pair] | None:
        settings = self._connection.settings
        member.hold()
        self._held[member] = ()
        try:
            member.sign_in()
            warning = missing_home(member.session.partition, settings.regions)
            if warning and not self._begun:
                logger.warning(warning)
            return [
                Pair(member.account_id, region, query)
                for region in audit_regions(member.session, settings.regions)
                for query in self._queries
            ]
        except Exception as error:
            goes_on = self._connection.failed(self._stream, member.account_id, error)
            if not isinstance(error, AwsError):
                self._unexpected.append(error)
            elif not goes_on:
                raise
            return None

    def _windows(self, pairs: list[Pair], horizon: Horizon) -> tuple[dict[Pair, Window], dict[Pair, Span]]:
        windows, continued = {}, {}
        for pair in pairs:
            done = furthest(pair, self._known, horizon.first)
            self._warn_of_lost_events(pair, horizon.lost(done))
            window, span = horizon.window(pair, done)
            if window.start < window.end:
                windows[pair], continued[pair] = window, span
        return windows, continued

    def _let_go(self, members: list[Member]) -> None:
        for member in members:
            pairs = self._held.pop(member)
            if pairs and all(map(self._plan.has_failed, pairs)):
                self._connection.failures.nothing_read(self._stream, member.account_id)
            member.let_go()
            self._connection.left_by_audit.leave(member.account_id)

    def _chains(self, pair: Pair) -> int:
        return self._connection.member(pair.account_id).session.lookup_chains(pair.region)

    def _warn_of_lost_events(self, pair: Pair, gap: Span | None) -> None:
        if gap:
            logger.warning(
                "%s: the last sync of account %s, Region %s was complete through %s, and AWS keeps events for 90 days. "
                "Events between %s and %s cannot be read any more; a trail's log files in S3 may still have them.",
                self._stream,
                pair.account_id,
                pair.region,
                *map(utc, (gap.since, gap.since, gap.through)),
            )


def furthest(pair: Pair, known: Mapping[Pair, Span], first: datetime) -> Span | None:
    """Return the span that `pair` goes on from, where it is to be complete since `first`.

    That of all events includes those of a narrower query, which may not have been read for months.
    """
    places = [pair] if pair.query == INSIGHTS else [pair, pair._replace(query=ALL)]
    found = [known[place] for place in places if place in known]
    return max(found, key=lambda span: (span.since <= first, span.through), default=None)
