"""What was written and what was not, for the log."""

from __future__ import annotations

import logging
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from destination_security_lake.ocsf.classes import EventClass
from destination_security_lake.ocsf.results import Reason, UnmappedRow
from destination_security_lake.parquet.spill import File

logger = logging.getLogger("airbyte.destination_security_lake")

EXAMPLES: Final = 3
"""How many rows are named for each stream and reason, at each upload."""
_MOST_NAMED: Final = 30
_DAY: Final = re.compile(r"/eventDay=(\d{8})/")


@dataclass
class _Written:
    """What the lake got of a class. The same event in two uploads is two rows."""

    rows: int = 0
    files: int = 0
    bytes: int = 0
    days: set[str] = field(default_factory=set)


class Report:
    """Counts everything, and names a few of what could not be written."""

    def __init__(self, sources: Mapping[EventClass, str]) -> None:
        """`sources` are the names of the custom sources of the classes that are written."""
        self._sources = sources
        self._written: defaultdict[EventClass, _Written] = defaultdict(_Written)
        self._unmapped: Counter[tuple[str, Reason]] = Counter()
        self._since: Counter[tuple[str, Reason]] = Counter()
        self._examples: defaultdict[tuple[str, Reason], list[UnmappedRow]] = defaultdict(list)
        self._unknown: Counter[str] = Counter()
        self._undeclared: Counter[str] = Counter()
        self._not_chosen: Counter[str] = Counter()

    def unmapped(self, row: UnmappedRow) -> None:
        """Count a row that cannot be mapped."""
        if row.reason is Reason.STREAM:
            self._unknown[row.stream] += 1
            return
        key = row.stream, row.reason
        self._unmapped[key] += 1
        self._since[key] += 1
        if len(self._examples[key]) < EXAMPLES:
            self._examples[key].append(row)

    def undeclared(self, stream: str) -> None:
        """Count a record of a stream that the catalog does not have."""
        self._undeclared[stream] += 1

    def not_chosen(self, event_class: EventClass) -> None:
        """Count a row of a class that is not to be written."""
        self._not_chosen[event_class.caption] += 1

    def uploaded(self, files: Iterable[File]) -> None:
        """Count the files as they come, and then say how many rows the lake has got, and which rows it did not get."""
        rows = number = 0
        for file in files:
            rows += file.rows
            number += 1
            written = self._written[file.event_class]
            written.rows += file.rows
            written.files += 1
            written.bytes += file.bytes
            written.days.update(_DAY.findall(file.key))
        if number:
            logger.info("Wrote %s in %s.", _many(rows, "row"), _many(number, "file"))
        self._name_unmapped()

    def end(self) -> None:
        """Say what the whole sync has written, class by class, and what it has not."""
        for event_class, name in self._sources.items():
            written = self._written[event_class]
            logger.info(
                "ext/%s (%s %s): %s in %s of %s, %s.",
                name,
                event_class.uid,
                event_class.caption,
                _many(written.rows, "row"),
                _many(written.files, "file"),
                _many(len(written.days), "day"),
                _many(written.bytes, "byte"),
            )
        for (stream, reason), rows in self._unmapped.items():
            logger.warning("%s: %s in all, not mapped. %s", stream, _many(rows, "row"), reason.value)
        self._name(logger.info, self._not_chosen, "Classes that are not chosen")
        self._name(logger.warning, self._unknown, "Streams that are not mapped to OCSF")
        self._name(logger.warning, self._undeclared, "Streams that are not in the catalog")

    def _name_unmapped(self) -> None:
        for key, rows in self._since.items():
            named = " ".join(map(str, self._examples[key]))
            logger.warning("%s not mapped, for example: %s", _many(rows, "row"), named)
        self._since.clear()
        self._examples.clear()

    @staticmethod
    def _name(log: Callable[[str], None], counted: Counter[str], what: str) -> None:
        if counted:
            named = [f"{name} ({_many(rows, 'row')})" for name, rows in sorted(counted.items())]
            more = [f"{len(named) - _MOST_NAMED} more"] if len(named) > _MOST_NAMED else []
            log(f"{what}, and were not written: {', '.join([*named[:_MOST_NAMED], *more])}.")


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
