"""Fields of any JSON as the types of columns. A value of another type is converted or null, and its field is noted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.cloudtrail.record.json_text import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Json = Any

NOTHING: Final[Mapping[str, Json]] = {}
_PLAIN: Final = frozenset({str, type(None)})
_ACCOUNT_IDS: Final = 10**12


class Fields:
    """Reads fields. `odd` has the names of those that were not of the type that AWS documents."""

    def __init__(self, odd: Iterable[str] = ()) -> None:
        """`odd` are the fields that were noted before."""
        self.odd = list(odd)

    def texts(self, source: Mapping[str, Json], fields: Mapping[str, str]) -> dict[str, str | None]:
        """Return {column: text} for `fields`, {column: field of `source`}."""
        if not source:
            return dict.fromkeys(fields)
        get = source.get
        row = {column: get(field) for column, field in fields.items()}
        if not _PLAIN.issuperset(map(type, row.values())):
            row = {column: self.text(source, field) for column, field in fields.items()}
        return row

    def text(self, source: Mapping[str, Json], *names: str) -> str | None:
        """Return the first of the fields that is text, or is a number or boolean, as text."""
        for name in names:
            value = source.get(name)
            if isinstance(value, str):
                return value
            if value is not None:
                self.odd.append(name)
                if (text := as_text(value)) is not None:
                    return text
        return None

    def boolean(self, source: Mapping[str, Json], name: str, *, written: bool = False) -> bool | None:
        """Return a boolean. `written`: AWS writes this one as "true" or "false"."""
        value = source.get(name)
        if value is None or value is True or value is False:
            return value
        if not (written and isinstance(value, str)):
            self.odd.append(name)
        return as_boolean(value)

    def account_id(self, source: Mapping[str, Json], name: str) -> str | None:
        """Return an account id. As a number it has lost its leading zeros."""
        value = source.get(name)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < _ACCOUNT_IDS:
            self.odd.append(name)
            return f"{value:012.0f}" if value == int(value) else as_text(value)
        return self.text(source, name)

    def members(self, source: Mapping[str, Json], name: str) -> Mapping[str, Json]:
        """Return an object, empty where there is none."""
        value = source.get(name)
        if isinstance(value, dict):
            return value
        if value is not None:
            self.odd.append(name)
        return NOTHING


def as_text(value: Json) -> str | None:
    """Return text, or a number or boolean as JSON writes it. Objects and lists are none."""
    if isinstance(value, str):
        return value
    return None if value is None or isinstance(value, (dict, list)) else json.dumps(value)


def as_boolean(value: Json) -> bool | None:
    """Return what CloudTrail writes as a boolean in one place and as "true" or "False" in another."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return value if isinstance(value, bool) else None


def as_json(source: Mapping[str, Json], fields: Mapping[str, str]) -> dict[str, str | None]:
    """Return {column: any value but null as JSON text} for `fields`, {column: field of `source`}."""
    get = source.get
    return {column: None if (value := get(field)) is None else written(value) for column, field in fields.items()}
