"""The digests in the buckets of trails that nobody has touched, as their texts have them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

from embedded_aws.server.cloud import Cloud
from embedded_aws.truth.values import Row

_FOLDER = "/CloudTrail-Digest/"


def trail_digests(aws: Cloud) -> Iterator[Row]:
    """Every digest in every bucket, as valid."""
    for bucket in aws.buckets.values():
        for key in filter(lambda key: _FOLDER in key, bucket.keys()):
            text = gzip.decompress(bucket.planned(key).body)
            yield {"partition": aws.partition, **_row(key, json.loads(text))}


def _row(key: str, text: dict[str, Any]) -> Row:
    _, _, rest = key.rpartition("/")[2].partition("_CloudTrail-Digest_")
    region, _, rest = rest.removesuffix(".json.gz").partition("_")
    named = rest.removesuffix("_backfill")
    trail, home, _ = named.rsplit("_", 2)
    return {
        "account_id": text["awsAccountId"],
        "region": region,
        "bucket": text["digestS3Bucket"],
        "digest_file": key,
        "trail_name": trail,
        "trail_home_region": home,
        "is_backfill": named != rest,
        "digest_start_time": _time(text["digestStartTime"]),
        "digest_end_time": _time(text["digestEndTime"]),
        "log_file_count": len(text["logFiles"]),
        "newest_event_time": _time(text["newestEventTime"]),
        "oldest_event_time": _time(text["oldestEventTime"]),
        "verdict": "valid",
        "problems": [],
        "files_concerned": [],
        "is_signature_valid": True,
        "public_key_fingerprint": text["digestPublicKeyFingerprint"],
        "previous_digest_file": text["previousDigestS3Object"],
        "error": None,
        "unavailable_fields": [],
    }


def _time(text: str | None) -> datetime | None:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc) if text else None
