"""SIGTERM from the first moment on."""

from __future__ import annotations

import signal
import subprocess
import sys


def test_a_sigterm_is_held_back_before_the_seconds_that_imports_take() -> None:
    """As the first process of a container, Python would never hear of one that comes earlier."""
    program = """
import os, signal, sys
from source_aws_iam import run, stopping
assert not {"airbyte_cdk", "boto3", "botocore"} & set(sys.modules)
stopping.hold_back_sigterm()
assert not {"airbyte_cdk", "boto3", "botocore"} & set(sys.modules)
os.kill(os.getpid(), signal.SIGTERM)
stopping.on_sigterm(stopping.leave)
signal.pause()
"""
    done = subprocess.run([sys.executable, "-c", program], check=False, timeout=60, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (-signal.SIGTERM, "")
