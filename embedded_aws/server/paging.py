"""IAM's pages: MaxItems, IsTruncated and an opaque Marker."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from bisect import bisect_right
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from embedded_aws.server.calls import Call
from embedded_aws.server.errors import AwsError, check_range

Item = TypeVar("Item")
Position = tuple[Any, ...]


def one_page(
    call: Call,
    items: Mapping[Position, Item],
    page_cap: int | None,
    fitting: Callable[[list[Item]], int] = len,
) -> tuple[list[Item], dict[str, Any]]:
    """The items of the page that the call asks for, in order of their positions, and what says whether more
    follow. Of these items `fitting` says how many, and at least one, fit into one answer.

    A marker names the last position seen rather than counting items, so that creating or deleting something
    between two pages neither repeats nor skips anything else.
    """
    size = check_range(int(call.params.get("MaxItems", 100)), "maxItems", 1, 1000)
    positions = sorted(items)
    start = bisect_right(positions, _read_marker(call)) if "Marker" in call.params else 0
    shown = positions[start : start + min(size, page_cap or size)]
    shown = shown[: fitting([items[position] for position in shown])]
    truncated = start + len(shown) < len(positions)
    marker = _write_marker(call, shown[-1]) if truncated else None
    return [items[position] for position in shown], {"IsTruncated": truncated, "Marker": marker}


def digest(call: Call, without: set[str]) -> str:
    """Identifies the operation, the Region and the arguments: what a token is good for."""
    arguments = {name: value for name, value in call.params.items() if name not in without}
    text = json.dumps([call.action, call.region, arguments], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def seal(value: Any) -> str:
    """A token that looks like nothing to its holder."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


def unseal(token: str) -> Any:
    """The sealed value, or None if we did not make this token."""
    try:
        return json.loads(base64.urlsafe_b64decode(token))
    except (binascii.Error, ValueError):
        return None


def _write_marker(call: Call, position: Position) -> str:
    return seal([digest(call, {"Marker", "MaxItems"}), *position])


def _read_marker(call: Call) -> Position:
    unsealed = unseal(call.params["Marker"])
    if not isinstance(unsealed, list) or not unsealed:
        raise AwsError("ValidationError", "Invalid Marker.")
    made_for, *position = unsealed
    if made_for != digest(call, {"Marker", "MaxItems"}):
        raise AwsError("ValidationError", "Marker and Filter do not match")
    return tuple(position)
