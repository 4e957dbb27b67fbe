"""The command line: `destination-security-lake spec|check|write`."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timezone
from typing import Any, Final

from airbyte_cdk.models import AirbyteLogMessage, AirbyteMessage, Level, Type
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from aws_calls.form.secrets import Secrets
from destination_security_lake.cli.files import read_catalog, read_config
from destination_security_lake.cli.masking import printable
from destination_security_lake.cli.output import Output
from destination_security_lake.destination import DestinationSecurityLake
from destination_security_lake.failures import config_error
from destination_security_lake.writing.reading import messages_of

COMMANDS: Final = "Name a command: spec, check or write. With --help each lists its options."
_LEVELS: Final = {logging.CRITICAL: Level.FATAL, logging.ERROR: Level.ERROR, logging.WARNING: Level.WARN}


def main(arguments: list[str], output: Output) -> None:
    """Run one command. Every failure ends in a TRACE message and exit code 1."""
    secrets = Secrets()

    def emit(message: AirbyteMessage) -> None:
        output.print(printable(message, secrets))

    sys.excepthook = _exception_hook(emit)
    logging.basicConfig(handlers=[_LogMessages(emit)], format="%(message)s", force=True)
    logger = logging.getLogger("airbyte")
    logger.setLevel(logging.INFO)
    destination = DestinationSecurityLake(clock=lambda: datetime.now(timezone.utc))
    parsed = _parsed(destination, arguments)
    if parsed.command == "spec":
        emit(AirbyteMessage(type=Type.SPEC, spec=destination.spec(logger)))
        return
    config = read_config(parsed.config)
    secrets.find_in(config)
    if parsed.command == "check":
        emit(AirbyteMessage(type=Type.CONNECTION_STATUS, connectionStatus=destination.check(logger, config)))
        return
    if not sys.stdin:
        raise config_error("Standard input is closed. `write` reads the messages of a source from it.")
    messages = messages_of(sys.stdin.buffer)
    # Closed also where a signal comes between two messages: its work folder has to go.
    with closing(destination.write(config, read_catalog(parsed.catalog), messages)) as confirmed:
        for message in confirmed:
            emit(message)


def _parsed(destination: DestinationSecurityLake, arguments: list[str]) -> argparse.Namespace:
    """Return the arguments as the CDK parses them. Raises a config_error: argparse alone prints no TRACE message."""
    if not arguments:
        raise config_error(COMMANDS)
    try:
        return destination.parse_args(arguments)
    except SystemExit as ended:
        if not ended.code:
            raise  # --help
        raise config_error(f"The command line cannot be used: standard error says why. {COMMANDS}") from None


class _LogMessages(logging.Handler):
    """Makes every log record a message."""

    def __init__(self, emit: Callable[[AirbyteMessage], None]) -> None:
        super().__init__()
        self._emit = emit

    def emit(self, record: logging.LogRecord) -> None:
        level = _LEVELS.get(record.levelno, Level.INFO)
        self._emit(AirbyteMessage(type=Type.LOG, log=AirbyteLogMessage(level=level, message=self.format(record))))


def _exception_hook(emit: Callable[[AirbyteMessage], None]) -> Callable[..., None]:
    """Return an exception hook that prints a TRACE message. Python then ends with exit code 1."""

    def hook(_: type[BaseException], error: BaseException, __: Any) -> None:
        traced = error if isinstance(error, AirbyteTracedException) else AirbyteTracedException.from_exception(error)
        emit(traced.as_airbyte_message())

    return hook
