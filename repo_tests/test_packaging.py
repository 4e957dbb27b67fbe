"""The wheels and images hold the connector alone or the destination alone, and what both share."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZipFile

import pytest
from poetry.core.masonry import api

from tools import destination_wheel
from tools.locked_requirements import toml

ROOT = Path(__file__).parent.parent


class Image(NamedTuple):
    """Where the files are that an image is built with, and the packages that it holds."""

    dockerfile: Path
    ignored: Path
    packages: set[str]


CONNECTOR = Image(ROOT / "Dockerfile", ROOT / ".dockerignore", {"source_aws_iam", "aws_calls"})
DESTINATION = Image(
    ROOT / "destination_security_lake" / "Dockerfile",
    ROOT / "destination_security_lake" / "Dockerfile.dockerignore",
    {"destination_security_lake", "aws_calls"},
)


def poetry(file: Path) -> dict[str, Any]:
    return dict(toml(file)["tool"]["poetry"])


def names_in(wheel: Path) -> set[str]:
    with ZipFile(wheel) as opened:
        return {name for name in opened.namelist() if ".dist-info/" not in name}


def test_the_wheel_of_the_connector_holds_the_connector_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    names = names_in(tmp_path / api.build_wheel(os.fspath(tmp_path)))

    assert {name.split("/")[0] for name in names} == CONNECTOR.packages


def test_the_wheel_of_the_destination_holds_its_code_alone(tmp_path: Path) -> None:
    names = names_in(destination_wheel.build(tmp_path))

    assert {name.split("/")[0] for name in names} == DESTINATION.packages
    code = {path.relative_to(ROOT).as_posix() for path in (ROOT / "destination_security_lake").rglob("*.py")}
    assert {name for name in names if name.startswith("destination_security_lake/")} == {
        *code,
        "destination_security_lake/spec.json",
    }


@pytest.mark.parametrize("image", [CONNECTOR, DESTINATION], ids=["connector", "destination"])
def test_an_image_is_built_from_its_packages_alone(image: Image) -> None:
    sent = re.findall("^!(.+)$", image.ignored.read_text(encoding="utf-8"), re.MULTILINE)
    copied = re.findall("^COPY (?!--from)(.+) \\S+$", image.dockerfile.read_text(encoding="utf-8"), re.MULTILINE)

    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert {name for name in sent if name in packages} == image.packages
    assert {name for line in copied for name in line.split()} == {*sent}


def test_the_destination_is_locked_with_what_it_asks_for() -> None:
    asked = poetry(ROOT / "destination_security_lake" / "pyproject.toml")["dependencies"]
    project = poetry(ROOT / "pyproject.toml")
    locked = project["group"]["destination"]["dependencies"]

    assert asked == {"python": project["dependencies"]["python"], **locked}
    # One environment has both, and so one version of each.
    assert {
        name: wanted for name, wanted in project["dependencies"].items() if name in locked
    }.items() <= locked.items()
