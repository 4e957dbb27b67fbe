"""Audit events as the log files of the trails have them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from embedded_aws.server.cloud import Cloud
from embedded_aws.server.trail import LogFile, Trail
from embedded_aws.truth.audit import audit_event
from embedded_aws.truth.digests import trail_digests
from embedded_aws.truth.values import Row, Tables, one_of

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
        origin = {"account_id": account_id, "partition": aws.partition}
        source = {"audit_source": "trail_bucket", "log_file": one_of(keys[event_id])}
        yield {**origin, **audit_event(record), "resources": _own_resources(record), **source}


def read_from_trail(aws: Cloud, tables: Tables) -> Tables:
    """Return the tables of a sync that reads audit_events from log files, for those of one that reads event histories.

    A sync covers the accounts and Regions that have log files, and verifies the digests of these.
    """
    places = {(file.account_id, file.region) for file in _delivered(aws, ())}
    digests = [*trail_digests(aws)]
    covered = [
        {**row, "rows_read": len(digests)} if row["stream"] == "trail_digests" else row
        for row in tables["sync_coverage"]
        if row["stream"] != "audit_events" or (row["account_id"], row["region"]) in places
    ]
    return {**tables, "audit_events": [*trail_events(aws)], "trail_digests": digests, "sync_coverage": covered}


def _own_resources(record: Row) -> list[Row] | None:
    """Without those that LookupEvents reads out of the request."""
    listed = [resource for resource in record.get("resources") or () if isinstance(resource, dict)]
    return [
        {"resource_type": one.get("type"), "resource_name": one.get("ARN") or one.get("ARNPrefix")} for one in listed
    ] or None


def _delivered(aws: Cloud, trails: tuple[Trail, ...]) -> Iterator[LogFile]:
    """What a test has done to the objects since does not change what was delivered."""
    for trail in trails or aws.trails:
        yield from (file for file in trail.files if file.folder == _LOG_FILES and file.delivered_at <= aws.now())
