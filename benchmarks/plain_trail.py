"""A plain script for comparison: each log file is loaded whole, and each record is printed as an Airbyte record.

plain_trail.py URL BUCKET PREFIX, with the key in the environment. Whatever boto3 raises ends it.
"""

from __future__ import annotations

import gzip
import sys
import time

import boto3
import orjson


def main() -> None:
    """Print every record below the prefix."""
    url, bucket, prefix = sys.argv[1:]
    s3 = boto3.client("s3", region_name="us-east-1", endpoint_url=url)
    out = sys.stdout.buffer
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for listed in page.get("Contents", ()):
            body = s3.get_object(Bucket=bucket, Key=listed["Key"])["Body"].read()
            for record in orjson.loads(gzip.decompress(body))["Records"]:
                row = {
                    "account_id": record["recipientAccountId"],
                    "region": record["awsRegion"],
                    "event_id": record["eventID"],
                    "event_time": record["eventTime"],
                    "event_name": record["eventName"],
                    "event_source": record["eventSource"],
                    "event": record,
                    "log_file": listed["Key"],
                }
                emitted = time.time_ns() // 1_000_000
                message = {"stream": "audit_events", "data": row, "emitted_at": emitted}
                out.write(orjson.dumps({"type": "RECORD", "record": message}) + b"\n")


if __name__ == "__main__":
    main()
