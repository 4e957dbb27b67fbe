"""A PostgreSQL server for tests: an installed one, on a free loopback port, with its data in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

USER: Final = "postgres"
_DEBIAN: Final = Path("/usr/lib/postgresql")
_SECONDS: Final = 30
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
        data, port = Path(folder, "data"), _free_port()
        initdb: list[str | Path] = [programs / "initdb", *_CLUSTER, f"--pgdata={data}"]
        subprocess.run(initdb, user=account, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        # pg_ctl returns when the server takes connections, and when it has ended. Its log is in the folder.
        pg_ctl: list[str | Path] = [
            programs / "pg_ctl",
            f"--pgdata={data}",
            f"--timeout={_SECONDS}",
            "--wait",
            "--silent",
        ]
        options = shlex.join([*_SERVER, f"--port={port}"])
        start: list[str | Path] = [*pg_ctl, f"--log={folder}/log", f"--options={options}", "start"]
        subprocess.run(start, user=account, cwd=folder, check=True, stdin=subprocess.DEVNULL)
        try:
            yield port
        finally:
            # Fast: it does not wait for clients to leave.
            subprocess.run([*pg_ctl, "--mode=fast", "stop"], user=account, cwd=folder, check=True)


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
