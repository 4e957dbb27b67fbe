"""CloudTrail log files, as a trail delivers them: `{"Records": [...]}`, mostly gzipped."""

from __future__ import annotations

import gzip
import json
import zlib
from datetime import datetime
from pathlib import Path

from embedded_aws.server.event_shape import Record


def _is_time(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(datetime.fromisoformat(value.replace("Z", "+00:00")))
    except ValueError:
        return False


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value != ""


_NEEDED = {"eventTime": _is_time, "awsRegion": _is_name}
"""Without these, an event has no place in a history."""


class UnreadableFileError(Exception):
    """A file of a folder cannot be read. `str()` is the sentence for the user."""


def read_records(folder: Path) -> list[Record]:
    """The records of every `.json` and `.json.gz` file under the folder, in the order of the file names.

    Other JSON than that of log files has none. Raises UnreadableFileError.
    """
    records: list[Record] = []
    for path in sorted(folder.rglob("*.json*")):
        if path.suffix in (".json", ".gz"):
            records.extend(_records(path))
    return records


def _records(path: Path) -> list[Record]:
    try:
        text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        content = json.loads(text)
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise UnreadableFileError(f"{path} is no JSON, or cannot be read: {error}.") from error
    records = content.get("Records") if isinstance(content, dict) else None
    if not isinstance(records, list):
        return []
    for number, record in enumerate(records, start=1):
        missing = [
            name for name, is_one in _NEEDED.items() if not isinstance(record, dict) or not is_one(record.get(name))
        ]
        if missing:
            raise UnreadableFileError(f"Record {number} of {path} has no valid {' or '.join(missing)}.")
    return records
