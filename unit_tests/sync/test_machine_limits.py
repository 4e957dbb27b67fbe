"""A lack of memory or threads ends in a sentence, without the CDK."""

from __future__ import annotations

import errno
import json
import subprocess
import sys

import pytest

from source_aws_iam.sync.machine_limits import exhausted, trace_line


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (MemoryError(), "The connector ran out of memory."),
        (ImportError("a.so: failed to map segment from shared object"), "The connector ran out of memory."),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "The connector ran out of memory."),
        (RuntimeError("can't start new thread"), "The connector may start no more threads."),
    ],
)
def test_too_little_of_something_is_named(error: BaseException, sentence: str) -> None:
    told = exhausted(error)
    assert told
    assert told.startswith(sentence)


def test_a_failure_without_an_exception_is_one_of_memory_where_memory_is_limited() -> None:
    """Libraries in C lose a MemoryError now and then."""
    program = (
        "import resource; from source_aws_iam.sync.machine_limits import exhausted\n"
        "lost = SystemError('error return without exception set')\n"
        "print(exhausted(lost))\n"
        "resource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40))\n"
        "print(exhausted(lost))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, timeout=60, capture_output=True, text=True)
    unlimited, limited = done.stdout.splitlines()
    assert (unlimited, limited[:32]) == ("None", "The connector ran out of memory.")


@pytest.mark.parametrize(
    "error", [RuntimeError("x"), ImportError("x"), ValueError("can't start new thread"), OSError()]
)
def test_any_other_failure_is_left_to_others(error: BaseException) -> None:
    assert exhausted(error) is None


def test_the_line_is_a_message_of_airbyte() -> None:
    message = json.loads(trace_line('with "quotes" and é'))
    assert message["trace"]["error"] == {"message": 'with "quotes" and é', "failure_type": "config_error"}
    assert (message["type"], message["trace"]["type"]) == ("TRACE", "ERROR")
    assert isinstance(message["trace"]["emitted_at"], int)


def test_what_keeps_the_command_from_starting_is_told_in_one_line() -> None:
    """A package that is missing, as in an installation that was interrupted."""
    program = "import sys; sys.modules['airbyte_cdk'] = None; from source_aws_iam.run import run; run()"
    done = subprocess.run([sys.executable, "-c", program], check=False, timeout=60, capture_output=True, text=True)
    [line] = done.stdout.splitlines()
    message = json.loads(line)["trace"]["error"]["message"]
    assert message.startswith("The connector could not be started: ModuleNotFoundError: ")
    assert (done.returncode, done.stderr) == (1, "")
