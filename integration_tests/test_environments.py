"""The environments of a command: locales, limits, and standard streams that are full or closed."""

from __future__ import annotations

import fcntl
import json
import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from integration_tests.conftest import FAST
from integration_tests.connector import Output, catalog, read, run, start

EVENTS = ["audit_events"]
WITHOUT_UTF_8 = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
NAME = "Jörg 日本"
EVENT = {
    "eventID": "11111111-2222-3333-4444-555555555555",
    "eventName": "CreateUser",
    "eventSource": "iam.amazonaws.com",
    "awsRegion": "us-east-1",
    "userIdentity": {"type": "IAMUser", "userName": NAME},
    "userAgent": "Größe → ok",
}


def limited(*limits: tuple[int, int]) -> dict[str, Any]:
    """What makes a process keep to these limits of setrlimit."""

    def limit() -> None:
        for kind, most in limits:
            resource.setrlimit(kind, (most, most))

    return {"preexec_fn": limit}


def has_read_the_event(output: Output) -> None:
    assert (output.exit_code, output.errors, output.stderr) == (0, [], "")
    [record] = output.records("audit_events")
    assert (record["actor_user_name"], record["user_agent"]) == (NAME, EVENT["userAgent"])


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "cp1252:strict"},
        {"PYTHONIOENCODING": "euc_jp"},
        WITHOUT_UTF_8,
    ],
    ids=["ascii", "cp1252", "euc_jp", "C"],
)
def test_files_and_output_are_utf_8_whatever_the_environment_says(
    environment: dict[str, str], empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    empty_aws.events.add({**EVENT, "eventTime": empty_aws.now().strftime("%Y-%m-%dT00:00:00Z")})
    selection = {"mode": "attribute", "attribute_key": "Username", "attribute_value": NAME}
    config = empty_aws.config(event_selection=selection, regions=["us-east-1"], **FAST)
    text = json.dumps(config, ensure_ascii=False)
    output = run(
        "read",
        folder=tmp_path,
        env=environment,
        config=b"\xef\xbb\xbf" + text.encode(),
        catalog=catalog(EVENTS),
        state=[],
    )
    has_read_the_event(output)
    assert '"user_agent":"Größe → ok"' in output.stdout


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONWARNINGS": "error", "PYTHONDEVMODE": "1"},
        {"PYTHONWARNINGS": "always", "PYTHONOPTIMIZE": "2", "TZ": "Nowhere/At/All", "HOME": "/nonexistent"},
    ],
    ids=lambda environment: environment["PYTHONWARNINGS"],
)
def test_what_python_is_told_in_the_environment_changes_nothing(
    environment: dict[str, str], empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    output = read(empty_aws.config(**FAST), tmp_path, env=environment, streams=["users"])
    assert (output.exit_code, output.errors, output.stderr) == (0, [], "")
    assert output.records("users")


@pytest.mark.parametrize("command", ["spec", "check", "read"])
def test_no_command_needs_a_folder_that_it_may_write_to(command: str, empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    """Without the right to write a byte to any file, Python finds no temporary folder."""
    files: dict[str, Any] = {"config": empty_aws.config(**FAST), "catalog": catalog(["users"])}
    needs: list[str] = {"spec": [], "check": ["config"], "read": ["config", "catalog"]}[command]
    files = {name: files[name] for name in needs}
    output = run(command, folder=tmp_path, process=limited((resource.RLIMIT_FSIZE, 0)), **files)
    assert (output.exit_code, output.stderr) == (0, "")
    assert {"SPEC", "CONNECTION_STATUS", "RECORD"} & {message["type"] for message in output.messages}


def test_it_runs_in_a_folder_that_was_deleted(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    output = run("spec", folder=tmp_path, process={"cwd": gone, "preexec_fn": gone.rmdir})
    assert (output.exit_code, output.stderr) == (0, "")


def closed(*descriptors: int) -> Callable[[], None]:
    def close() -> None:
        for descriptor in descriptors:
            os.close(descriptor)

    return close


LOST: dict[str, tuple[dict[str, Any], str]] = {
    "full": ({"stdout": "/dev/full"}, "No space left on device"),
    "full, and limited in size": (
        {"stdout": "output.jsonl", **limited((resource.RLIMIT_FSIZE, 20_000))},
        "File too large",
    ),
    "closed": ({"stdout": None, "preexec_fn": closed(1)}, "Bad file descriptor"),
    "read-only": ({"stdout": "readable"}, "Bad file descriptor"),
    "full, and nobody to tell": ({"stdout": "/dev/full", "preexec_fn": closed(0, 2)}, ""),
}


@pytest.mark.parametrize(("process", "reason"), LOST.values(), ids=LOST)
def test_output_that_cannot_be_written_ends_the_command_with_one_line(
    process: dict[str, Any], reason: str, aws: EmbeddedAws, tmp_path: Path
) -> None:
    (tmp_path / "readable").touch()
    name = process["stdout"]
    opened = None
    if name:
        opened = os.open(tmp_path / name, os.O_RDONLY if name == "readable" else os.O_WRONLY | os.O_CREAT)
    try:
        files: dict[str, Any] = {"config": aws.config(**FAST), "catalog": catalog(["users"]), "state": []}
        output = run("read", folder=tmp_path, process={**process, "stdout": opened}, **files)
    finally:
        if opened is not None:
            os.close(opened)
    line = f"source-aws-iam: Standard output cannot be written: {reason}.\n" if reason else ""
    assert (output.exit_code, output.stderr) == (1, line)


def test_output_to_a_pipe_that_does_not_wait_arrives_whole(tmp_path: Path) -> None:
    """Programs that read without waiting, such as those of Node.js, leave both ends of the pipe like that."""
    receiving, sending = os.pipe()
    os.set_blocking(sending, False)
    fcntl.fcntl(sending, fcntl.F_SETPIPE_SZ, 4096)  # less than the form
    with start("spec", folder=tmp_path, process={"stdout": sending}) as process:
        os.close(sending)
        with os.fdopen(receiving, encoding="utf-8") as pipe:
            lines = pipe.read().splitlines()
        assert process.stderr is not None
        assert (process.wait(timeout=60), process.stderr.read()) == (0, "")
    assert "SPEC" in {json.loads(line)["type"] for line in lines}


def test_too_little_memory_is_told_in_one_line(tmp_path: Path) -> None:
    output = run("spec", folder=tmp_path, process=limited((resource.RLIMIT_AS, 64 << 20)))
    assert output.exit_code == 1
    [error] = output.errors
    assert error["failure_type"] == "config_error"
    assert error["message"].startswith("The connector ran out of memory.")
    assert [message["type"] for message in output.messages] == ["TRACE"]
