"""The state of audit_events: since when and up to when every event of a Region has been delivered.

    {"version": 1, "complete": {"all": {"2026-01-01T00:00:00Z/2026-02-01T00:00:00Z": {"123456789012": ["us-east-1"]}}}}

By query, and then by span, written as an ISO 8601 interval: after a sync most Regions of an organization have the same.
Queries that are equally far in a Region share a key, which is then a JSON list of them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import jsonschema

from source_aws_iam.aws.values import moment, utc
from source_aws_iam.cloudtrail.feed import ALL, Feed

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION: Final = 1
# A machine without a clock has 1970. No machine has a time that is further away than that.
FURTHEST_CLOCK: Final = timedelta(days=100 * 365)
_TIME: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
_SHAPE: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["version", "complete"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": VERSION},
        "complete": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "propertyNames": {"pattern": f"^{_TIME}/{_TIME}$"},
                "additionalProperties": {
                    "type": "object",
                    "propertyNames": {"pattern": "^[0-9]{12}$"},
                    "additionalProperties": {"type": "array", "items": {"type": "string"}},
                },
            },
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


def read_state(state: Mapping[str, Any], now: datetime) -> dict[Feed, Span]:
    """Return the spans in `state`, {} for an empty one. Raises ForeignStateError or ClockBehindError.

    A span that ends after `now` is not used: it would skip all events until then.
    """
    if not state:
        return {}
    try:
        state = _upgraded(state)
        jsonschema.validate(state, _SHAPE)
        spans = {
            Feed(account_id, region, query): Span(*map(moment, interval.split("/")))
            for key, intervals in state["complete"].items()
            for query in _queries(key)
            for interval, accounts in intervals.items()
            for account_id, regions in accounts.items()
            for region in regions
        }
    except jsonschema.ValidationError as error:
        raise ForeignStateError(".".join(map(str, error.path)) or "the top level") from error
    # The key of queries is JSON inside JSON, and may be nested too deeply for Python.
    except (ValueError, RecursionError) as error:
        raise ForeignStateError(str(error)) from error
    for feed, span in spans.items():
        if span.since > span.through or any(abs(time - now) > FURTHEST_CLOCK for time in span):
            raise ForeignStateError(f"{feed.account_id} {feed.region}, from {span.since} to {span.through}")
    latest = max((span.through for span in spans.values()), default=now)
    if latest > now:
        raise ClockBehindError(latest)
    return spans


def write_state(spans: Mapping[Feed, Span]) -> dict[str, Any]:
    """Return the state for `spans`."""
    together: dict[tuple[str, str], dict[Span, list[str]]] = defaultdict(lambda: defaultdict(list))
    for (account_id, region, query), span in sorted(spans.items()):
        together[account_id, region][span].append(query)
    complete: dict[str, dict[str, dict[str, list[str]]]] = {}
    for (account_id, region), queries in together.items():
        for span, names in queries.items():
            intervals = complete.setdefault(_key(names), {})
            intervals.setdefault("/".join(map(utc, span)), {}).setdefault(account_id, []).append(region)
    return {"version": VERSION, "complete": complete}


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
