"""What a lake holds, as readers of Parquet see it, and what it should hold."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import duckdb

from destination_security_lake.config.sources import NAMES
from destination_security_lake.ocsf.classes import EventClass
from destination_security_lake.ocsf.mapping import ocsf_row
from destination_security_lake.ocsf.results import OcsfRow
from integration_tests.security_lake.lake import Lake
from integration_tests.security_lake.messages import EVENTS, READ_AT
from unit_tests.security_lake.lake import by_pyarrow, plain

Json = dict[str, Any]
Rows = dict[str, list[Json]]

_KEY: Final = re.compile(
    r"ext/(?P<source>[\w.-]+)/region=[\w-]+/accountId=(?P<account>\w+)/eventDay=(?P<day>\d{8})/[0-9a-f]{64}\.parquet"
)


def places(lake: Lake) -> Counter[tuple[str, str, str]]:
    """Return how many objects there are for each source, account and day. Fails at any other key."""
    found: Counter[tuple[str, str, str]] = Counter()
    for key in lake.keys:
        parts = _KEY.fullmatch(key)
        assert parts, key
        found[parts["source"], parts["account"], parts["day"]] += 1
    return found


def rows_by_source(lake: Lake, folder: Path) -> Rows:
    """Return the rows of all objects, by source. pyarrow and DuckDB have to read the same."""
    found: Rows = {}
    for source in sorted(lake.copied_to(folder).iterdir()):
        files = sorted(source.rglob("*.parquet"))
        found[source.name] = [row for file in files for row in by_pyarrow(file)]
        assert _by_duckdb(files) == found[source.name]
    return found


def _by_duckdb(files: Sequence[Path]) -> list[Json]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        read = connection.execute(
            "SELECT * EXCLUDE (filename, file_row_number) "
            "FROM read_parquet(?, hive_partitioning = false, filename = true, file_row_number = true) "
            "ORDER BY filename, file_row_number",
            [[*map(str, files)]],
        )
        names = [column[0] for column in read.description or ()]
        return [plain(dict(zip(names, row, strict=True))) for row in read.fetchall()]


def expected(events: Iterable[Json]) -> Rows:
    """Return the rows that these rows of audit_events have to become, by source."""
    found: defaultdict[str, list[Json]] = defaultdict(list)
    for event in events:
        mapped = ocsf_row(EVENTS, event, READ_AT)
        assert isinstance(mapped, OcsfRow), str(mapped)
        found[source_of(mapped.event_class)].append(dict(mapped.attributes))
    return dict(found)


def source_of(event_class: EventClass) -> str:
    return NAMES[event_class]


def once(rows: Mapping[str, list[Json]]) -> dict[str, list[Json]]:
    """Return the rows as a query that reads each event once has them, in the order of their ids."""
    return {
        source: [row for _, row in sorted({row["metadata"]["uid"]: row for row in of_source}.items())]
        for source, of_source in rows.items()
    }
