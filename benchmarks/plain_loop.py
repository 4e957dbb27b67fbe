"""A plain script for comparison: a loop over the Regions that prints each event as a JSON line.

plain_loop.py URL REGION …, with the key in the environment. Whatever boto3 raises ends it.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta, timezone

import boto3
from botocore.config import Config


def main() -> None:
    """Print 90 days of every Region."""
    url, *regions = sys.argv[1:]
    now = datetime.now(timezone.utc)
    config = Config(retries={"mode": "standard"})
    for region in regions:
        cloudtrail = boto3.client("cloudtrail", region_name=region, endpoint_url=url, config=config)
        pages = cloudtrail.get_paginator("lookup_events").paginate(
            StartTime=now - timedelta(days=90) + timedelta(minutes=1), EndTime=now, PaginationConfig={"PageSize": 50}
        )
        for page in pages:
            for event in page["Events"]:
                print(json.dumps(event, default=str, separators=(",", ":")))


if __name__ == "__main__":
    main()
