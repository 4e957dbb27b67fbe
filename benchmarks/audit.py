"""Measure audit_events against embedded AWS with its quota: python -m benchmarks.audit [CASE …] [--scale 0.1]"""

from __future__ import annotations

import argparse
import sys
import time

from benchmarks.cases import CASES
from benchmarks.kept import keep
from benchmarks.measurement import Measurement, measure
from benchmarks.report import ratios, report


def main() -> None:
    """Run the chosen cases one after another, then print what they took."""
    arguments = _arguments()
    began = time.monotonic()
    done: list[Measurement] = []
    try:
        for case in CASES:
            if not arguments.cases or case.name in arguments.cases:

                def say(what: str, name: str = case.name) -> None:
                    print(f"{time.monotonic() - began:7.1f} s  {name}: {what}", file=sys.stderr, flush=True)

                done.append(measure(case.scaled(arguments.scale), plain=arguments.plain, say=say))
    finally:
        print("\n".join(report(done)) if done else "Nothing was measured.")
        if arguments.keep:
            keep("audit", ratios(done))


def _arguments() -> argparse.Namespace:
    names = [case.name for case in CASES]
    titles = "\n".join(f"  {case.name:<12} {case.title}" for case in CASES)
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.audit",
        description=f"What audit_events costs, beside a plain loop with boto3. All takes an hour.\n\n{titles}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("cases", nargs="*", metavar="CASE", choices=[*names, []], help="which ones; all by default")
    parser.add_argument("--scale", type=float, default=1, help="the part of the events that is read, e.g. 0.1")
    parser.add_argument("--keep", action="store_true", help="append the ratios to benchmarks/history.md")
    parser.add_argument("--no-plain", dest="plain", action="store_false", help="leave out the plain loop")
    return parser.parse_args()


if __name__ == "__main__":
    main()
