"""The image of the destination: what it holds, who it runs as, and that it writes a lake."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from embedded_aws import EmbeddedAws
from integration_tests import container
from integration_tests.container import DESTINATION_IMAGE, inside
from integration_tests.project_copy import PROJECT
from integration_tests.security_lake.contents import expected, once, rows_by_source
from integration_tests.security_lake.lake import STREAMS, Lake, lines_of
from integration_tests.security_lake.messages import EVENTS, catalog, event, records, state
from integration_tests.test_image import LOCKED

FOLDER = PROJECT / "destination_security_lake"
METADATA = yaml.safe_load((FOLDER / "metadata.yaml").read_text(encoding="utf-8"))["data"]
HOME = "/opt/destination-security-lake"

pytestmark = [
    pytest.mark.image_tests,
    container.needs_image,
    pytest.mark.skipif(not DESTINATION_IMAGE, reason="make image-test builds both images and says which they are"),
]


def test_it_is_labelled_and_runs_as_airbyte_expects() -> None:
    [image] = json.loads(container.engine("image", "inspect", DESTINATION_IMAGE))
    config = image["Config"]

    [entrypoint] = config["Entrypoint"]
    assert f"AIRBYTE_ENTRYPOINT={entrypoint}" in config["Env"]
    assert (entrypoint, config["User"]) == (f"{HOME}/bin/destination-security-lake", "airbyte")
    assert config["Labels"]["io.airbyte.name"] == METADATA["dockerRepository"]
    assert config["Labels"]["io.airbyte.version"] == METADATA["dockerImageTag"]


def test_it_holds_the_locked_packages_and_nothing_of_the_connector_or_of_the_build() -> None:
    locked = subprocess.run([sys.executable, LOCKED, "destination"], capture_output=True, text=True, check=True).stdout
    listing = "from importlib.metadata import distributions as d; print([f'{one.name}=={one.version}' for one in d()])"
    found = inside(f'{HOME}/bin/python -c "{listing}"', image=DESTINATION_IMAGE)

    names = {re.sub("[-_.]+(?=.*==)", "-", name).lower() for name in re.findall("'(.+?)'", found)}
    assert names - {f"destination-security-lake=={METADATA['dockerImageTag']}"} <= {*locked.split()}
    assert "pyarrow" in {name.split("==")[0] for name in names}
    unwanted = "-name source_aws_iam -o -name '*.whl' -o -path '*security_lake/pyproject.toml' -o -name unit_tests"
    find = f"find / -xdev \\( {unwanted} \\) -not -path '*/ensurepip/*'"
    assert inside(find, "--user=root", image=DESTINATION_IMAGE) == ""
    assert inside(f"find {HOME} -writable -not -type l", image=DESTINATION_IMAGE) == ""


def test_it_writes_what_comes_in_and_confirms_it(tmp_path: Path) -> None:
    events = [event(number) for number in range(40)]
    sent = lines_of([*records(EVENTS, events), state(EVENTS, "all")]).decode()
    with EmbeddedAws() as aws:
        lake = Lake.of(aws)
        [spec] = container.run("spec", tmp_path, image=DESTINATION_IMAGE).messages
        checked = container.run("check", tmp_path, image=DESTINATION_IMAGE, config=lake.config())
        files = {"config": lake.config(), "catalog": catalog(STREAMS)}
        written = container.run("write", tmp_path, image=DESTINATION_IMAGE, sent=sent, **files)

        form = json.loads((FOLDER / "spec.json").read_text(encoding="utf-8"))
        assert spec["spec"]["connectionSpecification"] == form["connectionSpecification"]
        assert checked.connection_status[0] == "SUCCEEDED"
        assert (written.exit_code, written.stderr) == (0, "")
        assert once(rows_by_source(lake, tmp_path / "lake")) == once(expected(events))
    [confirmed] = [message["state"] for message in written.messages if message["type"] == "STATE"]
    assert confirmed["stream"]["stream_state"] == {"progress": "all"}
