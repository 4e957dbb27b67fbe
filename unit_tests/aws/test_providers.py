"""credential_process: stopped in time, whichever profile runs it."""

from __future__ import annotations

import sys
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Any

import pytest
from botocore.config import Config

from aws_calls.core import SignInSession
from aws_calls.providers import providers

# It never ends, and nothing but a signal ends it.
COMMAND = f"credential_process = {sys.executable} -c 'import signal; signal.pause()'\n"
BASED_ON_IT = "role_arn = arn:aws:iam::123456789012:role/reader\nsource_profile = base\n[profile base]\n"


@pytest.mark.parametrize(("method", "profile"), [("custom-process", COMMAND), ("assume-role", BASED_ON_IT + COMMAND)])
def test_a_command_that_never_ends_is_stopped_also_where_a_role_builds_on_it(
    method: str, profile: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text(f"[default]\n{profile}")
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    session = SignInSession(region="us-east-1", endpoint_url=None, config=Config())
    chain: dict[str, Any] = {one.METHOD: one for one in providers(session, region="us-east-1", seconds=0.05)}
    with pytest.raises(TimeoutExpired):
        chain[method].load()
