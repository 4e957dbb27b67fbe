"""JSON text of AWS and its callers: parsed without loss, and written.

Readers of JSON treat numbers differently. Most of them hold integers of 64 bits and decimals of double precision. A
number beyond that becomes text, as it was written, so that no digit is lost on the way to a warehouse.
"""

from __future__ import annotations

import json
import math
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import orjson

from source_aws_iam.aws.nesting import DEEPEST, nests_deeper
from source_aws_iam.sync.loadable import is_64_bits, json_text

Json = Any

# Digits of the largest integers of 64 bits, with their sign.
_LONGEST_INTEGER: Final = 20


def parsed(text: str) -> Json:
    """Return the value of JSON text. Raise ValueError for text that is no JSON, or is nested deeper than DEEPEST.

    Integers beyond 64 bits, decimals that a double does not hold to all their digits, NaN and infinities are text.
    """
    if nests_deeper(text, DEEPEST):
        raise ValueError("too deep")
    return parsed_shallow(text)


def parsed_shallow(text: str, value: Json = None) -> Json:
    """Return the same of text that is known not to be nested too deep. `value` is what orjson makes of it, if known."""
    try:
        value = orjson.loads(text) if value is None else value
        # If the value is written as the same text, without integers beyond 53 bits, nothing was lost.
        if orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER) == text.encode():
            return value
    except (TypeError, ValueError):
        pass
    return json.loads(text, parse_int=_integer, parse_float=_decimal, parse_constant=str)


def written(value: Json) -> str:
    """Return a value as compact JSON text that can be loaded. Characters beyond ASCII stay as they are."""
    return json_text(value)


def _integer(digits: str) -> int | str:
    if len(digits) > _LONGEST_INTEGER:
        return digits
    number = int(digits)
    return number if is_64_bits(number) else digits


def _decimal(digits: str) -> float | str:
    number = float(digits)
    try:
        return number if math.isfinite(number) and Decimal(repr(number)) == Decimal(digits) else digits
    except InvalidOperation:  # an exponent of more than 18 digits
        return digits
