"""One backfill: the log files are read once, and everything that is told of them comes from the same pass."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyspark.sql import Observation, Window
from pyspark.sql import functions as F  # noqa: N812 - its usual name
from pyspark.sql.types import StringType, StructField, StructType

from source_aws_iam.cloudtrail.trail.wanted import Wanted
from source_aws_iam.config import EventSelection
from spark_backfill.columns import spark_schema
from spark_backfill.rows import EVENT_DAY, FOREIGN, ODD_FIELDS, PROBLEM, LogFileRows, mapped_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyspark.sql import Column, DataFrame, SparkSession

    from spark_backfill.arguments import Arguments

ACCOUNT: Final = "account"
"""The account in names of folders. Readers take digits there for a number; account_id in the files is text."""

# Of several events with one id, which are one event delivered again, that of the first log file stays.
_FIRST: Final = ("log_file", "event_time", "event", "event_text")
_FOUND: Final = "found"
_REPORT: Final = StructType([StructField("log_file", StringType()), StructField(PROBLEM, StringType())])


@dataclass(frozen=True)
class Result:
    """What a backfill read. `events` counts those that were delivered twice twice."""

    events: int
    unreadable: Sequence[tuple[str, str]]
    """(key of a log file, what is wrong with it)."""
    foreign: int
    first_foreign: str | None
    odd_events: int
    first_odd_event: Mapping[str, str] | None
    missing_accounts: Sequence[str]


def backfill(spark: SparkSession, asked: Arguments) -> Result:
    """Read the log files, and write the events and the report.

    Raises what Spark raises. Events are written when all files were read, so where one is denied, nothing was written.
    """
    observed = Observation()
    mapped = _mapped(spark, asked).observe(observed, _observed())
    if asked.table:
        _write_table(spark, _events(mapped), asked.table, replace=asked.replace)
    else:
        _write_files(spark, _events(mapped), str(asked.target), replace=asked.replace)
    found = json.loads(observed.get[_FOUND])
    result = Result(
        events=found["events"],
        unreadable=sorted((row["log_file"], row[PROBLEM]) for row in found["unreadable"]),
        foreign=found["foreign"],
        first_foreign=found.get("first_foreign"),
        odd_events=found["odd_events"],
        first_odd_event=found.get("first_odd_event"),
        missing_accounts=sorted({*asked.accounts} - {*found["accounts"]}),
    )
    if asked.report:
        listed = spark.createDataFrame(list(result.unreadable), _REPORT)
        listed.coalesce(1).write.mode("overwrite").json(asked.report)
    return result


def _mapped(spark: SparkSession, asked: Arguments) -> DataFrame:
    """Return one row for each event, for each log file that cannot be read, and for each other object."""
    files = (
        spark.read.format("binaryFile")
        # A folder of days may hold anything, and nothing in it is left out without a word.
        .option("recursiveFileLookup", "true")
        .option("ignoreCorruptFiles", "false")
        .option("ignoreMissingFiles", "false")
        .load(asked.source.pattern(asked.accounts, asked.regions, asked.days))
    )
    mapping = LogFileRows(asked.source, Wanted(EventSelection(), asked.data_events), asked.days)
    return files.select("path", "content").mapInArrow(mapping.batches, spark_schema(mapped_columns()))


def _observed() -> Column:
    """Return what is told of the rows, as JSON text: before Spark 4, observed lists come as objects of Java."""
    is_problem, is_foreign, is_odd = (F.col(name).isNotNull() for name in (PROBLEM, FOREIGN, ODD_FIELDS))
    odd = F.struct("account_id", "region", "event_id", ODD_FIELDS)
    told = F.struct(
        F.count("event_id").alias("events"),
        F.collect_list(F.when(is_problem, F.struct("log_file", PROBLEM))).alias("unreadable"),
        F.count(FOREIGN).alias("foreign"),
        F.min(F.when(is_foreign, F.col("log_file"))).alias("first_foreign"),
        F.count(ODD_FIELDS).alias("odd_events"),
        F.min(F.when(is_odd, odd)).alias("first_odd_event"),
        F.collect_set("account_id").alias("accounts"),
    )
    return F.to_json(told).alias(_FOUND)


def _events(mapped: DataFrame) -> DataFrame:
    """Return each event once."""
    number = F.row_number().over(Window.partitionBy("event_id").orderBy(*_FIRST))
    of_events = mapped.filter(F.col("event_id").isNotNull()).drop(PROBLEM, FOREIGN, ODD_FIELDS)
    return of_events.withColumn("number", number).filter("number = 1").drop("number")


def _write_files(spark: SparkSession, events: DataFrame, target: str, *, replace: bool) -> None:
    divided = events.withColumn(ACCOUNT, F.col("account_id"))
    writer = _rebalanced(spark, divided, ACCOUNT).write.partitionBy(EVENT_DAY, ACCOUNT)
    writer.mode("overwrite" if replace else "errorifexists").parquet(target)


def _write_table(spark: SparkSession, events: DataFrame, table: str, *, replace: bool) -> None:
    divided = _rebalanced(spark, events, "account_id")
    if replace and spark.catalog.tableExists(table):
        # It takes columns by their place.
        divided.select(*spark.table(table).columns).write.insertInto(table, overwrite=True)
    else:
        divided.write.partitionBy(EVENT_DAY, "account_id").mode("errorifexists").saveAsTable(table)


def _rebalanced(spark: SparkSession, events: DataFrame, account: str) -> DataFrame:
    """Return the same, in parts of about one size that have few days and accounts each."""
    # As SQL, because DataFrame.hint takes no columns before Spark 4.
    return spark.sql(f"select /*+ rebalance({EVENT_DAY}, {account}) */ * from {{events}}", events=events)  # noqa: S608
