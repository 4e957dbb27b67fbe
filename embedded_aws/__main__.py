"""Serve embedded AWS until Ctrl-C:  python -m embedded_aws --events DIR"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from threading import Event

from embedded_aws import EmbeddedAws, Seed


def main() -> None:
    arguments = _arguments()
    seed = Seed(events=0) if arguments.events else Seed()
    lookup_rate = None if arguments.no_quota else 2.0
    with EmbeddedAws(seed=seed, lookup_rate=lookup_rate, port=arguments.port) as aws:
        if arguments.events:
            aws.events.load_folder(arguments.events)
        sys.stdout.write(f"{aws.url}\n{json.dumps(aws.config(), indent=2)}\n")
        sys.stdout.flush()
        try:
            Event().wait()
        except KeyboardInterrupt:
            return


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="embedded_aws", description="A seeded AWS account on loopback.")
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument("--events", type=Path, help="folder of CloudTrail log files to play instead of made-up events")
    parser.add_argument("--no-quota", action="store_true", help="do not throttle LookupEvents")
    return parser.parse_args()


if __name__ == "__main__":
    main()
