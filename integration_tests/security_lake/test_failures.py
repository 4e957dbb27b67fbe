"""Whatever fails in the middle: a sentence, exit code 1, and what was confirmed is in the lake and whole."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import Fault
from integration_tests.connector import Output
from integration_tests.security_lake.contents import expected, once, rows_by_source
from integration_tests.security_lake.in_process import confirmed as in_process
from integration_tests.security_lake.lake import (
    COMMAND,
    SMALL_UPLOADS,
    Lake,
    finished,
    lines_of,
    start,
    write,
)
from integration_tests.security_lake.messages import EVENTS, READ_AT, Json, catalog, event, records, state, status

PUT = "s3:PutObject"
EVENTS_SENT = [event(number) for number in range(400)]
# A state after each ten events.
MESSAGES: list[Json] = [
    message
    for first in range(0, len(EVENTS_SENT), 10)
    for message in [*records(EVENTS, EVENTS_SENT[first : first + 10]), state(EVENTS, first + 10)]
]
FEW_ATTEMPTS = {**SMALL_UPLOADS, "aws_calls.clients.ATTEMPTS": 3}


def confirmed(output: Output) -> int:
    """How many events the last state says are in the lake."""
    states = [message["state"] for message in output.messages if message["type"] == "STATE"]
    return max([0, *(int(one["stream"]["stream_state"]["progress"]) for one in states)])


def check_that_what_is_confirmed_is_there(lake: Lake, folder: Path, output: Output) -> None:
    """Every object can be read, and those confirmed are among them."""
    there = {row["metadata"]["uid"] for rows in rows_by_source(lake, folder).values() for row in rows}
    assert {one["event_id"] for one in EVENTS_SENT[: confirmed(output)]} <= there


def error_of(output: Output) -> Json:
    [error] = output.errors
    assert (output.exit_code, output.stderr) == (1, "")
    return error


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        ({"kind": "unavailable", "times": None}, "transient_error", "s3:PutObject"),
        ({"kind": "access_denied", "times": None}, "config_error", "s3:PutObject"),
    ],
    ids=["unavailable", "denied"],
)
def test_where_s3_fails_for_good_what_was_confirmed_stays_and_the_next_sync_brings_the_rest(
    lake: Lake, tmp_path: Path, fault: dict[str, Any], kind: str, said: str
) -> None:
    lake.aws.fail(Fault(PUT, after=10, **fault))
    failed = write(lake, MESSAGES, tmp_path, constants=FEW_ATTEMPTS)
    error = error_of(failed)
    assert error["failure_type"] == kind
    assert said in error["message"]
    done = confirmed(failed)
    assert 0 < done < len(EVENTS_SENT)
    check_that_what_is_confirmed_is_there(lake, tmp_path / "failed", failed)
    assert [*(tmp_path / "tmp").iterdir()] == []

    lake.aws.heal()
    rest = write(lake, MESSAGES[done // 10 * 11 :], tmp_path, constants=SMALL_UPLOADS)

    assert (rest.exit_code, confirmed(rest)) == (0, len(EVENTS_SENT))
    assert once(rows_by_source(lake, tmp_path / "lake")) == once(expected(EVENTS_SENT))


@pytest.mark.parametrize("kind", ["unavailable", "throttle", "reset", "ended_early", "internal_error"])
def test_where_s3_fails_for_a_while_nothing_is_lost(lake: Lake, tmp_path: Path, kind: Any) -> None:
    lake.aws.fail(Fault(PUT, kind, times=2, after=3))

    assert [*in_process(lake, MESSAGES[:110])][-1] == (EVENTS, 100)
    assert once(rows_by_source(lake, tmp_path)) == once(expected(EVENTS_SENT[:100]))


def test_a_session_that_ends_between_two_uploads_is_renewed(lake: Lake, tmp_path: Path) -> None:
    lake.aws.after(PUT, 5, lake.aws.expire_sessions)

    output = write(lake, MESSAGES, tmp_path, constants=SMALL_UPLOADS)

    assert (output.exit_code, confirmed(output)) == (0, len(EVENTS_SENT))
    assert once(rows_by_source(lake, tmp_path / "lake")) == once(expected(EVENTS_SENT))


def test_a_disk_that_is_full_is_told_by_its_folder(lake: Lake, tmp_path: Path) -> None:
    """The limit of a file's size stands for a full disk: the system refuses to write more, with the same sentence."""
    limited = ["sh", "-c", 'ulimit -f 10 && exec "$0" "$@"', str(COMMAND)]
    files: dict[str, Any] = {"config": lake.config(), "catalog": catalog([EVENTS])}
    many = [event(number, READ_AT) for number in range(400)]

    output = finished(
        start("write", tmp_path, program=limited, **files), lines_of([*records(EVENTS, many), state(EVENTS, len(many))])
    )

    error = error_of(output)
    assert error["failure_type"] == "config_error"
    assert str(tmp_path / "tmp") in error["message"]
    assert "no room left" in error["message"]
    assert (confirmed(output), lake.keys) == (0, [])
    assert [*(tmp_path / "tmp").iterdir()] == []


def test_sigterm_ends_it_at_once_without_a_state_and_without_a_trace_on_disk(lake: Lake, tmp_path: Path) -> None:
    process = start("write", tmp_path, config=lake.config(), catalog=catalog([EVENTS]))
    assert process.stdin
    assert process.stdout
    process.stdin.write(lines_of([state("roles", 0), *MESSAGES]))
    process.stdin.flush()
    # The state of a stream without rows is confirmed at once: it reads by now.
    assert b'"roles"' in process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    output = finished(process)

    assert output.exit_code == 128 + signal.SIGTERM
    assert output.log == ["Stopped by SIGTERM. Rows whose state was not confirmed are sent again by the next sync."]
    assert (output.stderr, confirmed(output), lake.keys) == ("", 0, [])
    assert [*(tmp_path / "tmp").iterdir()] == []


def test_a_line_in_the_middle_that_may_have_been_a_row_ends_the_sync(lake: Lake, tmp_path: Path) -> None:
    sent = lines_of(MESSAGES[:11]) + b'{"type": "RECORD", "record": {\n' + lines_of(MESSAGES[11:22])

    error = error_of(write(lake, sent, tmp_path))

    assert error["failure_type"] == "system_error"
    assert error["message"].startswith("Line 12 of standard input is no message")


def test_where_standard_output_is_closed_it_ends_with_a_line_on_standard_error(lake: Lake, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = start("write", tmp_path, process={"stdout": writing}, config=lake.config(), catalog=catalog([EVENTS]))
    os.close(writing)

    output = finished(process, lines_of(MESSAGES[:11]))

    assert output.exit_code == 1
    assert output.stderr == "destination-security-lake: Standard output cannot be written: Broken pipe.\n"


def test_what_a_source_left_at_its_crash_is_written(lake: Lake, tmp_path: Path) -> None:
    sent = lines_of([*MESSAGES[:15], status(EVENTS, "RUNNING")]) + lines_of([MESSAGES[15]])[:-30]

    output = write(lake, sent, tmp_path)

    assert (output.exit_code, confirmed(output)) == (0, 10)
    assert once(rows_by_source(lake, tmp_path / "lake")) == once(expected(EVENTS_SENT[:14]))
    assert output.warnings == ["The last line of standard input ends in the middle, and was skipped."]


@pytest.mark.parametrize(
    "arguments",
    [[], ["reset"], ["write", "--config", "config.json"], ["write", "--config", "no", "--catalog", "no"]],
)
def test_a_command_line_that_cannot_be_used_is_told_in_a_trace(tmp_path: Path, arguments: list[str]) -> None:
    done = subprocess.run([COMMAND, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
    output = Output(done.returncode, done.stdout, "")

    assert error_of(output)["failure_type"] == "config_error"


def test_no_secret_is_printed_whatever_fails(lake: Lake, tmp_path: Path) -> None:
    secrets = [lake.config()["credentials"][name] for name in ("secret_access_key", "access_key_id", "external_id")]
    # Its address is a part of what is said of it.
    unreachable = lake.config(endpoint_url=f"http://{secrets[-1]}.invalid:1")
    odd = {"credentials": secrets[0], "external_id": secrets[2], "url": {"access_key_id": secrets[1]}}
    printed = [
        finished(run)
        for config in (unreachable, odd)
        for run in (
            start("check", tmp_path, constants=FEW_ATTEMPTS, config=config),
            start("write", tmp_path, constants=FEW_ATTEMPTS, config=config, catalog=catalog([EVENTS])),
        )
    ]

    for output in printed:
        assert output.stdout
        assert [secret for secret in secrets if secret in output.stdout + output.stderr] == []
    assert "http://****.invalid:1" in printed[0].connection_status[1]
    assert "http://****.invalid:1" in error_of(printed[1])["message"]
