"""The signals that stop a sync, from its start on."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]
WAITS = """
import os, signal, sys
from source_aws_iam import run
from source_aws_iam.cli import signals
assert not {"airbyte_cdk", "boto3", "botocore"} & set(sys.modules)
signals.hold_back_signals()
assert not {"airbyte_cdk", "boto3", "botocore"} & set(sys.modules)
"""


def ended(program: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-c", program], check=False, timeout=60, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("sent", SIGNALS)
def test_a_signal_is_held_back_before_the_seconds_that_imports_take(sent: signal.Signals) -> None:
    """As the first process of a container, Python would never hear of one that comes earlier."""
    program = f"{WAITS}\nos.kill(os.getpid(), {sent})\nsignals.on_signal(signals.leave)\nsignal.pause()"
    assert ended(program) == (-sent, "")


@pytest.mark.parametrize("ignored", [signal.SIGINT, signal.SIGHUP])
def test_what_a_shell_lets_its_jobs_ignore_stays_ignored(ignored: signal.Signals) -> None:
    program = f"""
import signal
signal.signal({ignored}, signal.SIG_IGN)
{WAITS}
signals.on_signal(signals.leave)
os.kill(os.getpid(), {ignored})
print("still there")
"""
    assert ended(program) == (0, "still there\n")
