"""The installed command, run as Airbyte runs it: a process with files for arguments and JSON lines for answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

import source_aws_iam
from integration_tests.forked_command import NO_CONSTANTS, run_forked

COMMAND = Path(sys.executable).with_name("source-aws-iam")
STREAMS = ("users", "groups", "group_members", "audit_events")
"""What most tests read; all streams are EVERY_STREAM."""
EVERY_STREAM: tuple[str, ...] = tuple(
    stream["name"]
    for stream in yaml.safe_load(Path(source_aws_iam.__file__).with_name("manifest.yaml").read_text("utf-8"))["streams"]
)
NO_STATE: Sequence[Mapping[str, Any]] = ()
READ_BY_PYTHON = ("PYTHON", "LC_", "LANG", "TZ")
"""Beginnings of the names of variables that Python, or its C library, reads once."""
# The command with some of its constants set.
WITH_CONSTANTS = f"""
import json, sys
sys.path.append({str(Path(__file__).parent.parent)!r})
from integration_tests.forking_server import set_constants
set_constants(json.loads(sys.argv.pop(1)))
from source_aws_iam.run import run
run()
"""
# Calls that AWS throttles for good are given up after seconds, and not after a minute.
FEW_ATTEMPTS: Mapping[str, int] = {"aws_calls.clients.ATTEMPTS": 3}
# Many windows, and a state after each.
SMALL_WINDOWS: Mapping[str, int] = {
    "source_aws_iam.cloudtrail.history.windows.PAGES_PER_WINDOW": 3,
    "source_aws_iam.cloudtrail.history.windows.PAGES_BEFORE_SPLITTING": 2,
    "source_aws_iam.cloudtrail.state_cursor.SECONDS_BETWEEN_STATES": 0,
    "source_aws_iam.cloudtrail.state_cursor.PART_FOR_STATES": 10**9,
}

Json = dict[str, Any]


@dataclass
class Output:
    """What one run printed."""

    exit_code: int
    stdout: str
    stderr: str

    @cached_property
    def messages(self) -> list[Json]:
        """Every line of standard output. Fails if one of them is not JSON."""
        # Not splitlines: a text may hold other ends of lines, which JSON does not escape.
        return [json.loads(line) for line in self.stdout.split("\n") if line]

    def records(self, stream: str) -> list[Json]:
        return [m["record"]["data"] for m in self.messages if m["type"] == "RECORD" and m["record"]["stream"] == stream]

    @property
    def state(self) -> list[Json]:
        """The last state of each stream, as the platform hands it to the next sync."""
        latest = {
            m["state"]["stream"]["stream_descriptor"]["name"]: m["state"] for m in self.messages if m["type"] == "STATE"
        }
        return [{name: state[name] for name in ("type", "stream")} for state in latest.values()]

    @property
    def audit_state(self) -> Json:
        """{Region: {"since", "through"}} of the last audit_events state, for all events of the one account."""
        [state] = [s for s in self.state if s["stream"]["stream_descriptor"]["name"] == "audit_events"]
        return {
            region: dict(zip(("since", "through"), interval.split("/"), strict=True))
            for interval, accounts in state["stream"]["stream_state"]["complete"]["all"].items()
            for regions in accounts.values()
            for region in regions
        }

    @property
    def statuses(self) -> dict[str, str]:
        """The last status of each stream."""
        traces = [m["trace"]["stream_status"] for m in self.messages if m.get("trace", {}).get("stream_status")]
        return {trace["stream_descriptor"]["name"]: trace["status"] for trace in traces}

    @property
    def errors(self) -> list[Json]:
        """The error traces of single streams, without the CDK's summary at the end."""
        errors = [m["trace"]["error"] for m in self.messages if m.get("trace", {}).get("error")]
        return [error for error in errors if "During the sync, the following streams" not in error["message"]]

    @property
    def warnings(self) -> list[str]:
        return [m["log"]["message"] for m in self.messages if m["type"] == "LOG" and m["log"]["level"] == "WARN"]

    @property
    def log(self) -> list[str]:
        return [m["log"]["message"] for m in self.messages if m["type"] == "LOG"]

    @property
    def connection_status(self) -> tuple[str, str]:
        [status] = [m["connectionStatus"] for m in self.messages if m["type"] == "CONNECTION_STATUS"]
        return status["status"], status.get("message", "")


def run(
    command: str,
    *options: str,
    folder: Path,
    env: Mapping[str, str] | None = None,
    process: Mapping[str, Any] | None = None,
    constants: Mapping[str, Any] = NO_CONSTANTS,
    **files: Any,
) -> Output:
    """Run `source-aws-iam COMMAND`, with each of `files` (config, catalog, state) written to `folder`.

    With a `process` of its own, or with variables that Python reads when it starts, it is started as Airbyte starts it;
    otherwise it is forked, which saves seconds.
    """
    variables = env or {}
    if process is None and not any(name.startswith(READ_BY_PYTHON) for name in variables):
        arguments = [command, *options, *written(folder, files)]
        environment = clean_environment(folder) | {**variables}
        return Output(*run_forked(arguments, folder=folder, env=environment, constants=constants))
    started = start(command, *options, folder=folder, env=env, constants=constants, process=process, **files)
    stdout, stderr = started.communicate(timeout=300)
    return Output(started.returncode, stdout or "", stderr or "")


def start(
    *command: str,
    folder: Path,
    env: Mapping[str, str] | None = None,
    constants: Mapping[str, Any] = NO_CONSTANTS,
    process: Mapping[str, Any] | None = None,
    **files: Any,
) -> subprocess.Popen[str]:
    """Start the command and leave it running; `constants` are set in it by their full names.

    Files are written as JSON, or as they are where they are bytes. `process` is what else Popen is told.
    """
    program = [sys.executable, "-c", WITH_CONSTANTS, json.dumps(constants)] if constants else [str(COMMAND)]
    usual = {"cwd": folder, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(
        [*program, *command, *written(folder, files)],
        env=clean_environment(folder) | dict(env or {}),
        encoding="utf-8",
        **{**usual, **(process or {})},
    )


def written(folder: Path, files: Mapping[str, Any]) -> list[str]:
    """Write the files, and return the arguments that name them."""
    arguments = []
    for name, content in files.items():
        path = folder / f"{name}.json"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        arguments += [f"--{name}", str(path)]
    return arguments


def clean_environment(home: Path) -> dict[str, str]:
    """This process's environment, without anything that tells boto3 about the developer's own AWS."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
        "HOME": str(home),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def read(
    config: Json,
    folder: Path,
    *,
    streams: Sequence[str] = STREAMS,
    state: Sequence[Mapping[str, Any]] = NO_STATE,
    options: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
    constants: Mapping[str, Any] = NO_CONSTANTS,
) -> Output:
    """Run `read` of `streams`."""
    files: dict[str, Any] = {"config": config, "catalog": catalog(streams), "state": list(state)}
    return run("read", *options, folder=folder, env=env, constants=constants, **files)


def lines(process: subprocess.Popen[str]) -> Iterator[Json]:
    """Yield the messages of a running command as they come."""
    assert process.stdout is not None
    for line in process.stdout:
        yield json.loads(line)


def catalog(streams: Sequence[str] = STREAMS) -> Json:
    """A configured catalog, from what the connector itself discovers."""
    return {
        "streams": [
            {
                "stream": stream,
                "sync_mode": stream["supported_sync_modes"][-1],
                "destination_sync_mode": "append_dedup"
                if "incremental" in stream["supported_sync_modes"]
                else "overwrite",
                "primary_key": stream["source_defined_primary_key"],
            }
            for stream in discovered()
            if stream["name"] in streams
        ]
    }


@cache
def discovered() -> list[Json]:
    """The streams of `discover`, which needs no AWS."""
    config = {"credentials": {"auth_type": "iam_role", "role_arn": "arn:aws:iam::123456789012:role/nobody"}}
    with TemporaryDirectory() as folder:
        output = run("discover", folder=Path(folder), config=config)
    [found] = [message["catalog"]["streams"] for message in output.messages if message["type"] == "CATALOG"]
    return list(found)
