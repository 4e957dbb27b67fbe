"""The bucket of the lake. Objects are put into it; nothing is deleted, listed or tagged."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from destination_security_lake.config.settings import Settings


class Bucket:
    """Writes into one bucket. Thread-safe."""

    region: str
    """The Region of the bucket."""
    lake_region: str
    """The value of the partition `region=` in keys."""

    @classmethod
    def of(cls, settings: Settings) -> Bucket:
        """Find the bucket. Raises AwsError where nobody can sign in, or the bucket is missing or elsewhere."""
        raise NotImplementedError

    def put(self, key: str, file: Path) -> None:
        """Put the content of `file` under `key`, which follows the prefix of the URL: "ext/<source>/region=…".

        An object that is there already is replaced, and either the whole file is there afterwards or nothing has
        changed. Raises AwsError after botocore's retries, and OSError where the file cannot be read.
        """
        raise NotImplementedError
