"""What is written comes back, sorted, once, under the right key and in the schema of its class."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from destination_security_lake.disk.work_folder import work_folder
from destination_security_lake.ocsf.classes import API_ACTIVITY, AUTHENTICATION, CLASSES, USER_INVENTORY
from destination_security_lake.ocsf.columns import COLUMNS
from destination_security_lake.ocsf.mapping import ocsf_row
from destination_security_lake.ocsf.results import OcsfRow
from destination_security_lake.parquet.spill import Spill
from unit_tests.security_lake.events import ACCOUNT, NOW
from unit_tests.security_lake.lake import (
    READERS,
    REGION,
    SMALL,
    SOURCES,
    Attributes,
    Written,
    by_pyarrow,
    event,
    events,
    examples,
    unlike,
    written,
)
from unit_tests.security_lake.test_user_inventory import NOOR
from unit_tests.security_lake.validation import faults


def read(files: list[Written], reader: Callable[[Path], list[Attributes]] = by_pyarrow) -> list[OcsfRow]:
    return [OcsfRow(file.event_class, row) for file in files for row in reader(file.path)]


@pytest.mark.parametrize("reader", READERS)
def test_rows_of_every_class_come_back_whole_and_valid(
    reader: Callable[[Path], list[Attributes]], tmp_path: Path
) -> None:
    rows = examples()

    found = read(written(rows, tmp_path), reader)

    assert unlike(found) == unlike(rows)
    assert {row.event_class for row in found} == {*CLASSES}
    assert [fault for row in found for fault in faults(row)] == []


def test_every_file_of_a_class_has_the_columns_and_types_of_the_class(tmp_path: Path) -> None:
    files = written([*examples(), *events(500)], tmp_path, SMALL)

    schemas = {
        of_class: {pq.ParquetFile(f.path).schema for f in files if f.event_class is of_class} for of_class in CLASSES
    }
    arrow = {file.event_class: pq.ParquetFile(file.path).schema_arrow for file in files}
    assert {of_class: len(found) for of_class, found in schemas.items()} == dict.fromkeys(CLASSES, 1)
    for of_class in CLASSES:
        assert arrow[of_class].names == [*COLUMNS[of_class]]
        assert arrow[of_class].field("unmapped").type == pa.map_(pa.string(), pa.string())
        types = {name: arrow[of_class].field(name).type for name in ("time", "time_dt", "type_uid", "class_uid")}
        assert [*types.values()] == [pa.int64(), pa.timestamp("ms", tz="UTC"), pa.int64(), pa.int32()]
        [physical] = schemas[of_class]
        leaves = {column.path: column for column in map(physical.column, range(len(physical.names)))}
        assert leaves["time_dt"].physical_type == "INT64"
        assert "isAdjustedToUTC=true, timeUnit=milliseconds" in str(leaves["time_dt"].logical_type)
        assert "unmapped.key_value.key" in leaves


def test_a_file_is_of_format_1_with_zstd_statistics_and_its_order(tmp_path: Path) -> None:
    [file] = written(events(100), tmp_path)

    metadata = pq.ParquetFile(file.path).metadata
    group = metadata.row_group(0)
    columns = [group.column(number) for number in range(group.num_columns)]
    time = next(column for column in columns if column.path_in_schema == "time")
    assert metadata.format_version == "1.0"
    assert {column.compression for column in columns} == {"ZSTD"}
    assert (time.statistics.min, time.statistics.max) == (event(0).attributes["time"], event(99).attributes["time"])
    assert [(columns[one.column_index].path_in_schema, one.descending) for one in group.sorting_columns] == [
        ("time", False)
    ]
    assert file.bytes == file.path.stat().st_size


@pytest.mark.parametrize(
    ("row", "partition"),
    [
        (event(0), f"iam-6003/region={REGION}/accountId={ACCOUNT}/eventDay=20260301"),
        (event(86_399), f"iam-6003/region={REGION}/accountId={ACCOUNT}/eventDay=20260301"),
        (event(86_400), f"iam-6003/region={REGION}/accountId={ACCOUNT}/eventDay=20260302"),
        (
            event(eventTime="1969-12-31T23:59:59.999Z"),
            f"iam-6003/region={REGION}/accountId={ACCOUNT}/eventDay=19691231",
        ),
        (event(eventTime="9999-12-31T23:59:59Z"), f"iam-6003/region={REGION}/accountId={ACCOUNT}/eventDay=99991231"),
        (event(eventTime="0001-01-01T00:00:00Z"), f"iam-6003/region={REGION}/accountId={ACCOUNT}/eventDay=00010101"),
        (event(account="000000000001"), f"iam-6003/region={REGION}/accountId=000000000001/eventDay=20260301"),
        (event(account="partner-7"), f"iam-6003/region={REGION}/accountId=external_partner-7/eventDay=20260301"),
        (event(account="../a=b"), f"iam-6003/region={REGION}/accountId=external/eventDay=20260301"),
        (event(account="١٢٣٤٥٦٧٨٩٠١٢"), f"iam-6003/region={REGION}/accountId=external/eventDay=20260301"),
        (
            ocsf_row("identity_center_users", NOOR, NOW),
            f"iam-5003/region={REGION}/accountId=external_d-1/eventDay=20260301",
        ),
    ],
)
def test_a_key_has_source_region_account_and_day(row: OcsfRow, partition: str, tmp_path: Path) -> None:
    [file] = written([row], tmp_path)

    folder, _, name = file.key.rpartition("/")
    assert folder == f"ext/{partition}"
    assert name.endswith(".parquet")


def test_duckdb_finds_the_partitions_by_the_keys(tmp_path: Path) -> None:
    written(
        [event(number * 3_600, account) for number in range(48) for account in ("111111111111", "222222222222")],
        tmp_path,
    )

    found = duckdb.execute(
        """
        SELECT accountId, eventDay, count(*), min(cloud.account.uid), strftime(max(time_dt), '%Y%m%d')
        FROM read_parquet(?, hive_partitioning = true, hive_types_autocast = false)
        GROUP BY ALL ORDER BY ALL
        """,
        [f"{tmp_path}/ext/*/*/*/*/*.parquet"],
    ).fetchall()

    assert found == [
        (account, day, 24, account, day)
        for account in ("111111111111", "222222222222")
        for day in ("20260301", "20260302")
    ]


def test_rows_are_sorted_by_time_then_by_id_then_by_content(tmp_path: Path) -> None:
    rows = [event(number, eventID=eventID) for number in range(30) for eventID in ("b", "ä", "a", "")]

    [file] = written(rows[::-1], tmp_path)

    found = by_pyarrow(file.path)
    order = [(row["time"], row["metadata"].get("uid", "")) for row in found]
    assert order == sorted(order)
    # The column event_id, which the row has, stands in for an empty id.
    assert len(found) == 120


@pytest.mark.parametrize("day", ["1969-12-31", "1970-01-01", "0999-03-01"])
def test_rows_are_sorted_by_time_whatever_digits_and_sign_times_have(day: str, tmp_path: Path) -> None:
    clocks = ["00:00:00", "00:00:00.001", "00:00:00.010", "00:00:00.1", "00:00:02", "02:00:00", "23:59:59.999"]
    rows = [event(number, eventTime=f"{day}T{clock}Z") for number, clock in enumerate(clocks)]

    [file] = written(rows[::-1], tmp_path)

    assert [row["metadata"]["uid"] for row in by_pyarrow(file.path)] == [f"id-{number}" for number in range(7)]


def test_an_event_is_written_once_and_the_longest_of_its_rows_is_kept(tmp_path: Path) -> None:
    known = event(1, userAgent="agent", requestID="request")
    rows = [event(1), known, event(1), event(1, userAgent="agent"), event(2), event(1, userAgent="other")]

    for order in (rows, rows[::-1]):
        folder = tmp_path / str(order is rows)
        [file] = written(order, folder)
        assert unlike(read([file])) == unlike([known, event(2)])


def test_rows_of_one_id_and_two_times_are_two_events(tmp_path: Path) -> None:
    rows = [event(1), event(2, eventID="id-1")]

    assert unlike(read(written(rows, tmp_path))) == unlike(rows)


def test_rows_without_an_id_are_one_only_where_all_of_them_is_the_same(tmp_path: Path) -> None:
    ada = {"account_id": ACCOUNT, "user_id": "AIDA", "user_name": "ada"}
    rows = [ocsf_row("users", {**ada, "path": path}, NOW) for path in ("/", "/a/", "/")]
    rows.append(ocsf_row("users", {**ada, "path": "/"}, NOW + timedelta(milliseconds=1)))
    users = [row for row in rows if isinstance(row, OcsfRow)]

    files = written(users, tmp_path)

    assert {file.event_class for file in files} == {USER_INVENTORY}
    assert unlike(read(files)) == unlike([users[0], users[1], users[3]])


def test_what_was_left_out_is_counted(tmp_path: Path) -> None:
    with work_folder(tmp_path) as folder:
        spill = Spill(folder, REGION, SOURCES)
        for row in (event(1), event(2), event(1), event(1)):
            spill.add(row)

        assert [file.rows for file in spill.files()] == [2]
        assert spill.repeated == 2


@pytest.mark.parametrize("limits", [None, SMALL])
def test_the_order_of_input_changes_neither_names_nor_contents(limits: Any, tmp_path: Path) -> None:
    rows = [*examples(), *events(400), *events(50)]
    orders = {"as they came": rows, "back": rows[::-1], "in turns": [*rows[::3], *rows[1::3], *rows[2::3]]}

    found = []
    for name, order in orders.items():
        files = written(order, tmp_path / name, limits)
        found.append([(file.key, by_pyarrow(file.path)) for file in files])

    assert found[0] == found[1] == found[2]
    assert len(found[0]) > 10


def test_unmapped_fields_in_another_order_are_the_same_row(tmp_path: Path) -> None:
    one, other = (event(1, **dict(fields)) for fields in ([("a", "1"), ("b", "2")], [("b", "2"), ("a", "1")]))
    keys = [[file.key for file in written([row], tmp_path / name)] for name, row in (("1", one), ("2", other))]

    assert keys[0] == keys[1]


def test_a_name_is_the_hash_of_the_rows_and_of_nothing_that_a_library_may_change(tmp_path: Path) -> None:
    attributes = {"time": 0, "metadata": {"uid": "a"}, "cloud": {"region": "ä"}, "unmapped": {"b": "1", "a": "2"}}
    rows = [OcsfRow(API_ACTIVITY, {**attributes, "time": time}) for time in (1, 0)]

    [file] = written(rows, tmp_path)

    text = (
        '{"time":%d,"metadata":{"uid":"a"},"cloud":{"region":"ä"},'
        '"unmapped":[{"key":"a","value":"2"},{"key":"b","value":"1"}]}\n'
    )
    assert file.path.stem == hashlib.sha256("".join((text % 0, text % 1)).encode()).hexdigest()


def test_a_class_without_a_source_is_refused_at_once(tmp_path: Path) -> None:
    with work_folder(tmp_path) as folder:
        spill = Spill(folder, REGION, {AUTHENTICATION: "iam-authentication"})

        with pytest.raises(KeyError):
            spill.add(event())
        assert [*spill.files()] == []


def test_rows_are_kept_until_all_files_were_taken(tmp_path: Path) -> None:
    with work_folder(tmp_path) as folder:
        spill = Spill(folder, REGION, SOURCES)
        for row in examples():
            spill.add(row)
        before = spill.bytes
        first = next(iter(spill.files()))

        assert spill.bytes == before > 0
        again = [file.key for file in spill.files()]
        assert again[0] == first.key
        assert (spill.bytes, [*spill.files()]) == (0, [])
        spill.add(event())
        assert [file.event_class for file in spill.files()] == [API_ACTIVITY]


def test_a_row_that_is_added_while_files_are_taken_is_refused_and_not_lost_without_a_word(tmp_path: Path) -> None:
    with work_folder(tmp_path) as folder:
        spill = Spill(folder, REGION, SOURCES)
        spill.add(event())

        for _ in spill.files():
            with pytest.raises(RuntimeError, match="added while they are read"):
                spill.add(event(1))


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("1969-12-31T23:59:59.001Z", -999),
        ("2026-03-01T09:03:21.9999Z", 1_772_355_801_999),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ("0001-01-01T00:00:00.000Z", -62_135_596_800_000),
    ],
)
@pytest.mark.parametrize("reader", READERS)
def test_times_are_those_of_the_events_to_the_millisecond(
    reader: Callable[[Path], list[Attributes]], text: str, milliseconds: int, tmp_path: Path
) -> None:
    [row] = read(written([event(eventTime=text)], tmp_path), reader)

    assert (row.attributes["time"], row.attributes["time_dt"]) == (milliseconds, f"{text[:23]}Z".replace("ZZ", "Z"))
