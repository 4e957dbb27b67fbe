"""The wheel and the image of the connector hold the connector alone, and what it shares with the destination."""

from __future__ import annotations

import os
import re
from pathlib import Path
from zipfile import ZipFile

import pytest
from poetry.core.masonry import api

CONNECTOR = {"source_aws_iam", "aws_calls"}
ROOT = Path(__file__).parent.parent


def test_the_wheel_holds_the_connector_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    wheel = api.build_wheel(os.fspath(tmp_path))

    with ZipFile(tmp_path / wheel) as opened:
        folders = {name.split("/")[0] for name in opened.namelist()}
    assert {folder for folder in folders if not folder.endswith(".dist-info")} == CONNECTOR


def test_the_image_is_built_from_the_connector_alone() -> None:
    sent = re.findall("^!(.+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    copied = re.findall("^COPY (?!--from)(.+) \\S+$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)

    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert {name for name in sent if name in packages} == CONNECTOR
    assert {name for line in copied for name in line.split()} == {*sent}
