"""Reads a JSON object by path, and keeps count of what was read. The rest is what OCSF calls unmapped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from destination_security_lake.ocsf.json_values import Json, json_text
from destination_security_lake.ocsf.times import parsed_time

LONGEST: Final = 65_535
"""Characters of an OCSF string. Longer text stays unmapped, where OCSF sets no limit."""

# AWS writes this in the place of a name that does not exist: it may be a password in the wrong field.
_HIDDEN: Final = "HIDDEN_DUE_TO_SECURITY_REASONS"
_BOOLEANS: Final[Mapping[Json, bool]] = {"true": True, "false": False}
# A name that can stand in a dotted path as it is.
_PLAIN: Final = re.compile(r'[^."]+')

Path = tuple[str, ...]


class Fields:
    """The fields of a cleaned JSON object. A value of another type than asked for is None, and stays unmapped."""

    def __init__(self, value: Mapping[str, Json]) -> None:
        self._value = value
        self._read: set[Path] = set()

    def value(self, *path: str) -> Json:
        """Return the value at a path without counting it as read. None where there is none."""
        value: Json = self._value
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def read(self, *path: str) -> None:
        """Count the value at a path, and all that is in it, as read."""
        self._read.add(path)

    def text(self, *path: str) -> str | None:
        """Return text that is not empty, not hidden by AWS, and not too long for OCSF."""
        value = self.value(*path)
        if not isinstance(value, str) or value == _HIDDEN or not 0 < len(value) <= LONGEST:
            return None
        self.read(*path)
        return value

    def first(self, *paths: Path) -> str | None:
        """Return the text at the first of the paths that has any."""
        return next((text for path in paths if (text := self.text(*path))), None)

    def boolean(self, *path: str) -> bool | None:
        """Return a boolean, which CloudTrail writes as "true" or "False" in places."""
        value = self.value(*path)
        if isinstance(value, str):
            value = _BOOLEANS.get(value.lower())
        if not isinstance(value, bool):
            return None
        self.read(*path)
        return value

    def time(self, *path: str) -> int | None:
        """Return a time in milliseconds since 1970."""
        value = self.value(*path)
        time = parsed_time(value) if isinstance(value, str) else None
        if time is not None:
            self.read(*path)
        return time

    def json(self, *path: str) -> str | None:
        """Return any value but null as JSON text."""
        value = self.value(*path)
        if value is None:
            return None
        self.read(*path)
        return json_text(value)

    def unmapped(self) -> dict[str, str]:
        """Return {dotted path: text} of all that was not read. Lists are JSON text; null and what is empty is left out.

        A name with a dot or a quotation mark in it is quoted as in JSON, so that no two paths are the same.
        """
        return dict(self._rest(self._value, ()))

    def _rest(self, value: Json, path: Path) -> Iterator[tuple[str, str]]:
        if path in self._read:
            return
        if isinstance(value, Mapping):
            for name, inner in value.items():
                yield from self._rest(inner, (*path, name))
        elif value not in (None, "", []):
            name = ".".join(part if _PLAIN.fullmatch(part) else json_text(part) for part in path)
            yield name, value if isinstance(value, str) else json_text(value)
