"""The command line: `source-aws-iam spec|check|discover|read`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Final

from airbyte_cdk.entrypoint import AirbyteEntrypoint, logger
from airbyte_cdk.exception_handler import init_uncaught_exception_handler
from airbyte_cdk.logger import PRINT_BUFFER
from airbyte_cdk.utils.airbyte_secrets_utils import add_to_secrets

from source_aws_iam.components.failures import config_error
from source_aws_iam.source import SourceAwsIam
from source_aws_iam.stopping import Stopped, leave, on_sigterm
from source_aws_iam.validation import given, problems

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from airbyte_cdk.models import ConnectorSpecification


# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
SHORTEST_EXTERNAL_ID: Final = 2


class Entrypoint(AirbyteEntrypoint):
    """Airbyte's entrypoint, which says what is wrong with a config in words before the CDK says it in JSON schema."""

    @staticmethod
    def validate_connection(source_spec: ConnectorSpecification, config: Mapping[str, Any]) -> None:
        """Raise a config_error that names every problem of `config`."""
        found = problems(config, source_spec.connectionSpecification)
        if found:
            raise config_error(" ".join(found))
        AirbyteEntrypoint.validate_connection(source_spec, given(config))

    @staticmethod
    def set_up_secret_filter(config: Mapping[str, Any], connection_specification: Mapping[str, Any]) -> None:
        """Mask secrets in what is printed, also those in lists, which the CDK does not look into."""
        AirbyteEntrypoint.set_up_secret_filter(config, connection_specification)
        for entry in (config.get("accounts") or {}).get("roles") or ():
            # What is shorter than the form allows is refused, in a sentence that would be masked to pieces.
            if isinstance(entry, dict) and len(str(entry.get("external_id") or "")) >= SHORTEST_EXTERNAL_ID:
                add_to_secrets(entry["external_id"])


def main(source: type[SourceAwsIam] = SourceAwsIam) -> None:
    """Run one command of `source`. Any failure ends in a TRACE message and a non-zero exit code."""
    init_uncaught_exception_handler(logger)
    arguments = sys.argv[1:]
    parsed = Entrypoint.parse_args(arguments)
    if parsed.command is None:
        raise config_error("Name a command: spec, check, discover or read. With --help each lists its options.")
    try:
        config = SourceAwsIam.read_config(parsed.config) if getattr(parsed, "config", None) else None
        catalog = SourceAwsIam.read_catalog(parsed.catalog) if getattr(parsed, "catalog", None) else None
        state = SourceAwsIam.read_state(parsed.state) if getattr(parsed, "state", None) else None
    except (OSError, TypeError, ValueError) as error:
        raise config_error(f"A file on the command line cannot be used: {error}") from None
    connector = source(catalog=catalog, config=config, state=state)
    # Brings the CDK's exception hook.
    entrypoint = Entrypoint(connector)
    sys.excepthook = _told_and_gone(sys.excepthook)
    on_sigterm(connector.stop if parsed.command == "read" else leave)
    # As the CDK's launch() does: log lines of all threads pass through the same buffer, line by line.
    try:
        with PRINT_BUFFER:
            for message in entrypoint.run(parsed):
                sys.stdout.write(f"{message}\n")
    except Stopped:
        leave()
    if parsed.command == "check":
        # Python would wait for the threads of calls that got no answer in time.
        os._exit(0)


def _told_and_gone(tell: Callable[..., Any]) -> Callable[..., None]:
    """Return an exception hook that tells, as the CDK's does, and then ends the process at once.

    Python would wait for the reading threads first. They wait for a main thread that no longer takes their records.
    """

    def hook(*error: Any) -> None:
        try:
            tell(*error)
            PRINT_BUFFER.flush()
            sys.stdout.flush()
        finally:
            os._exit(1)  # also where nobody listens any more

    return hook
