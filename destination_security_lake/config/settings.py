"""The configuration as types. Names and limits are those of spec.json."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_calls.options import Options
    from destination_security_lake.ocsf.classes import EventClass


@dataclass(frozen=True, repr=False)
class Settings:
    """The settings of a connection. It has no repr, because `options` hold secrets.

    `options` say how AWS is called. The lake is `bucket`, and in it what begins with `prefix`, which is empty or ends
    in a slash. `region` is that of the bucket, and `lake_region` that of the partition `region=`; both are empty where
    S3 has to be asked: `Bucket.region` and `Bucket.lake_region` are never empty.

    `classes` are written, rows of others are not. Rows are uploaded when `flush_bytes` of them have been received, or
    the oldest is `flush_age` old.
    """

    options: Options
    bucket: str
    prefix: str
    region: str
    lake_region: str
    classes: tuple[EventClass, ...]
    flush_bytes: int
    flush_age: timedelta
    only_source: str = ""

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Settings:
        """Take the settings from a config in which `validation.problems` finds none."""
        raise NotImplementedError

    def source_name(self, event_class: EventClass) -> str:
        """Return the name of the custom source of a class: its keys begin with ext/<name>/. 1 to 20 characters."""
        raise NotImplementedError
