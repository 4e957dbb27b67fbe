"""The reading of an account and Region, or a batch of its log files, as a partition of the CDK."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.types import Record

from aws_calls.errors import AbsentError, AwsError, Outcome
from source_aws_iam.cloudtrail import NAME
from source_aws_iam.cloudtrail.trail.bucket import ArchivedError
from source_aws_iam.cloudtrail.trail.lister import batches
from source_aws_iam.cloudtrail.trail.log_file import DamagedFileError, records
from source_aws_iam.cloudtrail.trail.odd_objects import Kind
from source_aws_iam.cloudtrail.trail.reading import Batch, Reading
from source_aws_iam.cloudtrail.trail.row import row
from source_aws_iam.sync.record_queue import Page
from source_aws_iam.sync.traces import traced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from source_aws_iam.cloudtrail.odd_events import OddEvents
    from source_aws_iam.cloudtrail.trail.bucket import Bucket, StoredObject
    from source_aws_iam.cloudtrail.trail.log_file import RecordText
    from source_aws_iam.cloudtrail.trail.odd_objects import OddObjects
    from source_aws_iam.cloudtrail.trail.scheduler import TrailScheduler
    from source_aws_iam.cloudtrail.trail.wanted import Wanted
    from source_aws_iam.config import TrailBucket
    from source_aws_iam.sync.context import SyncContext

# Records at a time. It bounds memory, and what is lost of a file that is damaged.
_RECORDS: Final = 100


@dataclass(frozen=True)
class Sync:
    """What the partitions of one sync share. `alive` is called after each file and page."""

    scheduler: TrailScheduler
    bucket: Bucket
    trail: TrailBucket
    wanted: Mapping[str, Wanted]
    odd_events: OddEvents
    odd_objects: OddObjects
    context: SyncContext
    alive: Callable[[], None]


class TrailPartition(Partition):
    """What the scheduler handed out: a reading, whose batches it shares or reads itself, or one batch."""

    def __init__(self, work: Reading | Batch, sync: Sync) -> None:
        self._work = work
        self._reading = work if isinstance(work, Reading) else work.reading
        self._sync = sync
        self._partition = sync.bucket.session.partition
        self._wanted = sync.wanted[self._reading.feed.query]

    def read(self) -> Iterator[Page]:  # type: ignore[override]
        """Yield the rows in pages, which RecordQueue takes in the place of records.

        Where an account and Region fails, the first error is raised, and nothing more of it is read.
        """
        try:
            yield from self._pages()
        except Exception as error:
            goes_on = self._sync.context.failed(NAME, self._reading.feed.account_region, error)
            if self._reading.fail() and not goes_on:
                with traced(NAME):
                    raise
        finally:
            self._sync.scheduler.returned()

    def _pages(self) -> Iterator[Page]:
        if isinstance(self._work, Batch):
            yield from self._batch(self._work)
            return
        for batch in batches(self._work, self._sync.bucket, self._sync.trail.lookback, self._sync.odd_objects):
            if self._reading.has_failed:
                return
            if not self._sync.scheduler.share(batch):
                yield from self._batch(batch)
            self._sync.alive()

    def _batch(self, batch: Batch) -> Iterator[Page]:
        for time, stored in batch.objects:
            if self._reading.has_failed:
                return
            yield from self._file(time, stored)
            self._sync.alive()
        # Its records are in the queue. What is emitted from now on comes after them.
        self._reading.done(batch.number)

    def _file(self, time: datetime, stored: StoredObject) -> Iterator[Page]:
        try:
            page: list[Record] = []
            feed = self._reading.feed
            origin = {
                "account_id": feed.account_id,
                "partition": self._partition,
                "region": feed.region,
                "audit_source": "trail_bucket",
                "log_file": stored.key,
            }
            for found in records(self._sync.bucket.content(stored.key)):
                record = self._record(found, time, origin)
                if record:
                    page.append(record)
                if len(page) >= _RECORDS:
                    yield self._counted(page)
                    page = []
            if page:
                yield self._counted(page)
        except (AbsentError, ArchivedError) as error:
            kind = Kind.ARCHIVED if isinstance(error, ArchivedError) else Kind.DELETED
            self._sync.odd_objects.count(kind, stored.key)
            self._reading.miss()
        except DamagedFileError as damage:
            raise self._damaged(stored.key, damage.reason) from damage

    def _record(self, found: RecordText, time: datetime, origin: Mapping[str, str]) -> Record | None:
        feed = self._reading.feed
        columns, odd = row(found.text, feed, time, found.value)
        if not self._wanted.of(columns):
            return None
        if odd:
            self._sync.odd_events.count(feed, columns["event_id"], odd)
        return Record(data={**origin, **columns}, stream_name=NAME)

    def _counted(self, page: list[Record]) -> Page:
        self._sync.context.coverage.add(NAME, self._reading.feed.account_region, len(page))
        return Page(page)

    def _damaged(self, key: str, reason: str) -> AwsError:
        feed, bucket = self._reading.feed, self._sync.bucket
        sentence = (
            f"The log file {key} of bucket {bucket.name} (account {feed.account_id}, Region {feed.region}) cannot be "
            f"read: {reason}. Restore it from another copy, or move it out of the trail's prefix. The next sync reads "
            "this account and Region again."
        )
        return AwsError(Outcome.ACT, sentence, code="DamagedLogFile", target=bucket.target("get_object"))

    def to_slice(self) -> Mapping[str, Any]:
        """Return the account, the Region and the first file of a batch, as the log shows them."""
        first = {"log_file": self._work.objects[0][1].key} if isinstance(self._work, Batch) else {}
        return {**self._reading.feed._asdict(), **first}

    def stream_name(self) -> str:
        """Return the stream's name."""
        return NAME

    def __hash__(self) -> int:
        """Each partition is its own."""
        return id(self)
