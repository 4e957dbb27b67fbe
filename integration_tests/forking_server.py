"""The process that forks for each run of `forked_command`. It is started as a script, and is no module of a package."""

from __future__ import annotations

import gc
import json
import os
import pkgutil
import select
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

# One request: arguments and environment.
_MOST_BYTES: Final = 1 << 17


def _requests(lifeline: socket.socket, listener: socket.socket) -> None:
    """Fork for each request, until nobody is left who could make one. Return in each process that is to run one."""
    # Nobody waits for the processes in the middle; the one that does its own waiting undoes this.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        if lifeline in select.select([lifeline, listener], [], [])[0]:
            os._exit(0)
        with listener.accept()[0] as channel:
            message, descriptors, _, _ = socket.recv_fds(channel, _MOST_BYTES, 3)
        if not os.fork():
            lifeline.close()
            listener.close()
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
    set_constants(request["constants"])


def load_models() -> None:
    """Keep botocore's models of the services that most tests call, and its list of endpoints."""
    models = import_module("aws_calls.models").loader()
    models.load_data_with_path("endpoints")
    models.load_data("partitions")
    models.load_data("sdk-default-configuration")
    for service in ("iam", "sts", "cloudtrail", "ec2", "organizations", "s3"):
        models.load_service_model(service, "service-2")
        models.load_service_model(service, "endpoint-rule-set-1")


def set_constants(constants: Mapping[str, Any]) -> None:
    """So that hundreds of events are read as millions are."""
    for name, value in constants.items():
        module, _, constant = name.rpartition(".")
        assert hasattr(import_module(module), constant), name
        setattr(import_module(module), constant, value)


if __name__ == "__main__":
    # Otherwise the folder of this file, whose modules are not those of an installed command.
    sys.path.pop(0)
    for found in pkgutil.walk_packages(import_module("source_aws_iam").__path__, "source_aws_iam."):
        import_module(found.name)
    # Each process would read them anew otherwise, which takes longer than most tests.
    load_models()
    assert threading.active_count() == 1, "only the thread that forks would be there in the new process"
    # Or the collector would look at all that was imported in each process anew, and so copy it: half a second.
    gc.collect()
    gc.freeze()
    _requests(*(socket.socket(fileno=int(descriptor)) for descriptor in sys.argv[1:]))
    import_module("source_aws_iam.run").run()
