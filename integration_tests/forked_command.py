"""The installed command without its three seconds of imports: a process that has done them forks for each run.

What runs is a process of its own with the arguments, environment, folder and output of a started command. Only what
Python reads at its own start (PYTHON… variables, the locale) is that of the first process: tests of these, and of
signals, start the command itself. Programs that start a command get one that asks for a fork: `forking_command`.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any, Final, NamedTuple

NO_CONSTANTS: Mapping[str, Any] = {}

_SECONDS: Final = 300
_SERVER: Final = Path(__file__).with_name("forking_server.py")
# One request: arguments and environment.
_MOST_BYTES: Final = 1 << 17
_FORKING_COMMAND: Final = """#!{python} -IS
import sys
sys.path.append({folder!r})
from forked_command import be_forked
be_forked({server!r})
"""


class Finished(NamedTuple):
    """What became of one run. A negative exit code is the signal that ended it."""

    exit_code: int
    stdout: str
    stderr: str


class Forked:
    """A run of `source-aws-iam` with `arguments` in `folder`, with exactly the environment `env`; `constants` are set
    in it by their full names. `out` and `err` are the descriptors that it writes to.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        folder: str | Path,
        env: Mapping[str, str],
        out: int,
        err: int,
        constants: Mapping[str, Any] = NO_CONSTANTS,
        server: str = "",
    ) -> None:
        request = {"arguments": [*arguments], "folder": str(folder), "env": {**env}, "constants": {**constants}}
        status, status_in_child = os.pipe()
        self._status = os.fdopen(status, "rb", buffering=0)
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as channel:
            channel.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _MOST_BYTES)
            channel.connect(server or _server())
            socket.send_fds(channel, [json.dumps(request).encode()], [out, err, status_in_child])
        os.close(status_in_child)
        self.pid = int(self._line())

    def wait(self) -> int:
        """Return the exit code; a negative one is the signal that ended it."""
        try:
            return int(self._line())
        except TimeoutError:
            self.send_signal(signal.SIGKILL)
            raise
        finally:
            self._status.close()

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def _line(self) -> bytes:
        # A line is written at once, and is far shorter than what a pipe takes at once.
        if not select.select([self._status], [], [], _SECONDS)[0]:
            raise TimeoutError(f"the command is still running after {_SECONDS} seconds")
        return self._status.read(16) or b""


def run_forked(
    arguments: Sequence[str], *, folder: Path, env: Mapping[str, str], constants: Mapping[str, Any] = NO_CONSTANTS
) -> Finished:
    """Run it to its end."""
    with TemporaryFile() as out, TemporaryFile() as err:
        run = Forked(arguments, folder=folder, env=env, out=out.fileno(), err=err.fileno(), constants=constants)
        exit_code = run.wait()
        out.seek(0)
        err.seek(0)
        return Finished(exit_code, out.read().decode(), err.read().decode())


@cache
def forking_command() -> Path:
    """An executable that is the command to whoever starts it."""
    program = Path(_server()).with_name("source-aws-iam")
    values = {"python": sys.executable, "folder": str(Path(__file__).parent), "server": _server()}
    program.write_text(_FORKING_COMMAND.format(**values), encoding="utf-8")
    program.chmod(0o700)
    return program


def be_forked(server: str) -> None:
    """Have the command run in the place of this process, which passes signals on to it."""
    run = Forked(sys.argv[1:], folder=Path.cwd(), env=os.environ, out=1, err=2, server=server)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda sent, _: run.send_signal(sent))
    exit_code = run.wait()
    if exit_code < 0:
        signal.signal(-exit_code, signal.SIG_DFL)
        os.kill(os.getpid(), -exit_code)
    sys.exit(exit_code)


@cache
def _server() -> str:
    """Start the process that forks, once for this process of tests, and return its address. It ends with it."""
    folder = TemporaryDirectory()
    address = f"{folder.name}/requests"
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(address)
    listener.listen()
    ours, its = socket.socketpair()
    process = subprocess.Popen(
        [sys.executable, str(_SERVER), str(its.fileno()), str(listener.fileno())],
        pass_fds=[its.fileno(), listener.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    its.close()
    listener.close()

    def end() -> None:
        ours.close()
        process.wait()
        folder.cleanup()

    atexit.register(end)
    return address
