"""Sync into DuckDB with PyAirbyte: python -m integration_tests.sync [--config FILE | --events DIR | --trail]"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from integration_tests.sync.account import sync_account
from integration_tests.sync.client import RefusedError
from integration_tests.sync.embedded import sync_embedded_aws
from integration_tests.sync.screen import Screen, output_in
from integration_tests.sync.steps import LOG


def main() -> int:
    arguments = _arguments()
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


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m integration_tests.sync",
        description="Run the installed connector through PyAirbyte into DuckDB, and ask questions in SQL.",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--config", type=Path, metavar="FILE", help="read this account instead of embedded AWS")
    which.add_argument("--events", type=Path, metavar="DIR", help="CloudTrail log files as embedded AWS's history")
    which.add_argument("--trail", action="store_true", help="read events from the log files of embedded AWS's trail")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
