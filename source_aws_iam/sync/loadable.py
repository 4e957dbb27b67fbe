"""Values that every reader of JSON and every warehouse can load.

People who call AWS choose much of the text that this connector reads: user agents, session names, tags. No text may
keep a row from being loaded. So a value that cannot be loaded is replaced:

- NUL and lone surrogates, which databases and UTF-8 do not allow, become U+FFFD, in names too. A name that then equals
  another one of its object gets a number.
- Integers beyond 64 bits become text: their digits.
- NaN and infinities, which JSON does not have, become null.
- Values that nest deeper than DEEPEST become their JSON text.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import count
from typing import Any, Final

import orjson

from source_aws_iam.aws.nesting import DEEPEST, value_nests_deeper

Json = Any

_UNLOADABLE: Final = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT: Final = "\ufffd"


def is_64_bits(number: int) -> bool:
    """Return whether a signed integer of 64 bits holds `number`."""
    return -(2**63) <= number < 2**63


def loadable_text(text: str) -> str:
    """Return `text` with U+FFFD for each NUL and each lone surrogate."""
    return _UNLOADABLE.sub(_REPLACEMENT, text)


def renamed(fields: Mapping[str, Json], rename: Callable[[str], str]) -> Mapping[str, Json]:
    """Return an object's fields with new names. A new name that another field already has gets a number."""
    if all(rename(name) == name for name in fields):
        return fields
    taken = set(fields)
    numbers: defaultdict[str, Iterator[int]] = defaultdict(lambda: count(2))
    result = {}
    for old, value in fields.items():
        name = new = rename(old)
        while name != old and name in taken:
            # The number is kept from field to field: callers choose names, and thousands may become the same.
            name = f"{new}{next(numbers[new])}"
        taken.add(name)
        result[name] = value
    return result


def loadable(value: Json, levels: int = DEEPEST) -> Json:
    """Return `value` so that it can be loaded, with at most so many `levels` of objects and lists."""
    if isinstance(value, str):
        return loadable_text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if is_large(value):
        return str(Decimal(value))  # Python writes no integers of thousands of digits
    if isinstance(value, (dict, list)):
        return _loadable_within(value, levels - 1) if levels else _text_of_any_depth(value)
    return value


def json_text(value: Json, levels: int = DEEPEST) -> str:
    """Return `value` as compact JSON text that can be loaded. Characters beyond ASCII stay as they are."""
    text = written_if_loadable(value, levels)
    return (orjson.dumps(loadable(value, levels)) if text is None else text).decode()


def written_if_loadable(value: Json, levels: int) -> bytes | None:
    """Return `value` as JSON text, or None unless writing it was enough to see that all of it can be loaded."""
    try:
        # orjson raises at lone surrogates and integers beyond 53 bits, and writes NaN and infinities as null.
        text = orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER)
    except TypeError:
        return None
    # Searched from its end, NUL begins with a backslash. From its start, each 0 may be the last one of it.
    if text.rfind(b"\\u0000") >= 0:
        return None
    # Most texts have fewer brackets than that, and counting them is fast.
    return None if text.count(b"[") + text.count(b"{") > levels and value_nests_deeper(value, levels) else text


def is_large(value: Json) -> bool:
    """Return whether `value` is an integer beyond 64 bits."""
    return isinstance(value, int) and not is_64_bits(value)


def _loadable_within(value: Json, levels: int) -> Json:
    if isinstance(value, list):
        return [loadable(item, levels) for item in value]
    return {name: loadable(item, levels) for name, item in _loadable_names(value).items()}


def _loadable_names(fields: Mapping[str, Json]) -> Mapping[str, Json]:
    return renamed(fields, loadable_text)


def _text_of_any_depth(value: Json) -> str:
    """Return the JSON text of a list or an object that is too deep for encoders: they call themselves at each level."""
    pieces: list[str] = []
    levels = [_pieces(value)]
    while levels:
        piece = next(levels[-1], None)
        if piece is None:
            levels.pop()
        elif isinstance(piece, str):
            pieces.append(piece)
        else:
            levels.append(_pieces(piece))
    return "".join(pieces)


def _pieces(value: Json) -> Iterator[Json]:
    """Yield the JSON text of a list or an object, with the lists and objects in it as they are."""
    is_object = isinstance(value, dict)
    yield "{" if is_object else "["
    for number, item in enumerate(_loadable_names(value).items() if is_object else value):
        yield "," if number else ""
        if is_object:
            yield json_text(item[0]) + ":"
        inner = item[1] if is_object else item
        yield inner if isinstance(inner, (dict, list)) else json_text(inner)
    yield "}" if is_object else "]"
