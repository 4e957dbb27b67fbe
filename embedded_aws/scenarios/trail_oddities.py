"""What else a reader finds in the bucket of a trail: objects of others, broken files, odd records, data events."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from embedded_aws.scenarios.actors import Stage, assumed_role
from embedded_aws.scenarios.event_templates import INSIGHT, Template
from embedded_aws.scenarios.seed_events import record_of, stage_of
from embedded_aws.scenarios.trail_writer import INSIGHTS, TrailWriter, log_text
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.event_shape import Record
from embedded_aws.server.trail import LogFile, Trail

_BROKEN: Mapping[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "not gzip": lambda text: text,
    "cut gzip": lambda text: gzip.compress(text, mtime=0)[: len(gzip.compress(text, mtime=0)) // 2],
    "not JSON": lambda text: gzip.compress(text[:-2], mtime=0),
    "without Records": lambda _: gzip.compress(b'{"records":[]}', mtime=0),
    "Records no list": lambda _: gzip.compress(b'{"Records":{}}', mtime=0),
    "a list": lambda _: gzip.compress(b"[]", mtime=0),
    "not UTF-8": lambda text: gzip.compress(text.replace(b'"Records"', b'"Records\xff"'), mtime=0),
}
BROKEN_KINDS = tuple(_BROKEN)
ODD_RECORDS: tuple[Any, ...] = (None, 7, "text", [], {})


class OddObjects:
    """Puts odd objects into the bucket of a trail, under the account and the Region of a log file of that time."""

    def __init__(self, writer: TrailWriter, trail: Trail, *, account_id: str, region: str) -> None:
        self._writer = writer
        self._trail = trail
        self._account_id = account_id
        self._region = region

    def broken(self, kind: str, at: datetime, records: list[Record]) -> str:
        """Put a log file that cannot be read, one of BROKEN_KINDS, and return its key."""
        key = self._writer.key(self._account_id, self._region, at)
        self._put(key, _BROKEN[kind](log_text(records)), at)
        return key

    def with_odd_records(self, at: datetime, records: list[Record]) -> LogFile:
        """Deliver the records with ODD_RECORDS between them. The ground truth has the rows of the records only."""
        key = self._writer.key(self._account_id, self._region, at)
        self._writer.put(key, log_text([*ODD_RECORDS, *records]), at)
        made = LogFile(key, self._account_id, self._region, tuple(records), at)
        self._trail.files.append(made)
        return made

    def archived(
        self, at: datetime, records: list[Record], storage_class: str = "GLACIER", tier: str | None = None
    ) -> str:
        """Put a log file of a storage class, or in a tier of INTELLIGENT_TIERING, that has to be restored first."""
        key = self._writer.key(self._account_id, self._region, at)
        content = gzip.compress(log_text(records), mtime=0)
        self._put(key, content, at, storage_class=storage_class, archive_tier=tier)
        return key

    def strangers(self, at: datetime) -> list[str]:
        """Put objects that are no log files: folder markers, siblings of other kinds, and files of other services."""
        account, region = self._account_id, self._region
        of_account = self._trail.folder(account, "CloudTrail").removesuffix("CloudTrail/")
        day, minute = f"{at:%Y/%m/%d}", f"{at:%Y%m%dT%H%MZ}"
        here = f"{of_account}CloudTrail/{region}/{day}/"
        keys = [
            of_account,
            f"{of_account}CloudTrail/",
            here,
            f"{here}notes.txt",
            f"{here}{account}_CloudTrail_{region}_{minute}_short.json.gz",
            f"{here}{account}_CloudTrail_{region}_{minute}_0123456789abcdef.json.gz.tmp",
            (
                f"{of_account}CloudTrail-NetworkActivity/{region}/{day}/"
                f"{account}_CloudTrail-NetworkActivity_{region}_{minute}_0123456789abcdef.json.gz"
            ),
            (
                f"{of_account}CloudTrail-Aggregated/{region}/{day}/"
                f"{account}_CloudTrail-Aggregated_{region}_{minute}_0123456789abcdef.json.gz"
            ),
            (
                f"{of_account}Config/{region}/{at:%Y/%-m/%-d}/ConfigHistory/"
                f"{account}_Config_{region}_ConfigHistory_AWS::IAM::User_{minute}_1.json.gz"
            ),
            f"{of_account}elasticloadbalancing/{region}/{day}/{account}_elasticloadbalancing_{region}_app.web.log.gz",
            "AWSLogs/readme.md",
        ]
        for key in keys:
            self._put(key, b"" if key.endswith("/") else gzip.compress(log_text([]), mtime=0), at)
        return keys

    def _put(self, key: str, body: bytes, at: datetime, **more: Any) -> None:
        self._writer.bucket.put(key, body, last_modified=at, **more)


def data_events(cloud: Cloud, count: int, at: datetime, region: str, *, seed: int = 12) -> list[Record]:
    """Events of objects in S3, within the minutes before `at`, as a trail with a selector for them has them."""
    stage = stage_of(cloud, Random(seed))  # noqa: S311 - reproducible, not secret
    newest = int(at.timestamp())
    return [
        {**record_of(stage, _DATA, newest - number, region, region), "managementEvent": False, "eventCategory": "Data"}
        for number in range(count)
    ]


def insights(cloud: Cloud, writer: TrailWriter, at: datetime, region: str, *, seed: int = 13) -> LogFile:
    """Deliver an Insights event, in a folder of its own."""
    stage = stage_of(cloud, Random(seed))  # noqa: S311
    record = record_of(stage, INSIGHT, int((at - timedelta(minutes=1)).timestamp()), region, region)
    return writer.deliver([record], account_id=cloud.account_id, region=region, folder=INSIGHTS)


def _get_object(stage: Stage) -> dict[str, Any]:
    bucket, key = "acme-invoices", f"2026/{stage.characters(8)}.pdf"
    arn = f"arn:{stage.partition}:s3:::{bucket}"
    return {
        "userIdentity": assumed_role(stage),
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "requestParameters": {"bucketName": bucket, "key": key},
        "responseElements": None,
        "additionalEventData": {"bytesTransferredOut": 4096, "SignatureVersion": "SigV4"},
        "readOnly": True,
        "resources": [
            {"type": "AWS::S3::Object", "ARN": f"{arn}/{key}"},
            {"accountId": stage.account_id, "type": "AWS::S3::Bucket", "ARN": arn},
        ],
        "eventType": "AwsApiCall",
    }


_DATA = Template(1, _get_object)
