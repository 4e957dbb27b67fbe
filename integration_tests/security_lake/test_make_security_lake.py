"""`make security-lake`: through a pipe, as a user would, and what its table says is what the lake holds."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import duckdb

from integration_tests.security_lake.__main__ import FOLDER
from integration_tests.security_lake.questions import QUESTIONS

ROOT = Path(__file__).parents[2]


def test_make_security_lake_ends_with_a_table_and_two_answers_and_agrees_with_aws(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "integration_tests.security_lake", "--events", "300"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=300
    )

    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    found = re.findall(r"^ (\d{4}) .+? ext/(\S+) +(\d+) +([\d,]+) +([\d,]+) +[\d,]+ *$", done.stdout, re.MULTILINE)
    assert [number for number, *_ in found] == ["6003", "3002", "3001", "3006", "3005", "5003"]
    for _, source, days, files, rows in found:
        objects = tmp_path / FOLDER / "ext" / source
        [counted] = duckdb.execute(f"SELECT count(*) FROM '{objects}/**/*.parquet'").fetchall()  # noqa: S608
        assert counted == (int(rows.replace(",", "")),) > (0,)
        assert len([*objects.rglob("*.parquet")]) == int(files.replace(",", ""))
        assert len({path.parent.name for path in objects.rglob("*.parquet")}) == int(days)
    answers = done.stdout.split(QUESTIONS[0].title)[1]
    assert len(re.findall(r"^ \S.*\d *$", answers, re.MULTILINE)) == 5 * len(QUESTIONS), answers
    assert "The lake holds every event and every user of AWS, each event once." in done.stdout
