"""The tables at the end: rows, requests, and the filled columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from embedded_aws.control.request_log import RequestKey
from embedded_aws.truth import Row
from integration_tests.sync.overheard import Heard
from integration_tests.sync.screen import Screen


@dataclass
class Sync:
    """What the connector said, how long it took, and the AWS requests, where they can be counted."""

    heard: Heard = field(default_factory=Heard)
    seconds: float = 0.0
    requests: Counter[RequestKey] | None = None

    def requests_total(self) -> int | None:
        return None if self.requests is None else self.requests.total()


def report(syncs: Sequence[Sync], rows: Mapping[str, int], screen: Screen) -> None:
    """`rows` is how many each stream has in the warehouse."""
    headings = [f"{name} {what}" for name in _names(syncs) for what in ("records", "seconds")]
    everything = [cell for done in syncs for cell in (done.heard.records.total(), done.seconds)]
    requests = [cell for done in syncs for cell in (done.requests_total(), "")]
    screen.say("\nWhat was loaded\n", style="bold")
    screen.table(
        ["stream", "rows in warehouse", *headings],
        [[stream, count, *_cells(stream, syncs)] for stream, count in rows.items()],
        ["all, with PyAirbyte", sum(rows.values()), *everything],
        ["AWS requests", "", *requests],
    )
    _report_requests([done.requests for done in syncs if done.requests is not None], screen)


def _cells(stream: str, syncs: Sequence[Sync]) -> list[object]:
    return [cell for done in syncs for cell in (done.heard.records[stream], done.heard.seconds(stream))]


def _report_requests(counts: Sequence[Counter[RequestKey]], screen: Screen) -> None:
    if not counts:
        return
    asked: dict[str, set[RequestKey]] = {}
    for key in sorted(set().union(*counts)):
        asked.setdefault(key[2], set()).add(key)
    screen.say("\nWhat AWS was asked\n", style="bold")
    screen.table(
        ["action", "accounts", "Regions", *_names(counts)],
        [
            [action, len({account for account, _, _ in keys}), ", ".join(sorted({region for _, region, _ in keys}))]
            + [sum(done[key] for key in keys) for done in counts]
            for action, keys in sorted(asked.items())
        ],
    )


def _names(syncs: Sequence[object]) -> list[str]:
    return [f"sync {number}" for number in range(1, len(syncs) + 1)]


def report_nulls(rows: Sequence[Row], screen: Screen) -> None:
    """What real events have, and what they lack."""
    screen.say("\nHow often each column of audit_events is null\n", style="bold")
    screen.table(
        ["column", "nulls", "rows"],
        [[column, sum(row[column] is None for row in rows), len(rows)] for column in rows[0]],
    )
