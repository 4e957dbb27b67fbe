"""A plain script for comparison: the loop of plain_loop.py, but it prints the rows that the connector makes.

plain_loop_rows.py URL REGION …, with the key in the environment. It is the least that the same lines cost: it divides
no time, keeps no state, checks nothing and reads one Region after another. Whatever boto3 raises ends it.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime, timedelta, timezone

import boto3
import orjson
from botocore.config import Config

from source_aws_iam.cloudtrail.feed import Feed
from source_aws_iam.cloudtrail.history.event import Event
from source_aws_iam.cloudtrail.history.row import row


def main() -> None:
    """Print 90 days of every Region."""
    url, *regions = sys.argv[1:]
    now = datetime.now(timezone.utc)
    config = Config(retries={"mode": "standard"})
    account_id = boto3.client("sts", region_name=regions[0], endpoint_url=url).get_caller_identity()["Account"]
    out = sys.stdout.buffer
    for region in regions:
        where = {"account_id": account_id, "partition": "aws", "region": region}
        where |= {"audit_source": "event_history", "log_file": None}
        cloudtrail = boto3.client("cloudtrail", region_name=region, endpoint_url=url, config=config)
        pages = cloudtrail.get_paginator("lookup_events").paginate(
            StartTime=now - timedelta(days=90) + timedelta(minutes=1), EndTime=now, PaginationConfig={"PageSize": 50}
        )
        for page in pages:
            for listed in page["Events"]:
                event = Event({**listed, "EventTime": listed["EventTime"].timestamp()}, Feed(account_id, region))
                event.time = listed["EventTime"]
                found, _ = row(event)
                emitted = time.time_ns() // 1_000_000
                message = {"stream": "audit_events", "data": {**where, **found}, "emitted_at": emitted}
                out.write(orjson.dumps({"type": "RECORD", "record": message}) + b"\n")


if __name__ == "__main__":
    main()
