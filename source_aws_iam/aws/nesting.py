"""JSON that nests deeper than readers allow: found, and cut out of the text before it is parsed.

Python's parser, and recursive code on its results, raises at about a thousand levels.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

DEEPEST: Final = 64
"""Levels of objects and lists in one value: deeper than any record or policy of AWS.

All loaders take so many, besides the levels around them: the row, the message, what a destination adds. MySQL and
MongoDB take 100 levels, serde in Rust 128, orjson writes 254, BigQuery takes 500.
"""
# A string, also one that the end of the text cuts short, or a bracket outside of strings.
_STRING: Final = r'"[^"\\]*(?:\\.[^"\\]*)*"?'
_STRINGS: Final = re.compile(_STRING, re.DOTALL)
_TOKENS: Final = re.compile(rf"{_STRING}|[\[{{\]}}]", re.DOTALL)
_STEPS: Final = {"{": 1, "[": 1, "}": -1, "]": -1}


def nests_deeper(text: str, levels: int) -> bool:
    """Return whether the JSON in `text` nests more than `levels` deep. An object without members is one level."""
    # Most texts have fewer brackets than that, and counting them is fast.
    if text.count("{") + text.count("[") <= levels:
        return False
    steps = (_STEPS[char] for char in _STRINGS.sub("", text) if char in _STEPS)
    return any(depth > levels for depth in accumulate(steps))


def value_nests_deeper(value: Any, levels: int) -> bool:
    """Return the same of parsed JSON."""
    if not isinstance(value, (dict, list)):
        return False
    items = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(value_nests_deeper(item, levels - 1) for item in items)


def without_deep(text: str, *, below: int, levels: int, instead: Callable[[str], str]) -> str:
    """Return `text` with each value that makes it nest more than `levels` deep replaced by `instead(its text)`.

    Only values below the level `below` are replaced, and those whole: 1 means members of the outermost object.
    """
    pieces = []
    copied = depth = deepest = begin = 0
    for token in _TOKENS.finditer(text):
        step = _STEPS.get(token[0], 0)
        if step > 0:
            depth += 1
            if depth == below + 1:
                begin, deepest = token.start(), depth
            deepest = max(deepest, depth)
        elif step < 0:
            if depth == below + 1 and deepest > levels:
                pieces += [text[copied:begin], instead(text[begin : token.end()])]
                copied = token.end()
            depth -= 1
    return "".join([*pieces, text[copied:]])
