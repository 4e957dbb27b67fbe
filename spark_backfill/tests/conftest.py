"""A trail of embedded AWS whose bucket is a folder, and Spark in this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from embedded_aws import EmbeddedAws, Seed
from embedded_aws.scenarios.trail_writer import TrailWriter, open_trail
from embedded_aws.server.trail import Trail
from spark_backfill.tests.local_bucket import LocalBucket

ACCOUNT = "012345678901"


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """Its time zone is not UTC, which must not matter to any row."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        for name, value in {
            # Tests are too short to be worth the better compiler.
            "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.sql.session.timeZone": "America/New_York",
            "spark.sql.shuffle.partitions": "2",
            "spark.ui.showConsoleProgress": "false",
            "spark.log.level": "ERROR",
            "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
        }.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        yield session
        session.stop()


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    """An account whose id begins with a zero."""
    with EmbeddedAws(seed=Seed(users=5, groups=2, events=120), lookup_rate=None, account_id=ACCOUNT) as embedded:
        yield embedded


@pytest.fixture
def trail(aws: EmbeddedAws) -> Trail:
    return open_trail(aws)


@pytest.fixture
def writer(aws: EmbeddedAws, trail: Trail) -> TrailWriter:
    return TrailWriter(aws, trail)


@pytest.fixture
def bucket(trail: Trail, tmp_path: Path) -> LocalBucket:
    return LocalBucket(trail.bucket, tmp_path / "bucket")
