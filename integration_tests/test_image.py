"""The container image: what it holds, who it runs as, and that it reads AWS as the installed command does."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from embedded_aws import EmbeddedAws, Seed
from embedded_aws.control.changes import changes
from embedded_aws.scenarios.company import company
from embedded_aws.truth import lasting, truth_of
from embedded_aws.truth.comparison import first_differences, merged
from integration_tests import container
from integration_tests.conftest import FAST
from integration_tests.connector import EVERY_STREAM, Json, catalog, lines
from integration_tests.container import BASE_IMAGE, ENGINE, IMAGE, engine, inside
from integration_tests.project_copy import PROJECT, project_copy
from integration_tests.test_read import tables

METADATA = yaml.safe_load((PROJECT / "metadata.yaml").read_text(encoding="utf-8"))["data"]

HOME = "/opt/source-aws-iam"
MEGABYTE = 1_000_000
LOCKED = PROJECT / "tools" / "locked_requirements.py"
# Prints the packages with their versions and bytes, and the bytes of everything that the build laid down.
PACKAGES = """
import json, os
from importlib.metadata import distributions
from pathlib import Path

def size(distribution):
    return sum(file.locate().stat().st_size for file in distribution.files if file.locate().exists())

packages = {found.name: (found.version, size(found)) for found in distributions()}
everything = [Path(folder, name) for root in ROOTS for folder, _, names in os.walk(root) for name in names]
print(json.dumps([packages, sum(file.lstat().st_size for file in everything)]))
"""

pytestmark = [pytest.mark.image_tests, container.needs_image]


@pytest.fixture(scope="module")
def inspected() -> Json:
    [image] = json.loads(engine("image", "inspect", IMAGE))
    return dict(image["Config"])


def test_airbyte_finds_the_entrypoint_by_its_absolute_path(inspected: Json) -> None:
    [entrypoint] = inspected["Entrypoint"]
    assert f"AIRBYTE_ENTRYPOINT={entrypoint}" in inspected["Env"]
    assert entrypoint.startswith("/")


def test_the_labels_are_those_of_the_release(inspected: Json) -> None:
    labels = inspected["Labels"]
    assert labels["io.airbyte.name"] == METADATA["dockerRepository"]
    assert labels["io.airbyte.version"] == METADATA["dockerImageTag"]
    assert labels["org.opencontainers.image.version"] == METADATA["dockerImageTag"]
    assert labels["org.opencontainers.image.licenses"] == METADATA["license"]


def test_it_runs_as_airbytes_user_who_may_change_nothing_of_the_connector(inspected: Json) -> None:
    assert inspected["User"] == "airbyte"
    assert inside("id -u; id -un").split() == ["1000", "airbyte"]
    assert inside(f"find {HOME} -writable -not -type l") == ""
    assert inside("touch /airbyte/integration_code/writable && echo yes") == "yes"


def test_no_compiler_cache_or_test_is_left_of_the_build() -> None:
    assert inside("command -v gcc cc make || true") == ""
    assert inside("ls -d /build /opt/build 2> /dev/null || true", "--user=root") == ""
    # Fails, rather than finding nothing, where a user has no folder of its own.
    assert inside("find ~root ~airbyte -maxdepth 1 -name .cache", "--user=root") == ""
    of_a_build = "find / -xdev \\( -name '*.whl' -o -name unit_tests \\) -not -path '*/ensurepip/*'"
    assert inside(of_a_build, "--user=root") == ""
    # Where an engine mounts the settings of pip into a build, an empty file may remain.
    assert inside("cat /etc/pip.conf 2> /dev/null || true", "--user=root") == ""


def test_the_packages_are_the_locked_ones_and_beside_them_there_is_little() -> None:
    locked = subprocess.run([sys.executable, LOCKED, "main"], capture_output=True, text=True, check=True).stdout
    script = PACKAGES.replace("ROOTS", repr([HOME, "/airbyte", "/home"]))
    found, total = json.loads(engine("run", "--rm", f"--entrypoint={HOME}/bin/python", IMAGE, "-c", script))
    assert found.pop("source-aws-iam")[0] == METADATA["dockerImageTag"]
    names = {re.sub("[-_.]+", "-", name).lower(): version for name, (version, _) in found.items()}
    assert {f"{name}=={version}" for name, version in names.items()} <= set(locked.split())
    dependencies = sum(size for _, size in found.values())
    print(f"\n{dependencies / MEGABYTE:.0f} MB of dependencies, {(total - dependencies) / MEGABYTE:.1f} MB beside them")
    assert total - dependencies < 60 * MEGABYTE


def test_it_syncs_what_aws_holds_and_goes_on_from_its_state(tmp_path: Path) -> None:
    with EmbeddedAws(seed=Seed(users=130, groups=12, events=1_200), lookup_rate=None) as aws:
        aws.organize(company(["111111111111"], "222222222222"))
        config = aws.config(**FAST)
        [spec] = [m["spec"] for m in container.run("spec", tmp_path).messages if m["type"] == "SPEC"]
        manifest = yaml.safe_load((PROJECT / "source_aws_iam" / "manifest.yaml").read_text(encoding="utf-8"))
        assert spec["connectionSpecification"] == manifest["spec"]["connection_specification"]
        assert container.run("check", tmp_path, config=config).connection_status[0] == "SUCCEEDED"
        messages = container.run("discover", tmp_path, config=config).messages
        [discovered] = [m["catalog"]["streams"] for m in messages if m["type"] == "CATALOG"]
        assert [stream["name"] for stream in discovered] == list(EVERY_STREAM)
        everything = catalog(EVERY_STREAM)
        first = container.run("read", tmp_path, config=config, catalog=everything, state=[])
        assert (first.exit_code, first.stderr) == (0, "")
        assert first_differences(truth_of(aws, EVERY_STREAM), tables(first, EVERY_STREAM)) == []
        changes(aws)
        second = container.run("read", tmp_path, config=config, catalog=everything, state=first.state)
        now, truth = aws.now(), truth_of(aws, EVERY_STREAM)
    assert len(second.records("audit_events")) < len(first.records("audit_events")), "it began anew"
    both = merged(tables(first, EVERY_STREAM), tables(second, EVERY_STREAM))
    held = {**tables(second, EVERY_STREAM), "audit_events": both["audit_events"]}
    assert first_differences(lasting(truth, now), lasting(held, now)) == []


def test_a_wrong_config_is_refused_in_words(tmp_path: Path) -> None:
    config = {"credentials": {"auth_type": "iam_role", "role_arn": "no-arn"}}
    refused = container.run("check", tmp_path, config=config)
    assert "credentials.role_arn must look like this" in refused.stdout


def test_any_other_user_can_run_it(tmp_path: Path) -> None:
    with EmbeddedAws(lookup_rate=None) as aws:
        checked = container.run("check", tmp_path, "--user=12345:12345", config=aws.config())
    assert checked.connection_status[0] == "SUCCEEDED"


@pytest.fixture
def name() -> Iterator[str]:
    """A container that is gone after the test, whatever became of it."""
    chosen = "source-aws-iam-stopped"
    yield chosen
    subprocess.run([ENGINE, "rm", "--force", chosen], capture_output=True, check=False)


def test_sigterm_ends_a_sync_with_its_state(name: str, tmp_path: Path) -> None:
    """The connector is the first process in there, and such a process ignores signals unless it waits for them."""
    with EmbeddedAws(seed=Seed(users=5, events=4_000), lookup_rate=20) as aws:
        files = {"config": aws.config(lookup_requests_per_second=20), "catalog": catalog(["audit_events"]), "state": []}
        command = container.arguments("read", tmp_path, files, [f"--name={name}"])
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            types = []
            for message in lines(process):
                types.append(message["type"])
                if message["type"] == "RECORD" and types.count("RECORD") == 500:
                    # While the output is read: the connector does not wait for ever for somebody to take it.
                    kill = [ENGINE, "kill", f"--signal={signal.SIGTERM.name}", name]
                    killing = subprocess.Popen(kill, stdout=subprocess.DEVNULL)
            assert process.wait(timeout=30) == 128 + signal.SIGTERM
            assert killing.wait(timeout=30) == 0
    # What was read after the signal may still come between.
    assert (types[-1], "STATE" in types[-200:]) == ("LOG", True)


@pytest.mark.skipif(not BASE_IMAGE, reason="Airbyte's commands take their base image from make's BASE_IMAGE here")
def test_airbytes_own_commands_build_and_test_it(aws: EmbeddedAws, tmp_path: Path) -> None:
    """They call `docker buildx build`, `docker tag` and `docker run`: here that is any engine, behind a shim."""
    copy = project_copy(aws, tmp_path)
    shim = tmp_path / "bin" / "docker"
    shim.parent.mkdir()
    called = shutil.which(ENGINE) or ""
    shim.write_text(f'#!/bin/sh\n[ "$1" != buildx ] || shift\nexec "{Path(called).resolve()}" "$@"\n')
    shim.chmod(0o755)
    for name in ("Dockerfile", ".dockerignore", "poetry.lock", "README.md", "LICENSE"):
        shutil.copy(PROJECT / name, copy)
    shutil.copytree(PROJECT / "tools", copy / "tools")
    command = Path(sys.executable).with_name("airbyte-cdk")
    base = ["--dockerfile", str(copy / "Dockerfile"), "--connector-base-image", BASE_IMAGE]
    environment = {**os.environ, "PATH": f"{shim.parent}:{os.environ['PATH']}"}
    for arguments in (
        ["build", str(copy), *base],
        ["test", str(copy), "--image", f"{METADATA['dockerRepository']}:dev"],
    ):
        done = subprocess.run(
            [command, "image", *arguments], env=environment, capture_output=True, text=True, check=False, timeout=900
        )
        assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    report = ET.parse(copy / "build" / "test-results" / "standard-tests-junit.xml")  # noqa: S314 - just written
    outcomes = Counter(case[0].tag if len(case) else "passed" for case in report.iter("testcase"))
    assert (outcomes["passed"] >= 5, outcomes["failure"] + outcomes["error"]) == (True, 0), outcomes
