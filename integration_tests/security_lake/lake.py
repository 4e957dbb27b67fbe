"""A lake in embedded AWS, the command that writes it, and what it then holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from embedded_aws import EmbeddedAws
from embedded_aws.scenarios.lake import create_lake
from embedded_aws.server.s3_bucket import Bucket
from integration_tests.connector import Output, clean_environment, written
from integration_tests.forked_command import NO_CONSTANTS
from integration_tests.security_lake.messages import EVENTS, catalog

Json = dict[str, Any]

COMMAND: Final = Path(sys.executable).with_name("destination-security-lake")
CLASSES: Final = (
    "user_inventory",
    "group_management",
    "user_access",
    "account_change",
    "authentication",
    "api_activity",
)
STREAMS: Final = (EVENTS, "users", "group_members", "identity_center_users", "identity_center_group_members")
SMALL_UPLOADS: Final[Mapping[str, Any]] = {"destination_security_lake.config.settings._MEGABYTE": 4_000}
"""Hundreds of rows make several uploads then: one has 16 times as many bytes."""
# The command with some of its constants set.
_WITH_CONSTANTS: Final = f"""
import json, sys
sys.path.append({str(Path(__file__).parents[2])!r})
from integration_tests.forking_server import set_constants
set_constants(json.loads(sys.argv.pop(1)))
from destination_security_lake.run import run
run()
"""
_SECONDS: Final = 120


@dataclass(frozen=True)
class Lake:
    """A bucket of Security Lake, in the home account of embedded AWS, whose role may do everything."""

    aws: EmbeddedAws
    bucket: Bucket

    @classmethod
    def of(cls, aws: EmbeddedAws) -> Lake:
        return cls(aws, create_lake(aws))

    def config(self, **overrides: Any) -> Json:
        chosen = {"url": f"s3://{self.bucket.name}", "classes": [*CLASSES], "flush_size_mb": 16}
        return {**self.aws.config(), **chosen, **overrides}

    @property
    def keys(self) -> list[str]:
        return [*self.bucket.keys()]

    def copied_to(self, folder: Path) -> Path:
        """Copy the objects into a folder, for readers of files. Return the folder `ext`."""
        for key in self.keys:
            path = folder / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self.bucket.planned(key).body)
        return folder / "ext"


def lines_of(messages: Iterable[Json]) -> bytes:
    return b"".join(f"{json.dumps(message)}\n".encode() for message in messages)


def start(
    command: str,
    folder: Path,
    *,
    constants: Mapping[str, Any] = NO_CONSTANTS,
    program: Sequence[str] = (str(COMMAND),),
    process: Mapping[str, Any] | None = None,
    env: Mapping[str, str] | None = None,
    **files: Any,
) -> subprocess.Popen[bytes]:
    """Start the installed command, with `files` (config, catalog) in the folder, and its temporary files there."""
    if constants:
        program = [sys.executable, "-c", _WITH_CONSTANTS, json.dumps(constants)]
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    return subprocess.Popen(
        [*program, command, *written(folder, files)],
        env={**clean_environment(folder), "TMPDIR": os.fspath(temporary), **(env or {})},
        cwd=folder,
        **{**pipes, **(process or {})},
    )


def finished(process: subprocess.Popen[bytes], sent: bytes = b"") -> Output:
    """Send it all of its input, and return what it has printed at its end."""
    stdout, stderr = process.communicate(sent, timeout=_SECONDS)
    return Output(process.returncode, (stdout or b"").decode(), (stderr or b"").decode())


def write(
    lake: Lake,
    messages: Iterable[Json] | bytes,
    folder: Path,
    *,
    streams: Sequence[str] = STREAMS,
    constants: Mapping[str, Any] = NO_CONSTANTS,
    **config: Any,
) -> Output:
    """Run `write` with these messages as its input."""
    sent = messages if isinstance(messages, bytes) else lines_of(messages)
    files: Json = {"config": lake.config(**config), "catalog": catalog(streams)}
    return finished(start("write", folder, constants=constants, **files), sent)
