"""A trail as the source of audit_events: its log files, as partitions of the CDK."""

from __future__ import annotations

import logging
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final

from aws_calls.errors import AwsError, Outcome
from source_aws_iam.aws.regions import missing_global_region
from source_aws_iam.cloudtrail import NAME
from source_aws_iam.cloudtrail.feed import Feed
from source_aws_iam.cloudtrail.odd_events import OddEvents
from source_aws_iam.cloudtrail.read_times import ReadTimes
from source_aws_iam.cloudtrail.state import TrailFeed
from source_aws_iam.cloudtrail.trail.accounts import TrailAccounts
from source_aws_iam.cloudtrail.trail.bucket import open_bucket
from source_aws_iam.cloudtrail.trail.folders import TrailFolders
from source_aws_iam.cloudtrail.trail.keys import INSIGHT, LOGS, ROOT
from source_aws_iam.cloudtrail.trail.odd_objects import OddObjects
from source_aws_iam.cloudtrail.trail.partition import Sync, TrailPartition
from source_aws_iam.cloudtrail.trail.reading import Reading
from source_aws_iam.cloudtrail.trail.scheduler import TrailScheduler
from source_aws_iam.cloudtrail.trail.wanted import Insights, Wanted
from source_aws_iam.sync.traces import traced

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition

    from source_aws_iam.cloudtrail.state import AuditState
    from source_aws_iam.cloudtrail.trail.bucket import Bucket
    from source_aws_iam.cloudtrail.trail.cursor import TrailCursor
    from source_aws_iam.config import TrailBucket
    from source_aws_iam.sync.context import SyncContext

logger = logging.getLogger("airbyte.source_aws_iam")

# Before CloudTrail: without a start date, a trail is read from its beginning.
FIRST_DAY: Final = datetime(2013, 1, 1, tzinfo=timezone.utc)


class LogFiles:
    """Finds what has to be read, and hands it out as partitions."""

    def __init__(
        self,
        context: SyncContext,
        cursor: TrailCursor,
        trail: TrailBucket,
        choose: Callable[[Collection[str]], Collection[str]],
    ) -> None:
        """`choose` returns which accounts are read, for the ids of those that the bucket has."""
        self._context = context
        self._cursor = cursor
        self._trail = trail
        self._choose = choose
        settings = context.settings
        management = Wanted(settings.selection, trail.data_events, settings.start_date)
        insights = Insights(settings.selection, trail.data_events, settings.start_date)
        # The kind of log files, for the records of each.
        self._kinds = {LOGS: management, **({INSIGHT: insights} if settings.selection.insights else {})}
        self._readings: list[Reading] = []

    def parts(self, known: AuditState) -> Iterator[Partition]:
        """Yield one partition per account and Region, and per shared batch. It waits for batches that are shared."""
        with traced(NAME):
            settings = self._context.settings
            bucket = open_bucket(self._trail, self._context.hub, settings.session_name)
            warning = missing_global_region(self._context.hub.partition, settings.regions)
            if warning:
                logger.warning(warning)
        # With the organization: another one has folders that were not read, maybe of the same accounts.
        organization = f"{self._trail.organization_id}/" if self._trail.organization_id else ""
        name = f"{self._trail.bucket}/{self._trail.prefix}{ROOT}{organization}"
        self._cursor.begin(name, known)
        scheduler = TrailScheduler(self._coming(bucket, name, known), at_once=settings.options.workers)
        odd_events, odd_objects = OddEvents(NAME), OddObjects(NAME, bucket.name)
        wanted = {one.name: one for one in self._kinds.values()}
        alive = self._cursor.go_ahead
        sync = Sync(scheduler, bucket, self._trail, wanted, odd_events, odd_objects, self._context, alive)
        try:
            for work in scheduler:
                yield TrailPartition(work, sync)
        finally:
            odd_events.report()
            odd_objects.report()
            self._note(bucket)

    def _coming(self, bucket: Bucket, name: str, known: AuditState) -> Iterator[Reading]:
        """Yield what has to be read, account by account."""
        since = self._context.settings.start_date or FIRST_DAY
        folders_of = TrailFolders(bucket, self._trail, self._context.settings.regions)
        found = TrailAccounts(folders_of, self._context, self._choose)
        with traced(NAME):
            for kind, where, folders in found.folders(*self._kinds):
                wanted = self._kinds[kind]
                feed = Feed(*where, wanted.name)
                times = _continued(TrailFeed(name, feed), wanted, known.trail, since)
                reading = Reading(feed, folders, times)
                self._readings.append(reading)
                self._cursor.add(reading)
                self._context.coverage.at(NAME, where)
                yield reading

    def _note(self, bucket: Bucket) -> None:
        """Note in the coverage what was read of each account and Region, and what is missing."""
        by_place: dict[object, list[Reading]] = {}
        for reading in self._readings:
            by_place.setdefault(reading.feed.account_region, []).append(reading)
        for readings in by_place.values():
            feed = readings[0].feed
            covered = self._context.coverage.at(NAME, feed.account_region)
            covered.is_read = all(reading.is_read for reading in readings)
            steps = [reading.times().steps for reading in readings]
            covered.since = max(found[0].start for found in steps)
            stored = [step.stored for found in steps for step in found]
            covered.through = min((time for time in stored if time), default=None) if all(stored) else None
            missed = sum(reading.missed for reading in readings)
            if missed:
                sentence = (
                    f"{missed:,} log files of account {feed.account_id}, Region {feed.region} are archived or were "
                    "deleted, so their events are missing. The log names the first."
                )
                target = bucket.target("get_object")
                error = AwsError(Outcome.ACT, sentence, code="MissingLogFiles", target=target)
                self._context.coverage.failed(NAME, feed.account_region, error)


def _continued(at: TrailFeed, wanted: Wanted, known: Mapping[TrailFeed, ReadTimes], since: datetime) -> ReadTimes:
    """Return the read times that a reading continues: its own, or those of a selection that includes it."""
    names = [at._replace(feed=at.feed._replace(query=name)) for name in wanted.names]
    found = [known[one] for one in names if one in known]
    if not found:
        return ReadTimes.nothing(since)
    return max(found, key=lambda times: (times.since <= since, _through(times))).beginning(since)


def _through(times: ReadTimes) -> datetime:
    return min(step.stored or FIRST_DAY for step in times.steps)
