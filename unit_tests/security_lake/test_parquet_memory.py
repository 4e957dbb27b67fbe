"""Memory grows neither with rows nor with partitions."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from destination_security_lake.disk.work_folder import work_folder
from destination_security_lake.ocsf.results import OcsfRow
from destination_security_lake.parquet.spill import Limits, Spill
from unit_tests.security_lake.lake import REGION, SOURCES, event

MEGA = 1_000_000
LIMITS = Limits(memory=MEGA, row_group=MEGA, file=8 * MEGA)
ROW = event(0, requestID="request", requestParameters={"text": "x" * 2_000})


@pytest.fixture
def pool() -> Iterator[pa.MemoryPool]:
    """What counts the memory of pyarrow, which Python knows nothing of."""
    usual = pa.default_memory_pool()
    counted = pa.proxy_memory_pool(usual)
    pa.set_memory_pool(counted)
    yield counted
    pa.set_memory_pool(usual)


@pytest.mark.parametrize(("count", "accounts"), [(12_000, 1), (4_000, 400)])
def test_memory_is_bounded(count: int, accounts: int, pool: pa.MemoryPool, tmp_path: Path) -> None:
    tracemalloc.start()
    try:
        with work_folder(tmp_path) as folder:
            spill = Spill(folder, REGION, SOURCES, LIMITS)
            for number in range(count):
                spill.add(copy(number, f"{number % accounts:012}"))
            size = spill.bytes
            rows = 0
            for file in spill.files():
                rows += file.rows
                file.path.unlink()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert (rows, size > 2_000 * count) == (count, True)
    assert peak + pool.max_memory() < 8 * MEGA


def copy(number: int, account: str) -> OcsfRow:
    attributes = ROW.attributes
    own = {
        "time": attributes["time"] + number,
        "metadata": {**attributes["metadata"], "uid": f"{number}"},
        "cloud": {**attributes["cloud"], "account": {"uid": account}},
    }
    return OcsfRow(ROW.event_class, {**attributes, **own})
