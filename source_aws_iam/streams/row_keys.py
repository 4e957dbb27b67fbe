"""The key of a row whose id AWS left out: no warehouse loads a row without a key."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

# Shows that it is no id of AWS.
PREFIX: Final = "without-id-"
_DIGITS: Final = 32


def with_key(
    row: Mapping[str, Any], primary_key: Sequence[str], may_be_empty: Collection[str] = ()
) -> Mapping[str, Any]:
    """Return the row with a value in every column of its primary key.

    A missing one becomes the row's ARN, or else a hash of the row, which is the same as long as the row is.
    """
    missing = [name for name in primary_key if row.get(name) is None or (row[name] == "" and name not in may_be_empty)]
    return {**row, **dict.fromkeys(missing, row.get("arn") or _hash(row))} if missing else row


def _hash(row: Mapping[str, Any]) -> str:
    text = json.dumps(row, sort_keys=True)
    return PREFIX + hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:_DIGITS]
