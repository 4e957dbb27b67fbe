"""What a test needs besides Python. Without it, the test is skipped, or fails with REQUIRED=1."""

from __future__ import annotations

import importlib.util
import os
import shutil
from typing import NoReturn

import pytest


def command(name: str) -> str:
    """The path of an installed command."""
    return shutil.which(name) or missing(f"{name} is not installed: there is none in PATH.")


def missing(reason: str) -> NoReturn:
    if os.environ.get("REQUIRED") == "1":
        pytest.fail(f"{reason} REQUIRED=1 wants every test to run.")
    pytest.skip(reason)


def supported_pyairbyte() -> None:
    """Nobody can install it on every Python, so nobody can require it."""
    if importlib.util.find_spec("airbyte") is None:
        pytest.skip("PyAirbyte is not installed: it does not support this Python yet.")
