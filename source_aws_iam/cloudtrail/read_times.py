"""Read times: which objects of a folder have been read, as a function of the time in their keys.

For every time in a key there is a time of S3. Objects with that time in their keys that S3 has stored before the time
of S3 have been read, those that came later than the lookback excepted. The function changes in few places: after a
complete sync it is the same for all keys, and during one there are those that were read and those that were not.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from aws_calls.timestamps import utc
from source_aws_iam.aws.values import moment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


class Step(NamedTuple):
    """From `start` on, in keys, objects stored before `stored` were read, and none where `stored` is None."""

    start: datetime
    stored: datetime | None


class Part(NamedTuple):
    """The keys with start <= time < end, or without an end, of which objects stored before `stored` were read."""

    start: datetime
    end: datetime | None
    stored: datetime | None


@dataclass(frozen=True)
class ReadTimes:
    """The steps, oldest first. There is at least one."""

    steps: tuple[Step, ...]

    @classmethod
    def nothing(cls, since: datetime) -> ReadTimes:
        """Return those of a folder of which nothing was read."""
        return cls((Step(since, None),))

    @property
    def since(self) -> datetime:
        """The time in keys from which on objects are read."""
        return self.steps[0].start

    @property
    def parts(self) -> Iterator[Part]:
        """The parts between the steps, oldest first."""
        for (start, stored), after in pairwise([*self.steps, None]):  # type: ignore[misc]
            yield Part(start, after.start if after else None, stored)

    def beginning(self, since: datetime) -> ReadTimes:
        """Return the same from another time in keys on. Before the present beginning, nothing was read."""
        if since < self.since:
            return _merged([Step(since, None), *self.steps])
        kept = [step for step in self.steps if step.start > since]
        at = max((step for step in self.steps if step.start <= since), key=lambda step: step.start)
        return ReadTimes((Step(since, at.stored), *kept))

    def read(self, start: datetime, end: datetime | None, stored: datetime) -> ReadTimes:
        """Return the same after objects with start <= time < end in their keys were read, as of `stored`."""
        kept = []
        for part in self.parts:
            if part.start < start:
                kept.append(Step(part.start, part.stored))
            if end is not None and (part.end is None or part.end > end):
                kept.append(Step(max(part.start, end), part.stored))
        at_end = min((step for step in kept if step.start >= start), key=lambda step: step.start, default=None)
        new = [] if at_end and at_end.start == start else [Step(start, stored)]
        return _merged(sorted([*kept, *new], key=lambda step: step.start))


def _merged(steps: list[Step]) -> ReadTimes:
    return ReadTimes((steps[0], *(after for step, after in pairwise(steps) if after.stored != step.stored)))


def text(times: ReadTimes) -> str:
    """Return the read times as text: "start/stored", several of them separated by spaces, "-" for None."""
    return " ".join(f"{utc(step.start)}/{utc(step.stored) if step.stored else '-'}" for step in times.steps)


def parsed(given: str) -> ReadTimes:
    """Return the read times in a text. Raise ValueError for any other text."""
    steps = []
    for pair in given.split(" "):
        start, stored = pair.split("/")
        steps.append(Step(moment(start), None if stored == "-" else moment(stored)))
    if any(before.start >= after.start for before, after in pairwise(steps)):
        raise ValueError(given)
    return ReadTimes(tuple(steps))
