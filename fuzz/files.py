"""The files of the command before they are changed: forms and states of every kind, and a catalog of every stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from embedded_aws.scenarios.member_accounts import MEMBER_ROLE

ACCOUNT: Final = "123456789012"
EVENTS: Final = "audit_events"
REGIONS: Final = ["us-east-1", "eu-central-1"]
FAST: Final = {"lookup_requests_per_second": 1000, "iam_requests_per_second": 1000}
# Those that are read, and one that is left out.
MEMBER: Final = "111111111111"
EXCLUDED: Final = "222222222222"
EXTERNAL_ID: Final = "external-id-of-members"
# Everything that is in the form, but for what differs below.
_EVERYTHING: Final[Mapping[str, Any]] = {
    "region": "us-east-1",
    "start_date": "2026-01-02T03:04:05Z",
    "lookback_minutes": 60,
    "include_insights": True,
    "include_policy_tags": True,
    "include_finding_details": True,
    "include_action_last_accessed": True,
    "include_all_aws_policies": False,
    "ask_every_user": True,
    "num_workers": 3,
    "accounts_to_check": 5,
    "fail_on_account_error": False,
}
_MEMBER_ROLE: Final = {"role_arn": f"arn:aws:iam::{MEMBER}:role/{MEMBER_ROLE}", "external_id": EXTERNAL_ID}
FORMS: Final[Mapping[str, Mapping[str, Any]]] = {
    "plain": {},
    "list": {
        **_EVERYTHING,
        "accounts": {"scope": "list", "roles": [_MEMBER_ROLE]},
        "event_selection": {"mode": "attribute", "attribute_key": "EventName", "attribute_value": "CreateUser"},
    },
    "organization": {
        **_EVERYTHING,
        "accounts": {
            "scope": "organization",
            "role_name": MEMBER_ROLE,
            "external_id": EXTERNAL_ID,
            "exclude_ous": ["ou-emb1-99999999"],
            "exclude_accounts": [EXCLUDED],
            "include_management_account": True,
        },
        "event_selection": {"mode": "identity", "include_read_only": False},
    },
}
_SPAN: Final = "2026-01-01T00:00:00Z/2026-02-01T00:00:00Z"
_OTHER_SPAN: Final = "2026-01-01T00:00:00Z/2026-03-01T00:00:00Z"
_COMPLETE: Final = {
    "all": {_SPAN: {ACCOUNT: ["us-east-1"], MEMBER: ["gone-region-1"]}, _OTHER_SPAN: {ACCOUNT: ["eu-west-1"]}},
    '["all","insights"]': {_SPAN: {ACCOUNT: ["eu-central-1"]}},
}
_FIRST_LAYOUT: Final = {
    "version": 1,
    "accounts": {ACCOUNT: {"us-east-1": {"since": "2026-01-01T00:00:00Z", "through": "2026-02-01T00:00:00Z"}}},
}


def _of_stream(state: Mapping[str, Any]) -> dict[str, Any]:
    return {"stream_descriptor": {"name": EVENTS}, "stream_state": state}


STATES: Final[Mapping[str, Any]] = {
    "none": [],
    "spans": [{"type": "STREAM", "stream": _of_stream({"version": 1, "complete": _COMPLETE})}],
    "first layout": [{"type": "STREAM", "stream": _of_stream(_FIRST_LAYOUT)}],
    "global": [{"type": "GLOBAL", "global": {"stream_states": [_of_stream({"version": 1, "complete": _COMPLETE})]}}],
}


def small(catalog: Mapping[str, Any]) -> dict[str, Any]:
    """Return a catalog with schemas of a few columns: whole ones have nearly all of its places."""
    streams = [
        {**chosen, "stream": {**chosen["stream"], "json_schema": {"type": "object", "properties": {}}}}
        for chosen in catalog["streams"]
    ]
    return {**catalog, "streams": streams}
