"""metadata.yaml: valid by Airbyte's model, and the same as in the rest of the repository."""

from __future__ import annotations

import re
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from airbyte_cdk.test.standard_tests._spec_compatibility import is_newer_version
from botocore.session import Session

from aws_calls.partitions import known_regions
from source_aws_iam.aws.operations import OPERATIONS
from tools.docs import ROOT, declared, needed
from tools.locked_requirements import toml

CONNECTOR: dict[str, Any] = yaml.safe_load((ROOT / "metadata.yaml").read_text(encoding="utf-8"))
METADATA: dict[str, Any] = CONNECTOR["data"]
DESTINATION_FOLDER = ROOT / "destination_security_lake"
DESTINATION: dict[str, Any] = yaml.safe_load((DESTINATION_FOLDER / "metadata.yaml").read_text(encoding="utf-8"))
both = pytest.mark.parametrize(
    ("folder", "file"),
    [(ROOT, CONNECTOR), (DESTINATION_FOLDER, DESTINATION)],
    ids=["connector", "destination"],
)

airbytes_model = pytest.mark.skipif(
    sys.version_info >= (3, 13), reason="airbyte-connector-models does not support Python 3.13 yet"
)


def refusals(file: dict[str, Any]) -> list[str]:
    """Return where Airbyte's model finds fault with a metadata.yaml."""
    from airbyte_connector_models.metadata.v0 import connector_metadata_definition_v0 as v0  # noqa: PLC0415
    from pydantic import ValidationError  # noqa: PLC0415

    try:
        v0.ConnectorMetadataDefinitionV0.model_validate(file)
    except ValidationError as error:
        return [".".join(map(str, problem["loc"])) for problem in error.errors()]
    return []


@airbytes_model
@both
def test_the_metadata_is_what_airbytes_model_takes(folder: Path, file: dict[str, Any]) -> None:
    assert refusals(file) == []


@airbytes_model
@pytest.mark.parametrize(
    ("key", "value"),
    [("releaseStage", "beginning"), ("definitionId", "source-aws-iam"), ("brandNew", 1), ("license", None)],
)
def test_airbytes_model_is_one_that_refuses(key: str, value: Any) -> None:
    assert refusals({**CONNECTOR, "data": {**METADATA, key: value}}) == [f"data.{key}"]


@both
def test_the_image_is_built_on_the_base_that_the_metadata_names(folder: Path, file: dict[str, Any]) -> None:
    dockerfile = (folder / "Dockerfile").read_text(encoding="utf-8")

    assert re.findall("^ARG BASE_IMAGE=(.+)$", dockerfile, re.MULTILINE) == [
        file["data"]["connectorBuildOptions"]["baseImage"]
    ]


def test_both_images_are_built_on_the_same_base() -> None:
    """What tools/sbom.py and the tests say of one base holds for both."""
    assert METADATA["connectorBuildOptions"] == DESTINATION["data"]["connectorBuildOptions"]


def test_the_destination_has_one_version_and_name() -> None:
    project = toml(DESTINATION_FOLDER / "pyproject.toml")["tool"]["poetry"]
    dockerfile = (DESTINATION_FOLDER / "Dockerfile").read_text(encoding="utf-8")
    metadata = DESTINATION["data"]

    assert metadata["dockerRepository"] == f"airbyte/{project['name']}" == f"airbyte/{metadata['githubIssueLabel']}"
    assert metadata["dockerImageTag"] == project["version"]
    assert {*re.findall(r'\S+\.version="(.+?)"', dockerfile)} == {project["version"]}
    assert re.findall(r'io\.airbyte\.name="(.+?)"', dockerfile) == [metadata["dockerRepository"]]
    assert metadata["definitionId"] != METADATA["definitionId"]
    assert (DESTINATION_FOLDER / metadata["icon"]).exists()
    wheels = re.findall(r"destination_security_lake-(.+?)-py3", (DESTINATION_FOLDER / "README.md").read_text("utf-8"))
    assert wheels == [project["version"]]


def test_the_suggested_streams_exist() -> None:
    suggested = METADATA["suggestedStreams"]["streams"]

    assert suggested
    assert [name for name in suggested if name not in declared()] == []


@both
def test_the_licence_is_that_of_the_project(folder: Path, file: dict[str, Any]) -> None:
    licence = file["data"]["license"]

    assert toml(folder / "pyproject.toml")["tool"]["poetry"]["license"] == licence
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith(f"{licence} License")


def test_a_breaking_change_is_declared_for_no_version_to_come_and_has_a_guide() -> None:
    declared_for = METADATA["releases"].get("breakingChanges", {})

    assert [version for version in declared_for if is_newer_version(version, METADATA["dockerImageTag"])] == []
    guide = ROOT / "docs" / "aws-iam-migrations.md"
    written = guide.read_text(encoding="utf-8") if guide.exists() else ""
    assert [version for version in declared_for if f"## Upgrading to {version}" not in written] == []


@both
def test_the_version_is_a_plain_one_of_three_numbers(folder: Path, file: dict[str, Any]) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", file["data"]["dockerImageTag"])


def test_every_host_that_is_called_is_allowed() -> None:
    """Every service that a stream calls, those that sign in and find Regions, and buckets, in each partition."""
    actions = {action for _, retriever in declared().values() for action in needed(retriever)}
    services = {call.partition(".")[0] for call, operation in OPERATIONS.items() if operation.action in actions}
    regions = {partition: region for region, partition in known_regions().items()}
    session = Session()
    hosts = {
        urlsplit(session.create_client(service, region).meta.endpoint_url).hostname or ""
        for service in {*services, "sts", "ec2", "s3"}
        for region in regions.values()
    }
    hosts |= {f"acme-cloudtrail-logs.{host}" for host in hosts if host.startswith("s3.")}
    assert len(hosts) > len(regions)
    assert refused(hosts, METADATA) == []
    # The destination signs in and puts objects.
    assert refused({host for host in hosts if re.search(r"(^|\.)(s3|sts)[.-]", host)}, DESTINATION["data"]) == []


def refused(hosts: set[str], metadata: dict[str, Any]) -> list[str]:
    """Return the hosts that the metadata does not allow."""
    return [host for host in hosts if not any(fnmatchcase(host, one) for one in metadata["allowedHosts"]["hosts"])]
