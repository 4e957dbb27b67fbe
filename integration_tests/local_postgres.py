"""A PostgreSQL server for tests: an installed one, on a free loopback port, with its data in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

USER: Final = "postgres"
_DEBIAN: Final = Path("/usr/lib/postgresql")
_SECONDS_TO_START: Final = 30
_CLUSTER: Final = (f"--username={USER}", "--auth=trust", "--locale=C", "--encoding=UTF8", "--no-sync")
_SERVER: Final = (
    "--listen_addresses=127.0.0.1",
    "--unix_socket_directories=",
    "--fsync=off",
    # Far from UTC, so that a client which leaves the zone to the server is found out.
    "--timezone=Asia/Tokyo",
)


class MissingError(Exception):
    """No PostgreSQL can be run here. The message says why."""


@contextmanager
def running_postgres() -> Iterator[int]:
    """A server whose superuser `postgres` needs no password; gives its port."""
    programs, account = _programs(), _account()
    with tempfile.TemporaryDirectory() as folder:
        if account:
            shutil.chown(folder, account)
        data, log, port = Path(folder, "data"), Path(folder, "log"), _free_port()
        initdb: list[str | Path] = [programs / "initdb", *_CLUSTER, f"--pgdata={data}"]
        postgres: list[str | Path] = [programs / "postgres", *_SERVER, f"--port={port}", "-D", data]
        subprocess.run(initdb, user=account, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        with log.open("wb") as output:
            server = subprocess.Popen(postgres, user=account, cwd=folder, stderr=output)
        try:
            _wait_until_ready(server, log)
            yield port
        finally:
            server.send_signal(signal.SIGINT)  # a fast shutdown, which does not wait for clients to leave
            server.wait(_SECONDS_TO_START)


def _programs() -> Path:
    """The folder of initdb and postgres, which Debian keeps out of PATH; the newest version there."""
    in_path = shutil.which("initdb")
    installed = [Path(in_path)] if in_path else sorted(_DEBIAN.glob("*/bin/initdb"), key=_version)
    if not installed:
        raise MissingError(f"PostgreSQL is not installed: there is no initdb in PATH, and none below {_DEBIAN}.")
    return installed[-1].resolve().parent


def _version(initdb: Path) -> list[int]:
    return [int(part) for part in initdb.parts[-3].split(".")]


def _account() -> str | None:
    """Whom to run it as: PostgreSQL refuses to be run by root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(USER).pw_name
    except KeyError:
        raise MissingError(f"PostgreSQL refuses to be run by root, and there is no user {USER}.") from None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while "ready to accept connections" not in (said := log.read_text(encoding="utf-8")):
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start: {said}")
        time.sleep(0.05)
