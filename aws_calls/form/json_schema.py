"""JSON schema as Airbyte's form applies it, where Python's validator differs."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final

from jsonschema import Draft7Validator, ValidationError, validators

if TYPE_CHECKING:
    from collections.abc import Iterator


def _pattern(_: Any, pattern: str, value: Any, __: Any) -> Iterator[ValidationError]:
    """Match `pattern` as JavaScript does: Python's $ also matches before a line break at the end."""
    if isinstance(value, str) and not re.search(pattern.removesuffix("$") + r"\Z", value):
        yield ValidationError("pattern")


def _is_number(_: Any, value: Any) -> bool:
    """Accept the numbers of JSON only: Python also parses NaN, and 1e400 as infinity."""
    return math.isfinite(value) if isinstance(value, float) else isinstance(value, int) and not isinstance(value, bool)


def _is_integer(checker: Any, value: Any) -> bool:
    return _is_number(checker, value) and value == int(value)


_extend: Any = validators.extend
FormValidator: Final = _extend(
    Draft7Validator,
    {"pattern": _pattern},
    type_checker=Draft7Validator.TYPE_CHECKER.redefine_many({"number": _is_number, "integer": _is_integer}),
)
