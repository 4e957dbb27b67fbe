"""The state of audit_events: since when and up to when every event of a Region has been delivered.

    {"version": 1, "complete": {"all": {"2026-01-01T00:00:00Z/2026-02-01T00:00:00Z": {"123456789012": ["us-east-1"]}}}}

By query, and then by span, written as an ISO 8601 interval: after a sync most Regions of an organization have the same.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import jsonschema

from source_aws_iam.audit.windows import Pair
from source_aws_iam.aws.values import moment, utc

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION: Final = 1
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


class ForeignStateError(ValueError):
    """The state is not one that this connector wrote."""


class Span(NamedTuple):
    """Every event with since <= time < through has been delivered, late ones excepted."""

    since: datetime
    through: datetime


def read_state(state: Mapping[str, Any], now: datetime) -> dict[Pair, Span]:
    """Return the spans in `state`, {} for an empty one. Raises ForeignStateError.

    A span that ends after `now` was not written by us: believed, it would skip all events until then.
    """
    if not state:
        return {}
    try:
        jsonschema.validate(state, _SHAPE)
        spans = {
            Pair(account_id, region, query): Span(*map(moment, interval.split("/")))
            for query, intervals in state["complete"].items()
            for interval, accounts in intervals.items()
            for account_id, regions in accounts.items()
            for region in regions
        }
    except jsonschema.ValidationError as error:
        raise ForeignStateError(".".join(map(str, error.path)) or "the top level") from error
    except ValueError as error:
        raise ForeignStateError(str(error)) from error
    for pair, span in spans.items():
        if not span.since <= span.through <= now:
            raise ForeignStateError(f"{pair.account_id} {pair.region}, from {span.since} to {span.through}")
    return spans


def write_state(spans: Mapping[Pair, Span]) -> dict[str, Any]:
    """Return the state for `spans`."""
    complete: dict[str, dict[str, dict[str, list[str]]]] = {}
    for pair, span in sorted(spans.items()):
        intervals = complete.setdefault(pair.query, {})
        intervals.setdefault("/".join(map(utc, span)), {}).setdefault(pair.account_id, []).append(pair.region)
    return {"version": VERSION, "complete": complete}
