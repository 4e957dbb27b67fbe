"""A plain script for comparison: each record of a log file is printed as the row that the connector makes of it.

plain_trail_rows.py URL BUCKET PREFIX, with the key in the environment. It is the least that the same lines cost: it
finds no accounts, keeps no state, checks nothing and reads one file after another. Whatever boto3 raises ends it.
"""

from __future__ import annotations

import sys
import time

import boto3
import orjson

from source_aws_iam.cloudtrail.feed import Feed
from source_aws_iam.cloudtrail.trail.log_file import records
from source_aws_iam.cloudtrail.trail.row import row

_PIECE = 1 << 16


def main() -> None:
    """Print every row below the prefix."""
    url, bucket, prefix = sys.argv[1:]
    s3 = boto3.client("s3", region_name="us-east-1", endpoint_url=url)
    out = sys.stdout.buffer
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for listed in page.get("Contents", ()):
            account_id, _, region = listed["Key"].split("AWSLogs/")[1].split("/")[:3]
            where = {"account_id": account_id, "partition": "aws", "region": region}
            where |= {"audit_source": "trail_bucket", "log_file": listed["Key"]}
            body = s3.get_object(Bucket=bucket, Key=listed["Key"])["Body"]
            for record in records(body.iter_chunks(_PIECE)):
                found, _ = row(record.text, Feed(account_id, region), listed["LastModified"], record.value)
                emitted = time.time_ns() // 1_000_000
                message = {"stream": "audit_events", "data": {**found, **where}, "emitted_at": emitted}
                out.write(orjson.dumps({"type": "RECORD", "record": message}) + b"\n")


if __name__ == "__main__":
    main()
