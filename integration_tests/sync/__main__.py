"""Sync into DuckDB with PyAirbyte: python -m integration_tests.sync [--config FILE | [--events DIR] [--trail]]"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from integration_tests.sync.account import sync_account
from integration_tests.sync.client import RefusedError
from integration_tests.sync.embedded import sync_embedded_aws
from integration_tests.sync.screen import Screen, output_in
from integration_tests.sync.steps import LOG


def main(given: Sequence[str] | None = None) -> int:
    arguments = _arguments(given)
    screen = Screen()
    LOG.parent.mkdir(exist_ok=True)
    try:
        with output_in(LOG):
            if arguments.config:
                sync_account(screen, arguments.config)
                return 0
            return 0 if sync_embedded_aws(screen, arguments.events, with_trail=arguments.trail) else 1
    except RefusedError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        screen.say(f"Log: {LOG}")


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m integration_tests.sync",
        description="Run the installed connector through PyAirbyte into DuckDB, and ask questions in SQL.",
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="read this account instead of embedded AWS")
    parser.add_argument("--events", type=Path, metavar="DIR", help="CloudTrail log files as events of embedded AWS")
    parser.add_argument("--trail", action="store_true", help="read events from the log files of embedded AWS's trail")
    arguments = parser.parse_args(given)
    if arguments.config and (arguments.events or arguments.trail):
        parser.error("--config reads an account of yours: leave out --events and --trail, which are of embedded AWS.")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
