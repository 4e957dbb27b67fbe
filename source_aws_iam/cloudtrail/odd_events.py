"""The warning about events that are not as AWS documents them: one for a sync, however many there are."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from source_aws_iam.cloudtrail.feed import Feed

# The id of an event may have any length. In the log it is cut.
_LONGEST_ID: Final = 100
logger = logging.getLogger("airbyte.source_aws_iam")


class OddEvents:
    """Remembers the first and counts all. Thread-safe."""

    def __init__(self, stream: str) -> None:
        """`stream` is what the warning names."""
        self._stream = stream
        self._first: tuple[Feed, str, list[str]] | None = None
        self._others = 0
        self._lock = threading.Lock()

    def count(self, feed: Feed, event_id: str, fields: Iterable[str]) -> None:
        """Count an event of `feed` whose `fields` are not of the types that AWS documents."""
        with self._lock:
            if self._first is None:
                self._first = feed, event_id, sorted(set(fields))
            else:
                self._others += 1

    def report(self) -> None:
        """Log the warning, if an event was counted."""
        if self._first is None:
            return
        feed, event_id, fields = self._first
        logger.warning(
            "%s: event %s of account %s, Region %s is not as AWS documents events (in: %s)%s. Each became a row. What "
            "does not fit its column is null there, and is kept in the column event or event_text.",
            self._stream,
            event_id[:_LONGEST_ID],
            *feed.account_region,
            ", ".join(fields),
            f", and neither are {self._others:,} others of this sync" if self._others else "",
        )
