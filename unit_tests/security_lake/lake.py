"""A lake on the local disk: rows go in, and files come out, which are read with pyarrow and with DuckDB."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb
from pyarrow import parquet as pq

from destination_security_lake.disk.work_folder import work_folder
from destination_security_lake.ocsf.classes import CLASSES, EventClass
from destination_security_lake.ocsf.mapping import ocsf_row
from destination_security_lake.ocsf.results import OcsfRow
from destination_security_lake.parquet.row_line import row_line
from destination_security_lake.parquet.spill import Limits, Spill
from tools.ocsf_examples import documents
from unit_tests.security_lake.events import ACCOUNT, NOW, result

Json = Any
Attributes = dict[str, Json]

REGION: Final = "eu-central-1"
SOURCES: Final = {of_class: f"iam-{of_class.uid}" for of_class in CLASSES}
EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)
SMALL: Final = Limits(memory=20_000, row_group=50_000, file=100_000)
"""Limits that a few rows reach."""


@dataclass(frozen=True)
class Written:
    """A file of the lake."""

    path: Path
    key: str
    event_class: EventClass
    rows: int
    bytes: int


def written(rows: Iterable[OcsfRow], lake: Path, limits: Limits | None = None) -> list[Written]:
    """Write rows into files at their keys below `lake`."""
    with TemporaryDirectory() as parent, work_folder(Path(parent)) as folder:
        spill = Spill(folder, REGION, SOURCES, limits)
        for row in rows:
            spill.add(row)
        found = []
        for file in spill.files():
            path = lake / file.key
            path.parent.mkdir(parents=True, exist_ok=True)
            assert not path.exists()
            shutil.move(file.path, path)
            found.append(Written(path, file.key, file.event_class, file.rows, file.bytes))
        assert [path.name for path in folder.path.iterdir()] == []
        assert spill.bytes == 0
        return found


def scratch() -> AbstractContextManager[str]:
    """A folder for one example of a property."""
    return TemporaryDirectory()


def by_pyarrow(path: Path) -> list[Attributes]:
    """Return the rows of a file as the mapping has them."""
    # A file by itself: of the folder that it lies in pyarrow would make columns.
    with path.open("rb") as file:
        return [plain(row) for row in pq.read_table(file).to_pylist(maps_as_pydicts="strict")]


def by_duckdb(path: Path) -> list[Attributes]:
    """Return the same as DuckDB reads it."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        found = connection.execute("FROM read_parquet(?, hive_partitioning = false)", [str(path)])
        names = [column[0] for column in found.description or ()]
        return [plain(dict(zip(names, row, strict=True))) for row in found.fetchall()]


READERS: Final[tuple[Callable[[Path], list[Attributes]], ...]] = (by_pyarrow, by_duckdb)


def plain(value: Json) -> Json:
    """Return a value as rows have it: without null, and times as text."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value


def examples() -> list[OcsfRow]:
    """Return rows that between them have every column, each at four times of two days."""
    rows = []
    for number, (stream, document) in enumerate(documents()):
        row, *memberships = document.values()
        found = ocsf_row(stream, row, NOW, *memberships)
        assert isinstance(found, OcsfRow)
        rows += [_moved(found, f"{number}-{later}", later) for later in (0, 1_000, 3_600_000, 86_400_000)]
    return rows


def _moved(row: OcsfRow, uid: str, milliseconds: int) -> OcsfRow:
    time = row.attributes["time"] + milliseconds
    metadata = row.attributes["metadata"]
    renamed = {"metadata": {**metadata, "uid": uid}} if "uid" in metadata else {}
    at = {"time": time, "time_dt": plain(EPOCH + timedelta(milliseconds=time))}
    return OcsfRow(row.event_class, {**row.attributes, **at, **renamed})


def event(number: int = 0, account: str = ACCOUNT, **fields: Json) -> OcsfRow:
    """Return an event with an id and a time of its own."""
    at = f"2026-03-{1 + number // 86_400:02}T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z"
    record = {
        "eventVersion": "1.11",
        "eventTime": at,
        "eventSource": "ec2.amazonaws.com",
        "eventName": "DescribeInstances",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "198.51.100.7",
        "eventID": f"id-{number}",
        "recipientAccountId": account,
        "userIdentity": {"type": "IAMUser", "userName": "ada", "accountId": account},
        **fields,
    }
    found = result(record)
    assert isinstance(found, OcsfRow), str(found)
    return found


def events(count: int, **fields: Json) -> list[OcsfRow]:
    return [event(number, **fields) for number in range(count)]


def unlike(rows: Sequence[OcsfRow]) -> list[bytes]:
    """Return what tells rows apart, in an order that does not depend on theirs."""
    return sorted(map(row_line, rows))
