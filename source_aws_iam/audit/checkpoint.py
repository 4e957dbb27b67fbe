"""The state of audit_events: since when and up to when every event of a Region has been delivered.

{"version": 1, "accounts": {"123456789012": {"us-east-1": {"since": "…Z", "through": "…Z"}}}}
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
_TIME: Final = {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"}
_SHAPE: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["version", "accounts"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": VERSION},
        "accounts": {
            "type": "object",
            "propertyNames": {"pattern": "^[0-9]{12}$"},
            "additionalProperties": {
                "type": "object",
                "additionalProperties": {
                    "type": "object",
                    "required": ["since", "through"],
                    "additionalProperties": False,
                    "properties": {"since": _TIME, "through": _TIME},
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
            Pair(account_id, region): Span(moment(span["since"]), moment(span["through"]))
            for account_id, regions in state["accounts"].items()
            for region, span in regions.items()
        }
    except jsonschema.ValidationError as error:
        raise ForeignStateError(".".join(map(str, error.path)) or "the top level") from error
    except ValueError as error:
        raise ForeignStateError(str(error)) from error
    for pair, span in spans.items():
        if not span.since <= span.through <= now:
            raise ForeignStateError(f"accounts.{pair.account_id}.{pair.region}, from {span.since} to {span.through}")
    return spans


def write_state(spans: Mapping[Pair, Span]) -> dict[str, Any]:
    """Return the state for `spans`."""
    accounts: dict[str, dict[str, Any]] = {}
    for pair, span in sorted(spans.items()):
        accounts.setdefault(pair.account_id, {})[pair.region] = {"since": utc(span.since), "through": utc(span.through)}
    return {"version": VERSION, "accounts": accounts}
