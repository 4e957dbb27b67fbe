"""The feeds of the accounts, and the first window of each. Accounts are opened as the scheduler has room for them."""

from __future__ import annotations

import logging
from itertools import groupby
from typing import TYPE_CHECKING

from aws_calls.errors import AwsError
from aws_calls.timestamps import utc
from source_aws_iam.aws.operations import LOOKUP_EVENTS
from source_aws_iam.aws.regions import missing_global_region
from source_aws_iam.cloudtrail.feed import ALL, INSIGHTS, Feed
from source_aws_iam.cloudtrail.history.read_range import future_start
from source_aws_iam.cloudtrail.history.window_scheduler import WindowScheduler
from source_aws_iam.cloudtrail.history.windows import Window
from source_aws_iam.sync.account_region import AccountRegion
from source_aws_iam.sync.traces import traced

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from datetime import datetime

    from source_aws_iam.cloudtrail.history.cursor import AuditCursor
    from source_aws_iam.cloudtrail.history.read_range import ReadRange
    from source_aws_iam.cloudtrail.history.selection import Query
    from source_aws_iam.cloudtrail.state import AuditState, Span
    from source_aws_iam.sync.account_handle import AccountHandle
    from source_aws_iam.sync.context import SyncContext

logger = logging.getLogger("airbyte.source_aws_iam")


class AccountFeeds:
    """Opens the feeds of one account after the other. An account is held while its windows are read."""

    def __init__(
        self,
        stream: str,
        context: SyncContext,
        read_range: Callable[[], ReadRange],
        queries: Mapping[str, Query],
        known: AuditState,
    ) -> None:
        """`known` are the spans that earlier syncs completed. Those of accounts that cannot be read now stay as they
        are.

        `read_range` returns that of the present: when an account is opened, AWS may have forgotten hours of it.
        """
        self._stream = stream
        self._context = context
        self._read_range = read_range
        self._queries = queries
        self._known = known
        self._held: dict[AccountHandle, Collection[Feed]] = {}
        self._begun = False
        self._unexpected: list[Exception] = []

    def scheduler(self, cursor: AuditCursor) -> WindowScheduler:
        """Return the scheduler of the windows. It opens each account when it has room for it."""
        self._cursor = cursor
        self._scheduler = WindowScheduler(
            {},
            at_once=self._context.settings.options.workers,
            per_feed=self._chains,
            coming=self._accounts(cursor),
            accounts_at_once=self._context.accounts_at_a_time,
        )
        return self._scheduler

    def end(self) -> None:
        """Let go of all accounts, whose windows have been read."""
        self._let_go([*self._held])

    def raise_unexpected(self) -> None:
        """Raise the first error that was not AWS's. All other accounts have been read by then."""
        if self._unexpected:
            with traced(self._stream):
                raise self._unexpected[0]

    def _accounts(self, cursor: AuditCursor) -> Iterator[Mapping[Feed, Window]]:
        with traced(self._stream):
            accounts = self._context.accounts()
        for account in accounts:
            self._let_go([held for held in self._held if not self._scheduler.reads(held.account_id)])
            with traced(self._stream):
                feeds = self._feeds_if_readable(account)
            if feeds is None:
                continue
            read_range = self._read_range()
            if not self._begun and read_range.start_date and read_range.start_date > read_range.now:
                logger.warning("%s: %s", self._stream, future_start(read_range.start_date, read_range.now))
            windows, continued = self._windows(feeds, read_range)
            self._held[account] = feeds
            if self._begun:
                cursor.go_on(continued)
            else:
                cursor.begin(read_range, self._scheduler, continued, self._known)
                self._begun = True
            yield windows

    def _feeds_if_readable(self, account: AccountHandle) -> list[Feed] | None:
        account.hold()
        self._held[account] = ()
        try:
            account.sign_in()
            warning = missing_global_region(account.session.partition, self._context.settings.regions)
            if warning and not self._begun:
                logger.warning(warning)
            return [
                Feed(account.account_id, region, query)
                for region in self._context.regions_of(self._stream, account.session)
                for query in self._queries
            ]
        except Exception as error:
            goes_on = self._context.failed(self._stream, AccountRegion(account.account_id), error)
            if not isinstance(error, AwsError):
                self._unexpected.append(error)
            elif not goes_on:
                raise
            return None

    def _windows(self, feeds: list[Feed], read_range: ReadRange) -> tuple[dict[Feed, Window], dict[Feed, Span]]:
        windows, continued = {}, {}
        for feed in feeds:
            done = furthest(feed, self._known.history, read_range.first)
            self._warn_of_lost_events(feed, read_range.lost(done))
            window, span = read_range.window(feed, done)
            if window.start < window.end:
                windows[feed], continued[feed] = window, span
        return windows, continued

    def _let_go(self, accounts: list[AccountHandle]) -> None:
        for account in accounts:
            feeds = self._held.pop(account)
            if feeds and all(map(self._scheduler.has_failed, feeds)):
                self._context.failures.nothing_read(self._stream, account.account_id)
            for where, queried in groupby(feeds, lambda feed: feed.account_region):
                self._note(where, [*queried])
            account.let_go()
            self._context.scheduler.done(self._stream, account.account_id)

    def _note(self, where: AccountRegion, feeds: list[Feed]) -> None:
        """Note in the coverage the span in which the events of all queries of a Region are complete."""
        covered = self._context.coverage.at(self._stream, where)
        covered.is_read = all(map(self._scheduler.is_read, feeds))
        spans = [self._cursor.span(feed) for feed in feeds if feed in self._scheduler]
        if spans:
            since, through = max(span.since for span in spans), min(span.through for span in spans)
            if since < through:
                covered.since, covered.through = since, through

    def _chains(self, feed: Feed) -> int:
        """Return how many windows have to be read at a time to use the quota of a feed's account and Region."""
        return self._context.account(feed.account_id).session.limiter(LOOKUP_EVENTS, feed.region).chains

    def _warn_of_lost_events(self, feed: Feed, gap: Span | None) -> None:
        if gap:
            logger.warning(
                "%s: the last sync of account %s, Region %s was complete through %s, and AWS keeps events for 90 days. "
                "Events between %s and %s cannot be read any more; a trail's log files in S3 may still have them.",
                self._stream,
                feed.account_id,
                feed.region,
                *map(utc, (gap.since, gap.since, gap.through)),
            )


def furthest(feed: Feed, known: Mapping[Feed, Span], first: datetime) -> Span | None:
    """Return the span that `feed` continues, where it is to be complete since `first`.

    The feed of all events includes the events of a narrower query, whose own span may be months old.
    """
    candidates = [feed] if feed.query == INSIGHTS else [feed, feed._replace(query=ALL)]
    found = [known[candidate] for candidate in candidates if candidate in known]
    return max(found, key=lambda span: (span.since <= first, span.through), default=None)
