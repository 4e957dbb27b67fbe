"""A forked run against a started one: the same output, exit code, folder and environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from integration_tests.connector import Output, clean_environment, start
from integration_tests.forked_command import run_forked


def started(*arguments: str, folder: Path) -> Output:
    process = start(*arguments, folder=folder)
    stdout, stderr = process.communicate(timeout=60)
    return Output(process.returncode, stdout, stderr)


@pytest.mark.parametrize("arguments", [["spec"], ["check", "--config", "here.json"], ["read"], ["nonsense"]])
def test_a_forked_run_prints_and_ends_as_a_started_one(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "here.json").write_text('{"credentials": {"auth_type": "none"}}')
    forked = Output(*run_forked(arguments, folder=tmp_path, env=clean_environment(tmp_path)))
    expected = started(*arguments, folder=tmp_path)
    assert forked.exit_code == expected.exit_code
    assert [said(message) for message in forked.messages] == [said(message) for message in expected.messages]
    assert forked.stderr == expected.stderr


def said(message: dict[str, object]) -> dict[str, object]:
    """A message without times and stack traces, which name the file that was started."""
    if message["type"] in {"TRACE", "LOG"}:
        return {"type": message["type"]}
    return message


def test_a_forked_run_has_the_environment_and_the_folder_that_it_is_given(tmp_path: Path) -> None:
    (tmp_path / "here.json").write_text("{}")
    env = clean_environment(tmp_path)
    quiet = Output(*run_forked(["check", "--config", "here.json"], folder=tmp_path, env=env))
    loud = Output(*run_forked(["check", "--config", "here.json"], folder=tmp_path, env={**env, "LOG_LEVEL": "debug"}))
    levels = [
        {message["log"]["level"] for message in output.messages if message["type"] == "LOG"} for output in (quiet, loud)
    ]
    assert ("DEBUG" in levels[0], "DEBUG" in levels[1]) == (False, True)
