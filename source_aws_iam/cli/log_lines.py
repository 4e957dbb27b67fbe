"""The log as Airbyte's messages."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from airbyte_cdk.logger import AirbyteLogFormatter
from airbyte_cdk.models import AirbyteLogMessage, AirbyteMessage, Level, Type

if TYPE_CHECKING:
    from collections.abc import Callable


class LogLines(AirbyteLogFormatter):
    """Makes every log record a message. The CDK's own formatter writes something else for --debug."""

    def __init__(self, line: Callable[[AirbyteMessage], str]) -> None:
        """`line` returns a message as it is printed."""
        super().__init__()
        self._line = line

    def format(self, record: logging.LogRecord) -> str:
        """Return `record` as a line."""
        level = self.level_mapping.get(record.levelno, Level.INFO)
        text = logging.Formatter.format(self, record)
        extras = self.extract_extra_args_from_record(record) if level is Level.DEBUG else {}
        if extras:
            text = f"{text} {json.dumps(extras)}"
        return self._line(AirbyteMessage(type=Type.LOG, log=AirbyteLogMessage(level=level, message=text)))
