"""docs/spark.md: its examples can be copied. Shells and JSON readers read them, and the job takes their arguments."""

from __future__ import annotations

import ast
import json
import re
import shlex
import subprocess
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import Any

import duckdb
import pytest

from spark_backfill.arguments import Arguments, parsed
from tools import docs, spark_wheel

PAGE = (docs.ROOT / "docs" / "spark.md").read_text(encoding="utf-8")
MAKEFILE = (docs.ROOT / "Makefile").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def job_of_databricks() -> Any:
    [job] = [document for document in map(json.loads, blocks("json")) if "tasks" in document]
    return job


def of_glue() -> list[str]:
    """The arguments that the script for Glue passes on, with what a job parameter could have."""
    [script] = blocks("python")
    given = {"source": "s3://acme/AWSLogs/", "table": "lake.audit_events", "from": "2024-01-01", "to": "2024-12-31"}
    [call] = [
        node for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Call) and ast.unparse(node.func) == "main"
    ]
    return list(eval(ast.unparse(call.args[0]), {"given": given}))  # noqa: S307 - our own documentation


def argument_lists() -> Iterator[Sequence[str]]:
    [submitted] = [block for block in blocks("bash") if "spark-submit" in block]
    words = shlex.split(submitted.replace("\\\n", " "))
    yield words[next(at for at, word in enumerate(words) if word.endswith("/audit_events.py")) + 1 :]
    yield job_of_databricks()["tasks"][0]["spark_python_task"]["parameters"]
    yield of_glue()


def test_the_job_takes_the_arguments_of_every_example() -> None:
    found: list[Arguments] = [parsed(arguments) for arguments in argument_lists()]

    assert [(asked.target, asked.table) for asked in found] == [
        ("s3://acme-lake/audit_events", None),
        (None, "main.security.audit_events"),
        (None, "lake.audit_events"),
    ]
    assert all(not asked.days.are_all for asked in found)


def test_every_argument_is_described_and_exists(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed(["--help"])
    section = PAGE.split("\n## Arguments\n")[1].split("\n## ")[0]

    listed = {
        name for row in re.findall(r"^\| (`--.+?) \|", section, re.MULTILINE) for name in re.findall("--[a-z-]+", row)
    }
    assert listed == {*re.findall(r"--[a-z-]+", capsys.readouterr().out)} - {"--help"}


@pytest.mark.parametrize("block", blocks("bash"))
def test_a_shell_reads_every_command(block: str) -> None:
    subprocess.run(["sh", "-n"], input=block, text=True, check=True)


def test_the_files_are_those_that_are_built() -> None:
    [library] = job_of_databricks()["tasks"][0]["libraries"]

    assert library["whl"].endswith(f"/source_aws_iam-{version('source-aws-iam')}+spark-py3-none-any.whl")
    assert "spark_backfill.zip" in PAGE
    assert re.search(r"^spark-wheel: .*\n\t.* build/spark_wheel$", MAKEFILE, re.MULTILINE)
    assert (docs.ROOT / "spark_backfill" / "audit_events.py").is_file()
    needed = re.search(r"pip install (.+)", PAGE)
    assert needed
    declared = spark_wheel.project().split("[tool.poetry.dependencies]\n")[1]
    assert {"pandas", "pyarrow", *re.findall(r"^(\w+) =", declared, re.MULTILINE)} - {"python"} == {*needed[1].split()}


def test_the_policy_allows_to_list_and_to_read() -> None:
    [policy] = [document for document in map(json.loads, blocks("json")) if "Statement" in document]

    assert [statement["Action"] for statement in policy["Statement"]] == ["s3:ListBucket", "s3:GetObject"]


def test_the_view_has_each_event_once() -> None:
    [query] = blocks("sql")
    columns = "event_id varchar, event_time timestamp, account_id varchar, event_name varchar, actor varchar"
    with duckdb.connect() as connection:
        for table, ids in {"connector": "bc", "years": "ab"}.items():
            connection.execute(f"create table audit_events_of_{table} ({columns})")
            for event_id in ids:
                connection.execute(f"insert into audit_events_of_{table} (event_id) values ('{event_id}')")  # noqa: S608
        assert sorted(row[0] for row in connection.execute(query).fetchall()) == ["a", "b", "c"]
