"""The command line: `source-aws-iam spec|check|discover|read`."""

from __future__ import annotations

import gc
import logging
import os
import sys
from typing import TYPE_CHECKING, Any, Final

from airbyte_cdk.entrypoint import AirbyteEntrypoint, logger
from airbyte_cdk.exception_handler import assemble_uncaught_exception
from airbyte_cdk.logger import PRINT_BUFFER, is_platform_debug_log_enabled
from airbyte_cdk.models import AirbyteMessage, Type

from aws_calls.form.secrets import Secrets
from aws_calls.form.values import given
from source_aws_iam.cli.files import Inputs
from source_aws_iam.cli.log_lines import LogLines
from source_aws_iam.cli.masking import mask
from source_aws_iam.cli.output import line as written
from source_aws_iam.cli.signals import leave, on_signal
from source_aws_iam.cli.standard_streams import FAILED
from source_aws_iam.source import SourceAwsIam
from source_aws_iam.sync.machine_limits import exhausted, trace_line
from source_aws_iam.sync.stopping import Stopped
from source_aws_iam.sync.traces import config_error

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType

    from airbyte_cdk.models import ConnectorSpecification


# Python looks for cycles after 700 new objects, which are the rows of a page. Rows have none.
OBJECTS_BETWEEN_COLLECTIONS: Final = 10_000
COMMANDS: Final = "Name a command: spec, check, discover or read. With --help each lists its options."


class Entrypoint(AirbyteEntrypoint):
    """Airbyte's entrypoint with inputs that were read before: it reads no file a second time, and writes none.

    The CDK's own writes the config with its secrets to a temporary folder. Nothing reads it there, and a killed process
    leaves it there.
    """

    def __init__(self, source: SourceAwsIam, inputs: Inputs, line: Callable[[AirbyteMessage], str]) -> None:
        """`source` was made with the same `inputs`. `line` returns a message as it is printed."""
        super().__init__(source)
        self._config = source.configured
        self._inputs = inputs
        self._line = line

    def run(self, parsed_args: argparse.Namespace) -> Iterator[str]:
        """Yield the lines that the command prints."""
        debug = getattr(parsed_args, "debug", False) or is_platform_debug_log_enabled()
        for each in (self.logger, logger):
            each.setLevel(logging.DEBUG if debug else logging.INFO)
        self.logger.debug("Debug logs are on.")
        yield from map(self._line, self._messages(parsed_args.command))

    def _messages(self, command: str) -> Iterator[AirbyteMessage]:
        specification = self.source.spec(self.logger)
        if command == "spec":
            yield AirbyteMessage(type=Type.SPEC, spec=specification)
        elif command == "check":
            yield from self.check(specification, self._config)
        elif command == "discover":
            yield from self.discover(specification, self._config)
        else:
            yield from self.read(specification, self._config, self._inputs.catalog, self._inputs.state or [])

    @staticmethod
    def validate_connection(source_spec: ConnectorSpecification, config: Mapping[str, Any]) -> None:
        """Raise a config_error that names every problem of `config`."""
        from source_aws_iam.cli.validation import problems  # noqa: PLC0415 - `spec` and `discover` validate nothing

        found = problems(config, source_spec.connectionSpecification)
        if found:
            raise config_error(" ".join(found))
        AirbyteEntrypoint.validate_connection(source_spec, given(config))

    @staticmethod
    def set_up_secret_filter(config: Mapping[str, Any], connection_specification: Mapping[str, Any]) -> None:
        """Give the CDK no secrets: it would mask them in finished lines, which would then be no JSON."""


def main(source: type[SourceAwsIam] = SourceAwsIam) -> None:
    """Run one command of `source`. Every failure ends in a TRACE message and a non-zero exit code."""
    secrets = Secrets()

    def line(message: AirbyteMessage) -> str:
        return written(mask(message, secrets))

    for handler in logging.getLogger().handlers:
        handler.setFormatter(LogLines(line))
    sys.excepthook = hook = _exception_hook(line)
    parsed = _parsed(sys.argv[1:])
    # All threads write through one buffer, line by line. Standard error does not: its lines are no messages.
    sys.stdout = PRINT_BUFFER
    inputs = Inputs.of(parsed)
    secrets.find_in(inputs.config)
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    connector = source(catalog=inputs.catalog, config=inputs.config, state=inputs.state)
    entrypoint = Entrypoint(connector, inputs, line)
    # The CDK's entrypoint has set its own.
    sys.excepthook = hook
    on_signal(connector.stop if parsed.command == "read" else leave)
    try:
        for printed in entrypoint.run(parsed):
            PRINT_BUFFER.write(f"{printed}\n")
    except Stopped as stopped:
        PRINT_BUFFER.flush()
        leave(stopped.by)
    PRINT_BUFFER.flush()
    if parsed.command == "check":
        # Python would wait for the threads of calls that were not answered in time.
        os._exit(0)


def _parsed(arguments: list[str]) -> argparse.Namespace:
    """Return the arguments as the CDK parses them. Raises a config_error: argparse alone prints no TRACE message."""
    try:
        parsed = Entrypoint.parse_args(arguments)
    except SystemExit as ended:
        if not ended.code:
            raise  # --help
        raise config_error(f"The command line cannot be used: standard error says why. {COMMANDS}") from None
    if parsed.command is None:
        raise config_error(COMMANDS)
    return parsed


def _exception_hook(line: Callable[[AirbyteMessage], str]) -> Callable[..., None]:
    """Return an exception hook that prints a TRACE message, as the CDK's does, and then ends the process at once.

    Python would wait for the reading threads first, and they wait for the main thread to take their records.
    """

    def hook(kind: type[BaseException], error: BaseException, _: TracebackType | None) -> None:
        try:
            sentence = exhausted(error)
            if not sentence:
                logger.fatal(error, exc_info=error)
            trace = (
                trace_line(sentence)
                if sentence
                else line(assemble_uncaught_exception(kind, error).as_airbyte_message())
            )
            PRINT_BUFFER.write(f"{trace}\n")
            PRINT_BUFFER.flush()
        finally:
            os._exit(FAILED)

    return hook
