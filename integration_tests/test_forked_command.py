"""A forked run against a started one: the same output, exit code, folder and environment."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from signal import SIGTERM
from threading import Event

import pytest

from embedded_aws import EmbeddedAws
from integration_tests.connector import Output, clean_environment, start
from integration_tests.forked_command import forking_command, run_forked

ENVIRONMENT = {"AWS_PROFILE": "reader"}
ROLE = '{"credentials": {"auth_type": "iam_role", "role_arn": "arn:aws:iam::123456789012:role/reader"}}'


def started(*arguments: str, folder: Path) -> Output:
    process = start(*arguments, folder=folder, env=ENVIRONMENT)
    stdout, stderr = process.communicate(timeout=60)
    return Output(process.returncode, stdout, stderr)


@pytest.mark.parametrize(
    "arguments",
    [["spec"], ["check", "--config", "here.json"], ["check", "--config", "role.json"], ["read"], ["nonsense"]],
)
def test_a_forked_run_prints_and_ends_as_a_started_one(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "here.json").write_text('{"credentials": {"auth_type": "none"}}')
    (tmp_path / "role.json").write_text(ROLE)
    forked = Output(*run_forked(arguments, folder=tmp_path, env=clean_environment(tmp_path) | ENVIRONMENT))
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


def test_a_program_that_starts_a_command_may_start_one_that_forks(tmp_path: Path) -> None:
    command = [str(forking_command()), "check", "--config", "role.json"]
    (tmp_path / "role.json").write_text(ROLE)
    env = clean_environment(tmp_path) | ENVIRONMENT
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    forked = run_forked(["check", "--config", "role.json"], folder=tmp_path, env=env)
    assert (done.returncode, done.stdout, done.stderr) == tuple(forked)


def test_a_command_that_forks_is_stopped_like_one_that_was_started(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(empty_aws.config()))
    asked, answer = Event(), Event()

    def hang() -> None:
        asked.set()
        answer.wait(60)

    empty_aws.after("sts:GetCallerIdentity", 1, hang)
    command = [str(forking_command()), "check", "--config", "config.json"]
    with subprocess.Popen(command, cwd=tmp_path, env=clean_environment(tmp_path), stdout=subprocess.DEVNULL) as process:
        assert asked.wait(60)
        process.send_signal(SIGTERM)
        assert process.wait(timeout=60) == -SIGTERM
    answer.set()
