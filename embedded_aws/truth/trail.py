"""Audit events as the log files of the trails have them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from embedded_aws.server.cloud import Cloud
from embedded_aws.server.trail import LogFile, Trail
from embedded_aws.truth.audit import audit_event
from embedded_aws.truth.values import Row, one_of

_LOG_FILES = "CloudTrail"


def trail_events(aws: Cloud, *trails: Trail) -> Iterator[Row]:
    """Return a row for each event in the log files that these trails (none: all) have delivered by now.

    `account_id` is the account in the key. An event that several files hold is one row, and its `log_file` may be any
    of them. Records that are no objects, or have no `eventID`, have no row here: LookupEvents knows none. Insights
    events are in folders of their own, and not among these.
    """
    events: dict[str, tuple[str, Row]] = {}
    keys: defaultdict[str, list[str]] = defaultdict(list)
    for file in sorted(_delivered(aws, trails), key=lambda file: (file.delivered_at, file.key)):
        for record in file.records:
            if "eventID" in record:
                events[record["eventID"]] = (file.account_id, record)
                keys[record["eventID"]].append(file.key)
    for event_id, (account_id, record) in events.items():
        origin = {"account_id": account_id, "partition": aws.partition, "audit_source": "trail_bucket"}
        yield {**origin, **audit_event(record), "log_file": one_of(keys[event_id])}


def _delivered(aws: Cloud, trails: tuple[Trail, ...]) -> Iterator[LogFile]:
    """What a test has done to the objects since does not change what was delivered."""
    for trail in trails or aws.trails:
        yield from (file for file in trail.files if file.folder == _LOG_FILES and file.delivered_at <= aws.now())
