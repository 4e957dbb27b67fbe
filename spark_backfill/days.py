"""The days of a backfill: which events are written, and in which folders their log files are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_DAY: Final = timedelta(days=1)
LATER: Final = 1
"""A file is in the folder of the day of its newest event. So events of one day are there, or in the next day's."""


@dataclass(frozen=True)
class Days:
    """Days in UTC from `first` to `last`, both included. Without them, all days."""

    first: date = date.min
    last: date = date.max

    @property
    def are_all(self) -> bool:
        """Whether there is no limit."""
        return self.last == date.max

    def have(self, day: date) -> bool:
        """Return whether events of a day are written."""
        return self.first <= day <= self.last

    def miss(self, day: date, folder_day: date) -> bool:
        """Return whether an event of `day` in a file of `folder_day` is written neither by this run nor by another.

        A run of the event's own days reads no folders but those of these days and the next one.
        """
        return not self.have(day) and not 0 <= (folder_day - day).days <= LATER

    def folders(self) -> Iterator[str]:
        """Yield "YYYY", "YYYY/MM" and "YYYY/MM/DD": together, all folders that may have files of these days."""
        day, last = self.first, self.last + LATER * _DAY
        while day <= last:
            folder, after = next(
                (found, end) for found, begin, end in _folders_of(day) if begin == day and end - _DAY <= last
            )
            yield folder
            day = after


def _folders_of(day: date) -> Iterator[tuple[str, date, date]]:
    """Yield (folder, first day, day after the last one) of the year, the month and the day."""
    yield f"{day:%Y}", day.replace(month=1, day=1), date(day.year + 1, 1, 1)
    yield f"{day:%Y/%m}", day.replace(day=1), (day.replace(day=1) + 31 * _DAY).replace(day=1)
    yield f"{day:%Y/%m/%d}", day, day + _DAY
