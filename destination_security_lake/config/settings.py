"""The configuration as types. Names and limits are those of spec.json."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from aws_calls.form.credentials import access_key, role
from aws_calls.form.values import given
from aws_calls.options import Options
from aws_calls.partitions import known_regions
from destination_security_lake.config.bucket_url import BucketUrl
from destination_security_lake.config.sources import CHOICES, DEFAULT, NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_calls.options import Role
    from destination_security_lake.ocsf.classes import EventClass

# What CloudTrail calls sessions without a name of their own.
SESSION_NAME: Final = "airbyte-destination-security-lake"
HOME_REGION: Final = "us-east-1"
_MEGABYTE: Final = 1_000_000


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
        config = given(config)
        url, credentials = BucketUrl.of(config["url"]), config["credentials"]
        region = config.get("region") or url.region
        assumed = role(credentials, SESSION_NAME)
        return cls(
            options=Options(
                key=access_key(credentials),
                role=assumed,
                region=region or _home(assumed),
                endpoint_url=config.get("endpoint_url"),
            ),
            bucket=url.bucket,
            prefix=url.prefix,
            region=region,
            lake_region=config.get("lake_region") or region,
            classes=tuple(CHOICES[name] for name in config.get("classes", DEFAULT)),
            flush_bytes=int(config.get("flush_size_mb", 256)) * _MEGABYTE,
            flush_age=timedelta(minutes=config.get("flush_age_minutes", 60)),
            only_source=config.get("source_name", ""),
        )

    def source_name(self, event_class: EventClass) -> str:
        """Return the name of the custom source of a class: its keys begin with ext/<name>/. 1 to 20 characters."""
        return self.only_source or NAMES[event_class]


def _home(role: Role | None) -> str:
    """Return a Region of the role's partition, in which S3 and STS are asked where the bucket's is not known yet."""
    if role is None or role.partition == "aws":
        return HOME_REGION
    return next((region for region, one in known_regions().items() if one == role.partition), HOME_REGION)
