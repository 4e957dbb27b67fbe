"""The job as it is submitted: from the .zip of the wheel, where neither the connector nor airbyte-cdk is installed."""

from __future__ import annotations

import importlib
import os
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pyspark
import pytest

from embedded_aws import EmbeddedAws
from embedded_aws.scenarios.trail_writer import TrailWriter
from integration_tests.test_incremental import event
from spark_backfill import audit_events
from spark_backfill.tests.conftest import ACCOUNT
from spark_backfill.tests.local_bucket import LocalBucket, written
from tools.spark_wheel import build

# A Python that has only the packages of PYTHONPATH.
PYTHON = """\
#!/bin/sh
exec {python} -S "$@"
"""
# What the wheel needs, and pandas, which mapInArrow needs; with what these need.
PACKAGES = ("orjson", "botocore", "jmespath", "dateutil", "six", "urllib3", "pandas", "numpy", "pytz", "tzdata")
FOLDER = Path(audit_events.__file__).parent


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The .zip that is built for --py-files."""
    return build(tmp_path_factory.mktemp("wheel"))


def environment(folder: Path) -> dict[str, str]:
    """Variables for Spark with a Python that has these packages, and neither the connector nor what else it needs."""
    python = folder / "python"
    python.write_text(PYTHON.format(python=sys.executable))
    python.chmod(python.stat().st_mode | stat.S_IEXEC)
    (folder / "packages").mkdir()
    for name in PACKAGES:
        found = importlib.import_module(name).__file__
        assert found
        file = Path(found)
        installed = file.parent if file.name == "__init__.py" else file
        (folder / "packages" / installed.name).symlink_to(installed)
    spark = Path(pyspark.__file__).parent
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(spark.parent), str(folder / "packages")]),
        "PYSPARK_PYTHON": str(python),
        "SPARK_HOME": str(spark),
        "SPARK_LOCAL_IP": "127.0.0.1",
    }


def test_spark_submit_needs_the_zip_and_the_script_alone(
    job: Path, aws: EmbeddedAws, writer: TrailWriter, bucket: LocalBucket, tmp_path: Path
) -> None:
    writer.write([event(f"{minutes}", minutes) for minutes in (60, 70, 80)], account_id=ACCOUNT)
    at = aws.now() - timedelta(hours=3)
    writer.bucket.put(writer.key(ACCOUNT, "us-east-1", at), b"text", last_modified=at)
    bucket.download()
    env = environment(tmp_path)
    submit = [f"{env['SPARK_HOME']}/bin/spark-submit", "--master", "local[1]", "--conf", "spark.ui.enabled=false"]
    java = ["--driver-java-options", "-XX:TieredStopAtLevel=1"]
    script = ["--py-files", str(job), str(FOLDER / "audit_events.py")]
    done = subprocess.run(
        [*submit, *java, *script, "--source", bucket.source, "--target", f"{tmp_path}/out"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "3 events were read" in done.stdout, done.stdout + done.stderr
    assert "1 log files were not read to their end" in done.stdout, "spark-submit prints both there"
    assert done.returncode == 1
    assert {row["event_id"] for row in written(tmp_path / "out")} == {"60", "70", "80"}
