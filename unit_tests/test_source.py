"""The class that the CDK loads: what it changes of the CDK."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from source_aws_iam.source import RECORDS_WAITING, SourceAwsIam

ROLE = {"auth_type": "iam_role", "role_arn": "arn:aws:iam::123456789012:role/nobody"}


def test_few_records_wait_in_memory_to_be_written() -> None:
    queue: Any = SourceAwsIam(config={"credentials": ROLE})._concurrent_source._queue
    assert queue._queue.maxsize == RECORDS_WAITING


@pytest.mark.parametrize(
    ("workers", "threads"), [(1, 144), (10, 162), (10.0, 162), (50, 242), *((odd, 162) for odd in (0, 51, "5", [1]))]
)
def test_threads_are_counted_by_the_workers_and_by_the_usual_number_where_they_are_no_number(
    workers: Any, threads: int
) -> None:
    source = SourceAwsIam(config={"credentials": ROLE, "num_workers": workers})
    assert source._concurrent_source._threadpool._threadpool._max_workers == threads


@pytest.mark.parametrize("workers", [math.inf, -math.inf, math.nan, 10**400, {}, "1e400"])
def test_a_number_of_workers_that_is_none_waits_for_its_sentence(workers: Any) -> None:
    SourceAwsIam(config={"credentials": ROLE, "num_workers": workers})


def test_nothing_of_a_config_is_written_to_disk(tmp_path: Path) -> None:
    for source in (SourceAwsIam(config={"credentials": ROLE}), SourceAwsIam()):
        assert source.configure({"credentials": ROLE}, str(tmp_path)) == {"credentials": ROLE}
    assert not list(tmp_path.iterdir())


def test_keys_of_the_cdk_in_a_config_bring_no_code_along() -> None:
    code = {"__injected_components_py": "raise SystemExit", "__injected_declarative_manifest": {}, "_limit": "x"}
    assert SourceAwsIam(config={"credentials": ROLE, **code}).configured == {"credentials": ROLE}
