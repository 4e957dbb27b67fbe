"""The last step before a message is printed: one line of JSON that every reader can load."""

from __future__ import annotations

import re
from typing import Any, Final

import orjson
from airbyte_cdk.models import AirbyteMessage, AirbyteMessageSerializer

from source_aws_iam.aws.nesting import DEEPEST
from source_aws_iam.sync.loadable import is_large, loadable, written_if_loadable

# The levels of a value in a column, and of the row, the record and the message around it.
_LEVELS: Final = DEEPEST + 3
# Readers that split lines as Unicode does, such as str.splitlines, would break a line at these.
_LINE_BREAKS: Final = re.compile("[\x85\u2028\u2029]")


def line(message: AirbyteMessage) -> str:
    """Return a message as it is printed, with what cannot be loaded replaced as `loadable` says.

    An integer beyond 64 bits that is the value of a column becomes null: columns of numbers hold no text.
    """
    plain = _plain(message)
    written = written_if_loadable(plain, _LEVELS)
    if written is None:
        if message.record:
            row = message.record.data
            plain["record"]["data"] = {column: None if is_large(value) else value for column, value in row.items()}
        written = orjson.dumps(loadable(plain, _LEVELS))
    text = written.decode()
    return text if text.isascii() else _LINE_BREAKS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _plain(message: AirbyteMessage) -> dict[str, Any]:
    """Return what the CDK's serializer returns. For a usual record, that takes as long as writing it as JSON."""
    record = message.record
    if record is None or record.namespace or record.meta or record.file_reference:
        return dict(AirbyteMessageSerializer.dump(message))
    # The serializer leaves out columns that are null.
    row = {column: value for column, value in record.data.items() if value is not None}
    return {"type": "RECORD", "record": {"stream": record.stream, "data": row, "emitted_at": record.emitted_at}}
