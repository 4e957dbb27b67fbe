"""The command: spark-submit audit_events.py --source s3://bucket/AWSLogs/ --target s3://other-bucket/audit_events.

It ends with 0 where every log file was read, with 1 where one was not or Spark failed, and with 2 for a mistake in the
arguments.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession

from spark_backfill.arguments import parsed
from spark_backfill.backfill import backfill

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from spark_backfill.arguments import Arguments
    from spark_backfill.backfill import Result

SETTINGS: Final[Mapping[str, str]] = {
    # --replace replaces days of accounts, and never the whole table.
    "spark.sql.sources.partitionOverwriteMode": "dynamic",
    # Spark's own type for times, INT96, is deprecated, and not every reader knows it.
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    # An event may state any time. Before Spark 4, one before 1582 would end the job.
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
}
# How many unreadable files are printed. The report has all.
_PRINTED: Final = 100


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one backfill, and end the process if a log file could not be read."""
    asked = parsed(arguments)
    spark = SparkSession.builder.appName("audit_events").getOrCreate()
    for name, value in SETTINGS.items():
        spark.conf.set(name, value)
    try:
        result = backfill(spark, asked)
    except AnalysisException as error:
        sentence = _sentence(str(error), asked)
        if sentence is None:
            raise
        sys.exit(sentence)
    for line in _lines(result):
        print(line, flush=True)
    if result.unreadable:
        sentence = _unreadable(result, asked)
        print(sentence, flush=True) if asked.allow_unreadable else sys.exit(sentence)


def _lines(result: Result) -> Iterator[str]:
    yield f"audit_events: {result.events:,} events were read, those that were delivered twice counted twice."
    for account_id in result.missing_accounts:
        yield f"audit_events: the source has no log files of account {account_id} of these Regions and days."
    if result.foreign:
        others = result.foreign - 1
        yield (
            f"audit_events: the object {result.first_foreign} is no log file of CloudTrail by its name, and was not "
            f"read{f'; the same is true of {others:,} others' if others else ''}."
        )
    if odd := result.first_odd_event:
        others = result.odd_events - 1
        yield (
            f"audit_events: event {odd['event_id']} of account {odd['account_id']}, Region {odd['region']} is not as "
            f"AWS documents events (in: {odd['odd_fields']})"
            f"{f', and neither are {others:,} others' if others else ''}. Each became a row. What does not fit its "
            "column is null there, and is kept in the column event or event_text."
        )
    for key, problem in result.unreadable[:_PRINTED]:
        yield f"audit_events: the log file {key} was not read to its end: {problem}."


def _unreadable(result: Result, asked: Arguments) -> str:
    listed = f" {asked.report} lists all." if asked.report else ""
    return (
        f"audit_events: {len(result.unreadable):,} log files were not read to their end, so events are missing."
        f"{listed} Restore them from another copy, and run this again with --replace. What could be read was written."
    )


def _sentence(error: str, asked: Arguments) -> str | None:
    if error.startswith("[PATH_NOT_FOUND]"):
        return (
            f"audit_events: {asked.source.address} has no log files of a trail of these accounts, Regions and days. It "
            "needs folders such as [o-…/]123456789012/CloudTrail/us-east-1/2026/03/01/."
        )
    if error.startswith(("[PATH_ALREADY_EXISTS]", "[TABLE_OR_VIEW_ALREADY_EXISTS]")):
        return (
            f"audit_events: {asked.table or asked.target} exists. With --replace, this run replaces the days of "
            "accounts that it has events of, and leaves all others."
        )
    return None


if __name__ == "__main__":
    main()
