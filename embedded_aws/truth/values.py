"""moto's values as a warehouse has them: aware times to the second, tags as one object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any

Row = dict[str, Any]
Tables = dict[str, list[Row]]
"""Stream -> rows. Times are aware, in UTC."""


class _Some:
    """Equal to every value of one type: where AWS decides on the value only when it is asked."""

    def __init__(self, kind: type) -> None:
        self._kind = kind

    def __eq__(self, other: object) -> bool:
        return isinstance(other, self._kind)

    def __hash__(self) -> int:
        return hash(self._kind)

    def __repr__(self) -> str:
        return f"some {self._kind.__name__}"


class _OneOf:
    """Equal to each of these values: where AWS may give any of them."""

    def __init__(self, values: Iterable[Any]) -> None:
        self._values = tuple(values)

    def __eq__(self, other: object) -> bool:
        return other in self._values

    def __hash__(self) -> int:
        return hash(self._values)

    def __repr__(self) -> str:
        return f"one of {sorted(self._values)}"


def one_of(values: Iterable[Any]) -> Any:
    """Return the value, or what equals each of several."""
    found = list(values)
    return found[0] if len(found) == 1 else _OneOf(found)


SOME_TIME: Any = _Some(datetime)
SOME_NUMBER: Any = _Some(int)


def aware(time: datetime | None) -> datetime | None:
    return time.replace(microsecond=0, tzinfo=timezone.utc) if time else None


def by_key(tags: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags or ()}
