"""What a sync says of events that are not as AWS documents them: one warning, however many there are."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from source_aws_iam.audit.windows import Pair

# What an event is called is not for us to limit, and a log has readers.
_LONGEST_ID: Final = 100
logger = logging.getLogger("airbyte.source_aws_iam")


class OddEvents:
    """Remembers the first and counts all. Thread-safe."""

    def __init__(self, stream: str) -> None:
        """`stream` is what the warning names."""
        self._stream = stream
        self._first: tuple[Pair, str, list[str]] | None = None
        self._others = 0
        self._lock = threading.Lock()

    def count(self, pair: Pair, event_id: str, fields: Iterable[str]) -> None:
        """An event of `pair` has `fields` of another shape than AWS documents."""
        with self._lock:
            if self._first is None:
                self._first = pair, event_id, sorted(set(fields))
            else:
                self._others += 1

    def report(self) -> None:
        """Warn, if there is anything to warn of."""
        if self._first is None:
            return
        pair, event_id, fields = self._first
        logger.warning(
            "%s: event %s of account %s, Region %s is not as AWS documents events (in: %s)%s. Each became a row. What "
            "does not fit its column is null there, and is kept in the column event or event_text.",
            self._stream,
            event_id[:_LONGEST_ID],
            *pair[:2],
            ", ".join(fields),
            f", and neither are {self._others:,} others of this sync" if self._others else "",
        )
