"""What is kept of the answers, by operation, and the file that it is kept in."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from aws_calls.foreign import Parsers
from contract.codes import known_code
from contract.redaction import redacted
from contract.shapes import Shape, shape_of
from contract.wire import Exchange, value_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Record = dict[str, Any]
Recording = dict[str, list[Record]]

# What a call asked for.
MADE_UP: Final = "an entity that nobody has"
FIRST_PAGE: Final = "the first page"
NEXT_PAGE: Final = "the next page"
WHOLE: Final = "the whole answer"
_HEADERS: Final = ("x-amzn-requestid", "x-amz-request-id", "retry-after")
_CONTENT_TYPES: Final = frozenset(
    {"text/xml", "application/xml", "application/json", "application/x-amz-json-1.0", "application/x-amz-json-1.1"}
)


class UnreadableRecordingError(Exception):
    """A file does not hold a recording. `str()` is the sentence for the user."""


def record(call: str, exchange: Exchange, page: Mapping[str, Any] | None = None) -> Record:
    """Return what is kept of one answer to `call`. `page` is what is known of its size."""
    kept: Record = {"call": call, "status": exchange.status, "headers": _headers(exchange.headers)}
    if page:
        kept["page"] = {**page}
    if exchange.status >= HTTPStatus.MULTIPLE_CHOICES:
        return {**kept, "code": _code(exchange)}
    return {**kept, "answer": _telling(redacted(exchange.model.output_shape, value_of(exchange)))}


def add(recording: Recording, operation: str, kept: Record) -> None:
    """Add one record, unless those that are there tell all that it does."""
    records = recording.setdefault(operation, [])
    shape = shape_of(records)
    if ("answer" in kept and shape.add(kept["answer"])) or _circumstances(kept) not in map(_circumstances, records):
        records.append(kept)


def written(recording: Recording, **about: str) -> str:
    """Return a recording as text, the same for the same answers in whatever order they came.

    `about` is what else the file is to say of them.
    """
    answers = {name: sorted(records, key=_sorted) for name, records in recording.items()}
    return json.dumps({**about, "answers": answers}, indent=1, sort_keys=True) + "\n"


def read(path: Path) -> Recording:
    """Return the recording in a file. Raises UnreadableRecordingError."""
    try:
        answers: Recording = json.loads(path.read_text("utf-8"))["answers"]
    except (OSError, ValueError, LookupError, TypeError):
        raise UnreadableRecordingError(f"The file {path} does not hold answers that make contract has kept.") from None
    return answers


def _telling(value: Any) -> Any:
    """Return an answer without the items of lists that show nothing which those before them do not show."""
    if isinstance(value, dict):
        return {name: _telling(item) for name, item in value.items()}
    if not isinstance(value, list):
        return value
    shape = Shape()
    return [item for item in map(_telling, value) if shape.add(item)]


def _circumstances(kept: Record) -> Record:
    return {name: value for name, value in kept.items() if name != "answer"}


def _sorted(kept: Record) -> str:
    return json.dumps(kept, sort_keys=True)


def _headers(headers: Mapping[str, str]) -> dict[str, Any]:
    kept: dict[str, Any] = {name: "present" for name in _HEADERS if name in headers}
    content_type = headers.get("content-type", "").partition(";")[0].strip()
    return {**kept, "content-type": content_type if content_type in _CONTENT_TYPES else "another"}


def _code(exchange: Exchange) -> str:
    response = {"status_code": exchange.status, "headers": exchange.headers, "body": exchange.body}
    return known_code(Parsers().create_parser(exchange.protocol).parse(response, None)["Error"]["Code"])
