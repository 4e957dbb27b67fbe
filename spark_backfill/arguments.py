"""What a backfill is told on its command line."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from source_aws_iam.cloudtrail.trail.keys import is_account, is_region
from spark_backfill.days import Days
from spark_backfill.log_files import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True)
class Arguments:
    """Exactly one of `target` and `table` is given. Empty `accounts` and `regions` are all that the bucket has."""

    source: Source
    target: str | None
    table: str | None
    accounts: Sequence[str]
    regions: Sequence[str]
    days: Days
    data_events: bool
    replace: bool
    report: str | None
    allow_unreadable: bool


def parsed(arguments: Sequence[str] | None) -> Arguments:
    """Return the arguments, by default those of the process. A mistake ends it with 2 and a sentence."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if (given.first is None) != (given.last is None):
        parser.error("Give --from and --to together, or none of them for all days.")
    if given.first and given.first > given.last:
        parser.error(f"--from {given.first} is after --to {given.last}.")
    if given.replace and given.regions:
        parser.error("--replace with --regions would delete the events of the other Regions. Read all Regions.")
    return Arguments(
        source=given.source,
        target=given.target and given.target.rstrip("/"),
        table=given.table,
        accounts=given.accounts,
        regions=given.regions,
        days=Days(given.first, given.last) if given.first else Days(),
        data_events=given.include_data_events,
        replace=given.replace,
        report=given.report or (given.target and f"{given.target.rstrip('/')}/_unreadable_files"),
        allow_unreadable=given.allow_unreadable,
    )


def _parser() -> argparse.ArgumentParser:
    # Without abbreviations: --region, which means nothing here, would be --regions.
    parser = argparse.ArgumentParser(prog="audit_events.py", description=__doc__, allow_abbrev=False)
    source = _checked(Source, "address")
    parser.add_argument(
        "--source", required=True, type=source, help="the folder AWSLogs/ of the trail: s3://…/AWSLogs/"
    )
    to = parser.add_mutually_exclusive_group(required=True)
    to.add_argument("--target", help="a folder for Parquet, divided into event_day=YYYY-MM-DD/account=…/")
    to.add_argument("--table", help="a table, divided by event_day and account_id; it is made where there is none")
    parser.add_argument("--from", dest="first", type=date.fromisoformat, help="first day (UTC) of events: YYYY-MM-DD")
    parser.add_argument("--to", dest="last", type=date.fromisoformat, help="last day (UTC) of events, included")
    account = _checked(_account, "account")
    parser.add_argument("--accounts", nargs="+", type=account, default=[], help="ids of accounts; all by default")
    region = _checked(_region, "Region")
    parser.add_argument("--regions", nargs="+", type=region, default=[], help="names of Regions; all by default")
    parser.add_argument("--include-data-events", action="store_true", help="with data and network activity events")
    parser.add_argument(
        "--replace", action="store_true", help="replace the days of accounts that this run has events of"
    )
    parser.add_argument("--report", help="a folder for the list of unreadable files; by default in the target")
    parser.add_argument(
        "--allow-unreadable", action="store_true", help="end with 0 although log files could not be read"
    )
    return parser


def _checked(make: Callable[[str], Any], name: str) -> Callable[[str], Any]:
    """Return `make` for argparse, which shows the sentence of this error alone."""

    def checked(text: str) -> Any:
        try:
            return make(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    checked.__name__ = name
    return checked


def _account(text: str) -> str:
    if not is_account(text):
        raise ValueError(f"{text} is not the id of an account, which has 12 digits.")
    return text


def _region(text: str) -> str:
    if not is_region(text):
        raise ValueError(f"{text} is not the name of a Region, as in us-east-1.")
    return text
