"""The bill of materials says what is in the image, by the rules of CycloneDX, and is the same each time."""

from __future__ import annotations

import json
import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools import sbom
from tools.locked_requirements import LOCK, toml

BILL: dict[str, Any] = sbom.bill()
COMPONENTS: list[dict[str, Any]] = BILL["components"]
NEEDS: dict[str, list[str]] = {entry["ref"]: entry["dependsOn"] for entry in BILL["dependencies"]}
ITSELF: str = BILL["metadata"]["component"]["bom-ref"]
ADDRESSES = {component["name"]: component["bom-ref"] for component in COMPONENTS}


def test_the_document_has_the_members_that_cyclonedx_asks_for() -> None:
    assert (BILL["bomFormat"], BILL["specVersion"], BILL["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", BILL["serialNumber"])
    assert BILL["metadata"]["component"]["type"] == "application"
    for component in COMPONENTS:
        assert component["type"] == "library"
        assert component["purl"] == f"pkg:pypi/{component['name']}@{component['version']}"
        for file in component["externalReferences"]:
            assert re.fullmatch(r"[\w.+-]+\.whl", file["url"])
            assert [hashed["alg"] for hashed in file["hashes"]] == ["SHA-256"]
            assert re.fullmatch("[0-9a-f]{64}", file["hashes"][0]["content"])


def test_the_application_is_this_project_in_its_version() -> None:
    project = toml(LOCK.parent / "pyproject.toml")["tool"]["poetry"]

    assert f"source-aws-iam@{project['version']}" == ITSELF
    assert BILL["metadata"]["component"]["licenses"] == [{"license": {"id": project["license"]}}]


def test_every_package_is_there_once_and_has_a_file_for_the_image_and_a_licence() -> None:
    assert len(ADDRESSES) == len(COMPONENTS) > 50
    assert [component["name"] for component in COMPONENTS if not component["externalReferences"]] == []
    assert "unknown" not in json.dumps([component["licenses"] for component in COMPONENTS])
    assert all(["license" in one or "expression" in one for one in c["licenses"]] == [True] for c in COMPONENTS)


def test_the_packages_are_those_that_the_image_gets() -> None:
    main = [package for package in toml(LOCK)["package"] if "main" in package["groups"]]
    plain = {package["name"] for package in main if not isinstance(package.get("markers", {}), str)}
    plain -= {package["name"] for package in main if "main" in package.get("markers", {})}

    assert plain <= ADDRESSES.keys() <= {package["name"] for package in main}
    assert {"airbyte-cdk", "boto3", "pendulum", "numpy"} <= ADDRESSES.keys()
    assert not {"colorama", "exceptiongroup", "pytest", "moto"} & ADDRESSES.keys(), "other systems, and tools"


def test_every_package_is_there_because_something_needs_it() -> None:
    assert NEEDS.keys() == {ITSELF, *ADDRESSES.values()}
    reached, ahead = set(), [ITSELF]
    while ahead:
        found = ahead.pop()
        ahead += [needed for needed in NEEDS[found] if needed not in reached]
        reached.add(found)
    assert reached == NEEDS.keys()
    project = toml(LOCK.parent / "pyproject.toml")["tool"]["poetry"]
    assert NEEDS[ITSELF] == sorted(ADDRESSES[name] for name in project["dependencies"] if name != "python")


def test_a_package_needs_what_it_says_itself() -> None:
    compared = 0
    for component in COMPONENTS:
        try:
            here = distribution(component["name"])
        except PackageNotFoundError:
            continue
        if here.version == component["version"]:
            wanted = [Requirement(line) for line in here.requires or []]
            names = {canonicalize_name(one.name) for one in wanted if sbom.holds(str(one.marker) if one.marker else "")}
            assert {ADDRESSES[name] for name in names} <= {*NEEDS[component["bom-ref"]]}, component["name"]
            compared += 1
    assert compared > 50


def test_the_python_is_that_of_the_image() -> None:
    said = re.search(r"Python (\d+)\.(\d+), as in", (LOCK.parent / "Dockerfile").read_text(encoding="utf-8"))

    assert said is not None
    assert tuple(map(int, said.groups())) == sbom.PYTHON
    assert sbom.IMAGE["python_version"] == ".".join(map(str, sbom.PYTHON))
    assert sbom.IMAGE["python_full_version"].startswith(sbom.IMAGE["python_version"] + ".")


@pytest.mark.parametrize(
    ("marker", "extras", "there"),
    [
        ("", [], True),
        ('python_version >= "3.11"', [], True),
        ('python_version == "3.10"', [], False),
        ('platform_system == "Windows" or sys_platform == "win32"', [], False),
        ('extra == "grpc"', [], False),
        ('extra == "grpc"', ["grpc"], True),
    ],
)
def test_conditions_are_those_of_the_image_whatever_runs_this(marker: str, extras: list[str], there: bool) -> None:
    assert sbom.holds(marker, extras) is there


@pytest.mark.parametrize(
    ("file", "there"),
    [
        ("idna-3.20-py3-none-any.whl", True),
        ("six-1.17.0-py2.py3-none-any.whl", True),
        ("numpy-2.4.6-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl", True),
        ("numpy-2.4.6-cp311-cp311-manylinux_2_27_aarch64.whl", True),
        ("cryptography-46.0.0-cp38-abi3-manylinux_2_28_x86_64.whl", True),
        ("cryptography-46.0.0-cp312-abi3-manylinux_2_28_x86_64.whl", False),
        ("numpy-2.4.6-cp312-cp312-manylinux_2_27_x86_64.whl", False),
        ("numpy-2.4.6-cp311-cp311-musllinux_1_2_x86_64.whl", False),
        ("numpy-2.4.6-cp311-cp311-win_amd64.whl", False),
        ("numpy-2.4.6-cp311-cp311-manylinux_2_27_s390x.whl", False),
        ("idna-3.20.tar.gz", False),
    ],
)
def test_files_are_those_that_pip_may_put_into_the_image(file: str, there: bool) -> None:
    assert sbom.fits(file) is there


def test_the_same_lock_makes_the_same_files(tmp_path: Path) -> None:
    for name in ("first", "second"):
        sbom.main([str(tmp_path / name)])

    for image in (sbom.CONNECTOR, sbom.DESTINATION):
        first, second = (tmp_path / name / image.file for name in ("first", "second"))
        assert first.read_bytes() == second.read_bytes()
        assert json.loads(first.read_text(encoding="utf-8")) == sbom.bill(image)


def test_the_destination_has_a_bill_of_its_own() -> None:
    """It needs pyarrow, and not what only the connector imports."""
    found = sbom.bill(sbom.DESTINATION)
    project = toml(sbom.DESTINATION.project)["tool"]["poetry"]
    names = {component["name"] for component in found["components"]}

    assert found["metadata"]["component"]["bom-ref"] == f"{project['name']}@{project['version']}"
    assert found["serialNumber"] != BILL["serialNumber"]
    assert (names - ADDRESSES.keys(), ADDRESSES.keys() - names) == ({"pyarrow"}, {"pendulum"})
    [needs] = [entry["dependsOn"] for entry in found["dependencies"] if entry["ref"].startswith(project["name"])]
    assert [need.split("@")[0].rpartition("/")[2] for need in needs] == sorted({*project["dependencies"]} - {"python"})
