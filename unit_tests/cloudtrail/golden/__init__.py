"""Events as AWS lists them, and the lines that they become, byte for byte.

After a change that is meant to change rows, `python -m unit_tests.cloudtrail.golden` writes the lines anew; the
difference shows what becomes of the rows that people have in their warehouses.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

from airbyte_cdk.models import AirbyteMessage, AirbyteRecordMessage, Type

from source_aws_iam.aws import lookup_events
from source_aws_iam.cli.output import line
from source_aws_iam.cloudtrail import NAME
from source_aws_iam.cloudtrail.feed import Feed
from source_aws_iam.cloudtrail.history.reading import read_window
from source_aws_iam.cloudtrail.history.row import row
from source_aws_iam.cloudtrail.history.windows import Window

FOLDER: Final = Path(__file__).parent
PAGES: Final = FOLDER / "pages.jsonl"
LINES: Final = FOLDER / "lines.jsonl"
FEED: Final = Feed("123456789012", "us-east-1")
ORIGIN: Final = {"account_id": FEED.account_id, "partition": "aws", "region": FEED.region}
_END: Final = datetime(2026, 3, 1, tzinfo=timezone.utc)
WINDOW: Final = Window(FEED, _END - timedelta(days=60), _END)


def lines_of(page: bytes) -> Iterator[str]:
    """Yield the lines that are printed for one answer of LookupEvents."""
    answer: Any = lookup_events._answer(page)
    for events in read_window([answer], WINDOW, lambda *_: None):
        for event in events:
            record = AirbyteRecordMessage(stream=NAME, data={**ORIGIN, **row(event)[0]}, emitted_at=0)
            yield line(AirbyteMessage(type=Type.RECORD, record=record))


def pages() -> list[bytes]:
    return PAGES.read_bytes().splitlines()


def write() -> None:
    """Write the lines anew."""
    LINES.write_text("".join(f"{one}\n" for page in pages() for one in lines_of(page)), encoding="utf-8")


def readable(text: str) -> Any:
    return json.loads(text)["record"]["data"]
