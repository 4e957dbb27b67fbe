"""Messages from lines of JSON, as they come.

What becomes of a line that is no message:

    a blank line                                                    is skipped
    text that does not begin with {, such as a program's own word   is skipped, and counted in a warning
    a message of a type that Airbyte has added since                is skipped, and counted in a warning
    the last line, where it has no end                              is skipped with a warning: its writer was killed
    anything else                                                   ends the sync: it may have been a row
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

import orjson
from airbyte_cdk.models import AirbyteMessage, AirbyteMessageSerializer, FailureType, Type
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from destination_security_lake.writing.states import ReceivedState

logger = logging.getLogger("airbyte.destination_security_lake")

_KNOWN: Final = frozenset(each.value for each in Type)
# Everything else is told by the platform or the source, and is nothing that a destination acts on.
_NEEDED: Final = frozenset({Type.RECORD.value, Type.STATE.value, Type.TRACE.value})
_TEXT: Final = "lines that are no JSON"
# Of what is named as it came.
_LONGEST: Final = 40
_YEAR_10000: Final = 253_402_300_800_000


def messages_of(lines: Iterable[bytes]) -> Iterator[AirbyteMessage]:
    """Yield the records, states and traces in `lines`. Raises a system error for a line that may have been one."""
    skipped: Counter[str] = Counter()
    for number, line in enumerate(lines, start=1):
        if not line.lstrip().startswith(b"{"):
            if line.strip():
                skipped[_TEXT] += 1
            continue
        try:
            parsed = _parsed(line)
            kind = str(parsed.get("type"))
            if kind in _NEEDED:
                yield from _message(parsed, line)
            elif kind not in _KNOWN:
                skipped[f"messages of the type {kind[:_LONGEST]}"] += 1
        except ValueError:
            if line.endswith(b"\n"):
                raise _unreadable(number) from None
            logger.warning("The last line of standard input ends in the middle, and was skipped.")
    if skipped:
        logger.warning(
            "Skipped on standard input: %s.", ", ".join(f"{what} ({count:,})" for what, count in skipped.items())
        )


def _parsed(line: bytes) -> Any:
    """Return what is in a line. Python's own parser also takes lone surrogates."""
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return json.loads(line)


def _message(parsed: Any, line: bytes) -> Iterator[AirbyteMessage]:
    """Yield the message. Nothing, for a trace of a kind that Airbyte has added since: it is no row and no status."""
    try:
        message = AirbyteMessageSerializer.load(parsed)
    except ValueError:
        if parsed["type"] == Type.TRACE.value:
            return
        raise
    if message.state:
        # Read once more: orjson makes floats of integers beyond 64 bits.
        message.state = ReceivedState(**vars(message.state), message=json.loads(line))
    if not (message.record or message.state or message.trace):
        raise ValueError("It has no content.")
    if message.record and not 0 <= message.record.emitted_at < _YEAR_10000:
        raise ValueError("It was emitted at no time that exists.")
    yield message


def _unreadable(number: int) -> AirbyteTracedException:
    message = (
        f"Line {number} of standard input is no message of Airbyte's protocol. It may have been a row, so the sync "
        "ends here. What was confirmed before is in the lake."
    )
    return AirbyteTracedException(message=message, internal_message=message, failure_type=FailureType.system_error)
