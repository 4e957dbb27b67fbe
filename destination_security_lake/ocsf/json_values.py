"""JSON that AWS's callers wrote, as values that JSON text and Parquet can hold."""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final

Json = Any

DEEPEST: Final = 64
"""Levels of objects and lists in one value. source-aws-iam keeps what nests deeper as text."""

# UTF-8 has no lone surrogates, and databases have no NUL in text.
_UNLOADABLE: Final = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT: Final = "\ufffd"
_INT64: Final = range(-(2**63), 2**63)
_LONGEST_INT64: Final = 20


class TooDeepError(ValueError):
    """A value nests too deep."""


def parsed(text: str) -> Json:
    """Return the value of JSON text. Raise ValueError where it is none, and TooDeepError where it nests too deep."""
    try:
        return cleaned(json.loads(text, parse_int=_integer, parse_constant=str))
    except RecursionError:
        raise TooDeepError from None


def cleaned(value: Json, levels: int = DEEPEST) -> Json:
    """Return a copy in which everything can be loaded. Raise TooDeepError where a value nests deeper than `levels`.

    NUL and lone surrogates become U+FFFD. Numbers beyond 64 bits, NaN, infinities and what JSON does not have are text.
    """
    if isinstance(value, (dict, list)):
        if levels == 0:
            raise TooDeepError
        if isinstance(value, list):
            return [cleaned(item, levels - 1) for item in value]
        return {_loadable(str(name)): cleaned(item, levels - 1) for name, item in value.items()}
    return value if value is None or _is_number(value) else _loadable(str(value))


def json_text(value: Json) -> str:
    """Return a cleaned value as compact JSON text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _is_number(value: Json) -> bool:
    return value in _INT64 if isinstance(value, int) else isinstance(value, float) and math.isfinite(value)


def _loadable(text: str) -> str:
    return _UNLOADABLE.sub(_REPLACEMENT, text)


def _integer(digits: str) -> int | str:
    return digits if len(digits) > _LONGEST_INT64 else int(digits)
