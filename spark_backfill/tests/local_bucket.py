"""The objects of a bucket as files, and what a backfill of them wrote."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from embedded_aws.server.s3_bucket import Bucket
from spark_backfill import audit_events

Row = dict[str, Any]


@dataclass(frozen=True)
class LocalBucket:
    bucket: Bucket
    folder: Path

    @property
    def source(self) -> str:
        return f"file://{self.folder}/AWSLogs/"

    def download(self) -> None:
        """Write every object but markers of folders, which are none in a file system."""
        for key in self.bucket.keys(""):
            found = self.bucket.get(key)
            if found and not key.endswith("/"):
                file = self.folder / key
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(found.body)

    def backfill(self, target: Path, *options: str) -> None:
        """Run the job in this process."""
        self._run("--target", str(target), *options)

    def backfill_table(self, table: str, *options: str) -> None:
        """Run it for a table."""
        self._run("--table", table, *options)

    def refused(self, target: Path, *options: str) -> str:
        """Run it, and return the sentence with which it ends."""
        with pytest.raises(SystemExit) as ended:
            self.backfill(target, *options)
        return str(ended.value.code)

    def _run(self, *options: str) -> None:
        self.download()
        audit_events.main(["--source", self.source, *options])


def written(target: Path, folder: str = "event_day=*/*") -> list[Row]:
    """Return the rows in the files below a folder, without what the names of folders say."""
    files = [str(file) for file in sorted(target.glob(f"{folder}/*.parquet"))]
    # One by one: with a folder, its name would be a column.
    return [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]
