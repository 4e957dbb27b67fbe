"""Times as AWS writes them, and as OCSF has them: milliseconds since 1970, and beside them RFC 3339 in UTC."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MILLISECOND: Final = timedelta(milliseconds=1)
# 2023-07-10T11:45:00Z, and 20230710T114500Z
_ISO: Final = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d):?(\d\d)(?:\.(\d{1,3})\d*)?(?:Z|\+00:00)", re.ASCII)
# Jul 10, 2023, 12:31:14 PM; the last space may be a narrow one (U+202F), as newer versions of Java write it.
_WORDS: Final = re.compile(r"([A-Z][a-z]{2}) (\d{1,2}), (\d{4}),? (\d{1,2}):(\d\d):(\d\d)[ \u202f]([AP]M)", re.ASCII)
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NOON: Final = 12


def epoch_milliseconds(time: datetime) -> int:
    """Return the milliseconds since 1970 of an aware time."""
    return (time - _EPOCH) // _MILLISECOND


def parsed_time(text: str) -> int | None:
    """Return the milliseconds since 1970 of a time in UTC that AWS wrote. None where it is in no form of AWS's."""
    try:
        time = _iso(text) or _words(text)
    except ValueError:  # the 31st of February
        return None
    return None if time is None else epoch_milliseconds(time)


def time_columns(name: str, milliseconds: int | None) -> dict[str, int | str | None]:
    """Return {name: milliseconds, name_dt: the same time as text}."""
    return {name: milliseconds, f"{name}_dt": None if milliseconds is None else _text(milliseconds)}


def _text(milliseconds: int) -> str:
    time = _EPOCH + milliseconds * _MILLISECOND
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _iso(text: str) -> datetime | None:
    found = _ISO.fullmatch(text)
    if not found:
        return None
    *numbers, fraction = found.groups()
    year, month, day, hour, minute, second = map(int, numbers)
    microsecond = int((fraction or "0").ljust(3, "0")) * 1000
    return datetime(year, month, day, hour, minute, second, microsecond, tzinfo=timezone.utc)


def _words(text: str) -> datetime | None:
    found = _WORDS.fullmatch(text)
    if not found or found[1] not in _MONTHS or not 1 <= int(found[4]) <= _NOON:
        return None
    hour = int(found[4]) % _NOON + (_NOON if found[7] == "PM" else 0)
    day = (int(found[3]), _MONTHS.index(found[1]) + 1, int(found[2]))
    return datetime(*day, hour, int(found[5]), int(found[6]), tzinfo=timezone.utc)
