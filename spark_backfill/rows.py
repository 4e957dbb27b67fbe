"""From log files to rows, in the Python processes of the executors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
from botocore.exceptions import UnknownRegionError

from source_aws_iam.cloudtrail.feed import Feed
from source_aws_iam.cloudtrail.trail.log_file import DamagedFileError, records
from source_aws_iam.cloudtrail.trail.row import row
from spark_backfill.columns import DAY, TEXT, arrow_schema, columns
from spark_backfill.log_files import LogFile, partition_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from source_aws_iam.cloudtrail.trail.wanted import Wanted
    from spark_backfill.columns import Kind
    from spark_backfill.days import Days
    from spark_backfill.log_files import Source

    Values = dict[str, Any]

EVENT_DAY: Final = "event_day"
"""The day of event_time, in UTC."""
ODD_FIELDS: Final = "odd_fields"
"""Which fields of an event are not as AWS documents them."""
PROBLEM: Final = "problem"
"""What is wrong with a log file. Such a row is no event."""
FOREIGN: Final = "is_foreign"
"""Whether an object is no log file by its name. Such a row is no event."""

# Rows at a time: a few megabytes.
_ROWS: Final = 500
# Bytes of a compressed file at a time.
_PIECE: Final = 1 << 16


def mapped_columns() -> dict[str, Kind]:
    """Return the columns of audit_events, and those that this job has besides."""
    flag = columns()["read_only"]
    return {**columns(), EVENT_DAY: DAY, ODD_FIELDS: TEXT, PROBLEM: TEXT, FOREIGN: flag}


@dataclass(frozen=True)
class LogFileRows:
    """Maps log files to rows. A file that cannot be read to its end is a row too, which says why."""

    source: Source
    wanted: Wanted
    days: Days

    def batches(self, files: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield the rows of files, which have `path` and `content`, in batches of bounded size."""
        kinds = mapped_columns()
        schema = arrow_schema(kinds)
        waiting: list[Values] = []
        for batch in files:
            for path, content in zip(batch.column("path"), batch.column("content"), strict=True):
                for found in self.of_file(path.as_py(), _pieces(content.as_buffer())):
                    waiting.append({name: _value(kinds[name], given) for name, given in found.items()})
                    if len(waiting) >= _ROWS:
                        yield pa.RecordBatch.from_pylist(waiting, schema=schema)
                        waiting = []
        if waiting:
            yield pa.RecordBatch.from_pylist(waiting, schema=schema)

    def of_file(self, path: str, pieces: Iterable[bytes]) -> Iterator[Values]:
        """Yield the rows of one file, {column: value} as the connector has them."""
        file = self.source.log_file(path)
        if file is None:
            return
        origin = {"account_id": file.folder.account_id, "region": file.folder.region, "log_file": file.key}
        time = file.folder.time(file.key)
        if time is None:
            yield {**origin, FOREIGN: True}
            return
        try:
            origin["partition"] = partition_of(file.folder.region)
            missed = 0
            for found in self._events(file, pieces, time):
                day = date.fromisoformat(found[EVENT_DAY])
                if self.days.have(day):
                    yield {**origin, "audit_source": "trail_bucket", **found}
                elif self.days.miss(day, time.date()):
                    missed += 1
            if missed:
                problem = f"{missed:,} of its events are of other days, and no run of those days reads it"
                yield {**origin, PROBLEM: problem}
        except DamagedFileError as damage:
            yield {**origin, PROBLEM: damage.reason}
        except UnknownRegionError:
            yield {**origin, PROBLEM: "botocore knows no partition of its Region"}

    def _events(self, file: LogFile, pieces: Iterable[bytes], time: datetime) -> Iterator[Values]:
        feed = Feed(file.folder.account_id, file.folder.region)
        for found in records(pieces):
            event, odd = row(found.text, feed, time, found.value)
            if self.wanted.of(event):
                day = event["event_time"][: len("YYYY-MM-DD")]
                yield {**event, EVENT_DAY: day, ODD_FIELDS: ", ".join(sorted(set(odd))) or None}


def _value(kind: Kind, given: Any) -> Any:
    return None if given is None else kind.value(given)


def _pieces(content: pa.Buffer) -> Iterator[bytes]:
    """Yield the bytes of a file in pieces: its text is never in memory as a whole."""
    for start in range(0, content.size, _PIECE):
        yield content.slice(start, min(_PIECE, content.size - start)).to_pybytes()
