"""The installed command without its three seconds of imports: a process that has done them forks for each run.

What runs is a process of its own with the arguments, environment, folder and output of a started command. Only what
Python reads at its own start (PYTHON… variables, the locale) is that of the first process: tests of these, and of
signals, start the command itself.
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
from tempfile import TemporaryFile
from typing import Any, Final, NamedTuple

_SECONDS: Final = 300
# One request: arguments and environment.
_MOST_BYTES: Final = 1 << 17


class Finished(NamedTuple):
    """What became of one run. A negative exit code is the signal that ended it."""

    exit_code: int
    stdout: str
    stderr: str


def run_forked(arguments: Sequence[str], *, folder: Path, env: Mapping[str, str]) -> Finished:
    """Run `source-aws-iam` with `arguments` in `folder`, with exactly the environment `env`."""
    request = {"arguments": [*arguments], "folder": str(folder), "env": {**env}}
    status, status_in_child = os.pipe()
    with (
        os.fdopen(status, "rb", buffering=0) as heard,
        TemporaryFile() as out,
        TemporaryFile() as err,
    ):
        try:
            descriptors = [out.fileno(), err.fileno(), status_in_child]
            socket.send_fds(_server(), [json.dumps(request).encode()], descriptors)
        finally:
            os.close(status_in_child)
        pid = int(_line(heard))
        try:
            exit_code = int(_line(heard))
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
            raise
        out.seek(0)
        err.seek(0)
        return Finished(exit_code, out.read().decode(), err.read().decode())


def _line(heard: Any) -> bytes:
    # A line is written at once, and is far shorter than what a pipe takes at once.
    if not select.select([heard], [], [], _SECONDS)[0]:
        raise TimeoutError(f"the command is still running after {_SECONDS} seconds")
    line: bytes = heard.read(16)
    return line


@cache
def _server() -> socket.socket:
    """Start the process that forks, once for this process of tests. It ends with it."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _MOST_BYTES)
    process = subprocess.Popen(
        [sys.executable, __file__, str(its.fileno())],
        pass_fds=[its.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    its.close()

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


def _requests(channel: socket.socket) -> None:
    """Fork for each request, until nobody is left who could make one. Return in each process that is to run one."""
    # Nobody waits for the processes in the middle; the one that does its own waiting undoes this.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, descriptors, _, _ = socket.recv_fds(channel, _MOST_BYTES, 3)
        if not message:
            os._exit(0)
        if not os.fork():
            channel.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _run_and_tell(json.loads(message), *descriptors)
            return
        for descriptor in descriptors:
            os.close(descriptor)


def _run_and_tell(request: Mapping[str, Any], out: int, err: int, status: int) -> None:
    """Return in a new process that is set up to run the request, and tell its id and its end from this one."""
    pid = os.fork()
    if pid:
        os.close(out)
        os.close(err)
        os.write(status, b"%16d" % pid)
        exit_code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        os.write(status, b"%16d" % exit_code)
        os._exit(0)
    os.dup2(out, 1)
    os.dup2(err, 2)
    for descriptor in (out, err, status):
        os.close(descriptor)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["env"])
    sys.argv = ["source-aws-iam", *request["arguments"]]


if __name__ == "__main__":
    import threading
    from importlib import import_module

    # Otherwise the folder of this file, whose modules are not those of an installed command.
    sys.path.pop(0)
    import_module("source_aws_iam.command_line")
    assert threading.active_count() == 1, "only the thread that forks would be there in the new process"
    _requests(socket.socket(fileno=int(sys.argv[1])))
    import_module("source_aws_iam.run").run()
