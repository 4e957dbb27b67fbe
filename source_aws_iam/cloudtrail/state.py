"""The state of audit_events: what every Region has delivered, of the event history and of trails.

    {"version": 2,
     "complete": {"all": {"2026-01-01T00:00:00Z/2026-02-01T00:00:00Z": {"123456789012": ["us-east-1"]}}},
     "trail": {"bucket/": {"all": {"2026-01-01T00:00:00Z/2026-02-01T00:00:00Z": {"us-east-1": ["123456789012"]}}}}}

Of the event history, by query, and then by span, since when and up to when it is complete: after a sync most Regions of
an organization have the same. Queries that are equally far in a Region share a key, which is then a JSON list of them.
Of a trail, by bucket, selection, and then by read times (read_times.py). A trail of an organization has a thousand
accounts, most of them with the same Regions: these are the key, separated by spaces, and the accounts are its value.
Each source keeps what the other one wrote. Without trails it is version 1.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import jsonschema

from aws_calls.timestamps import utc
from source_aws_iam.aws.values import moment
from source_aws_iam.cloudtrail.feed import ALL, Feed
from source_aws_iam.cloudtrail.read_times import ReadTimes, parsed, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VERSION: Final = 2
WITHOUT_TRAILS: Final = 1
# A machine without a clock has 1970. No machine has a time that is further away than that.
FURTHEST_CLOCK: Final = timedelta(days=100 * 365)
_TIME: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
_STEP: Final = f"{_TIME}/({_TIME}|-)"
_ACCOUNT: Final = "^[0-9]{12}$"


def _by_time(times: str, key: str, value: str) -> Mapping[str, Any]:
    """Return the shape of {query: {times: {key: [value]}}}, each with its pattern."""
    lists = {
        "type": "object",
        "propertyNames": {"pattern": key},
        "additionalProperties": {"type": "array", "items": {"type": "string", "pattern": value}},
    }
    by_time = {"type": "object", "propertyNames": {"pattern": times}, "additionalProperties": lists}
    return {"type": "object", "additionalProperties": by_time}


_SHAPE: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["version", "complete"],
    "additionalProperties": False,
    "properties": {
        "version": {"enum": [WITHOUT_TRAILS, VERSION]},
        "complete": _by_time(f"^{_TIME}/{_TIME}$", _ACCOUNT, ""),
        "trail": {
            "type": "object",
            "additionalProperties": _by_time(f"^{_STEP}( {_STEP})*$", "^[a-z0-9-]+( [a-z0-9-]+)*$", _ACCOUNT),
        },
    },
}
# Before there were queries, all events were read: {"accounts": {account id: {Region: {"since", "through"}}}}.
_OLD_SHAPE: Final[Mapping[str, Any]] = {
    "required": ["accounts"],
    "properties": {
        "accounts": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": {
                    "type": "object",
                    "required": ["since", "through"],
                    "additionalProperties": {"type": "string"},
                },
            },
        },
    },
}


class ForeignStateError(ValueError):
    """The state was not written by this connector."""


class ClockBehindError(ValueError):
    """The state ends later than the present time of this machine. `through` is the latest end."""

    def __init__(self, through: datetime) -> None:
        super().__init__(utc(through))
        self.through = through


class Span(NamedTuple):
    """Every event with since <= time < through has been delivered, late ones excepted."""

    since: datetime
    through: datetime


class TrailFeed(NamedTuple):
    """A feed in one bucket and prefix: "bucket/prefix/"."""

    bucket: str
    feed: Feed


class AuditState(NamedTuple):
    """What was delivered by each source."""

    history: Mapping[Feed, Span] = MappingProxyType({})
    trail: Mapping[TrailFeed, ReadTimes] = MappingProxyType({})


def read_state(state: Mapping[str, Any], now: datetime) -> AuditState:
    """Return what `state` has, nothing for an empty one. Raises ForeignStateError or ClockBehindError.

    A span that ends after `now` is not used: it would skip all events until then.
    """
    if not state:
        return AuditState()
    try:
        state = _upgraded(state)
        jsonschema.validate(state, _SHAPE)
        spans = {
            feed: Span(*map(moment, interval.split("/")))
            for key, intervals in state["complete"].items()
            for query in _queries(key)
            for interval, feed in _feeds(query, intervals)
        }
        trail = {
            TrailFeed(bucket, Feed(account_id, region, query)): read_times
            for bucket, queries in state.get("trail", {}).items()
            for query, by_times in queries.items()
            for times, by_regions in by_times.items()
            for read_times in [parsed(times)]
            for regions, account_ids in by_regions.items()
            for region in regions.split(" ")
            for account_id in account_ids
        }
    except jsonschema.ValidationError as error:
        raise ForeignStateError(".".join(map(str, error.path)) or "the top level") from error
    # The key of queries is JSON inside JSON, and may be nested too deeply for Python.
    except (ValueError, RecursionError) as error:
        raise ForeignStateError(str(error)) from error
    for feed, span in spans.items():
        if span.since > span.through or any(abs(time - now) > FURTHEST_CLOCK for time in span):
            raise ForeignStateError(f"{feed.account_id} {feed.region}, from {span.since} to {span.through}")
    for (bucket, feed), read in trail.items():
        if any(abs(time - now) > FURTHEST_CLOCK for step in read.steps for time in step if time):
            raise ForeignStateError(f"{bucket} {feed.account_id} {feed.region}")
    latest = max((span.through for span in spans.values()), default=now)
    if latest > now:
        raise ClockBehindError(latest)
    return AuditState(spans, trail)


def _feeds(query: str, by_time: Mapping[str, Mapping[str, list[str]]]) -> Iterator[tuple[str, Feed]]:
    for times, accounts in by_time.items():
        for account_id, regions in accounts.items():
            for region in regions:
                yield times, Feed(account_id, region, query)


def write_state(state: AuditState) -> dict[str, Any]:
    """Return the state to be saved. Without trails, it is one that earlier releases read too."""
    complete = _written_spans(state.history)
    if not state.trail:
        return {"version": WITHOUT_TRAILS, "complete": complete}
    return {"version": VERSION, "complete": complete, "trail": _written_trails(state.trail)}


def _written_spans(spans: Mapping[Feed, Span]) -> Mapping[str, Any]:
    together: dict[tuple[str, str], dict[Span, list[str]]] = defaultdict(lambda: defaultdict(list))
    for (account_id, region, query), span in sorted(spans.items()):
        together[account_id, region][span].append(query)
    complete: dict[str, dict[str, dict[str, list[str]]]] = {}
    for (account_id, region), queries in together.items():
        for span, names in queries.items():
            intervals = complete.setdefault(_key(names), {})
            intervals.setdefault("/".join(map(utc, span)), {}).setdefault(account_id, []).append(region)
    return complete


def _written_trails(trails: Mapping[TrailFeed, ReadTimes]) -> Mapping[str, Any]:
    regions_of: dict[tuple[str, str, ReadTimes, str], list[str]] = defaultdict(list)
    for (bucket, (account_id, region, query)), times in sorted(trails.items(), key=lambda item: item[0]):
        regions_of[bucket, query, times, account_id].append(region)
    found: dict[str, dict[str, dict[str, dict[str, list[str]]]]] = {}
    for (bucket, query, times, account_id), regions in regions_of.items():
        by_regions = found.setdefault(bucket, {}).setdefault(query, {}).setdefault(text(times), {})
        by_regions.setdefault(" ".join(regions), []).append(account_id)
    return found


def _key(queries: list[str]) -> str:
    return queries[0] if len(queries) == 1 else json.dumps(queries)


def _queries(key: str) -> list[str]:
    # No name of a single query begins like this (see selection).
    found = json.loads(key) if key.startswith("[") else [key]
    if not all(isinstance(name, str) for name in found):
        raise ValueError(key)
    return list(found)


def _upgraded(state: Mapping[str, Any]) -> Mapping[str, Any]:
    if "accounts" not in state:
        return state
    jsonschema.validate(state, _OLD_SHAPE)
    spans: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for account_id, regions in state["accounts"].items():
        for region, span in regions.items():
            spans[f"{span['since']}/{span['through']}"][account_id].append(region)
    rest = {name: value for name, value in state.items() if name != "accounts"}
    return {**rest, "complete": {ALL: spans}}
