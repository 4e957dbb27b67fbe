"""Loops over the same events, each in a process of its own: lake_loops.py LOOP EVENTS FOLDER. Prints figures as JSON.

`events` makes the events and throws them away, which all of them have to pay for. `map` also maps them to OCSF. `lake`
maps, spills and writes files, as the destination does. `in one go` maps all of them into memory, and writes one file
for each class: unsorted, with repeated events, whatever the size of pages, and without partitions.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
from pyarrow import parquet as pq

from benchmarks.history import events
from destination_security_lake.disk.work_folder import work_folder
from destination_security_lake.ocsf.classes import CLASSES, EventClass
from destination_security_lake.ocsf.mapping import ocsf_row
from destination_security_lake.ocsf.results import OcsfRow
from destination_security_lake.parquet.row_line import parsed, row_line
from destination_security_lake.parquet.schema import table
from destination_security_lake.parquet.spill import Spill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DAYS: Final = 90
ACCOUNTS: Final = 4
REGION: Final = "eu-west-1"
# What pyarrow reads as one block is limited.
_BLOCK: Final = 50_000
_READ_AT: Final = datetime(2026, 3, 1, tzinfo=timezone.utc)

Figures = dict[str, Any]


def rows_of_events(count: int) -> Iterator[dict[str, Any]]:
    """Yield rows of audit_events of several accounts, over 90 days, in the order of no partition."""
    for number in range(ACCOUNTS):
        account_id = f"{100_000_000_001 + number}"
        for _, record in events(account_id, {REGION: count // ACCOUNTS}, DAYS):
            yield {"account_id": account_id, "region": REGION, "event_id": record["eventID"], "event": record}


def mapped(count: int) -> Iterator[OcsfRow]:
    """Yield the rows of OCSF."""
    for row in rows_of_events(count):
        found = ocsf_row("audit_events", row, _READ_AT)
        if not isinstance(found, OcsfRow):
            raise TypeError(str(found))
        yield found


def only_events(count: int, _: Path) -> Figures:
    """Make the events."""
    return {"rows": sum(1 for _ in rows_of_events(count))}


def only_map(count: int, _: Path) -> Figures:
    """Map them."""
    return {"rows": sum(1 for _ in mapped(count))}


def lake(count: int, parent: Path) -> Figures:
    """Write files as the destination does, and remove each as if it were uploaded."""
    began = time.monotonic()
    with work_folder(parent) as folder:
        spill = Spill(folder, REGION, {of_class: f"iam-{of_class.uid}" for of_class in CLASSES})
        for row in mapped(count):
            spill.add(row)
        gathered = time.monotonic()
        spilled = sum(file.stat().st_size for file in folder.path.iterdir())
        rows, sizes = 0, []
        for file in spill.files():
            rows += file.rows
            sizes.append(file.bytes)
            file.path.unlink()
    return {
        "rows": rows,
        "files": len(sizes),
        "parquet": sum(sizes),
        "disk": spilled + max(sizes),
        "spill_seconds": gathered - began,
        "file_seconds": time.monotonic() - gathered,
    }


def in_one_go(count: int, folder: Path) -> Figures:
    """Write a file for each class."""
    kept: defaultdict[EventClass, list[bytes]] = defaultdict(list)
    for row in mapped(count):
        kept[row.event_class].append(parsed(row_line(row)).json)
    began = time.monotonic()
    sizes = []
    for of_class, lines in kept.items():
        blocks = [table(of_class, lines[start : start + _BLOCK]) for start in range(0, len(lines), _BLOCK)]
        path = folder / f"{of_class.uid}.parquet"
        pq.write_table(pa.concat_tables(blocks), path, compression="zstd")
        sizes.append(path.stat().st_size)
    return {
        "rows": sum(map(len, kept.values())),
        "files": len(sizes),
        "parquet": sum(sizes),
        "disk": sum(sizes),
        "file_seconds": time.monotonic() - began,
    }


LOOPS: Final[dict[str, Callable[[int, Path], Figures]]] = {
    "events": only_events,
    "map": only_map,
    "lake": lake,
    "in one go": in_one_go,
}


if __name__ == "__main__":
    print(json.dumps(LOOPS[sys.argv[1]](int(sys.argv[2]), Path(sys.argv[3]))))
