"""The CDK's standard tests: in one process with the source, and by Airbyte's own command."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from embedded_aws import EmbeddedAws, Fault
from integration_tests.connector import clean_environment
from integration_tests.project_copy import PROJECT, project_copy

# A tester without an engine would fail the image tests. What the CDK only warns of is an error here.
OPTIONS = ["-m", "not image_tests", "-W", "error::airbyte_cdk.test.standard_tests.DiscoveredCatalogWarning"]
TESTS = {
    "test_spec": 1,
    "test_config_matches_spec": 1,
    "test_check": 2,
    "test_discover": 1,
    "test_basic_read": 1,
    "test_fail_read_with_bad_catalog": 1,
}


@pytest.fixture
def copy(aws: EmbeddedAws, tmp_path: Path) -> Path:
    # Some streams then also say that they are rate limited.
    aws.fail(Fault("cloudtrail:LookupEvents", "throttle", times=3, after=2))
    return project_copy(aws, tmp_path)


def assert_all_passed(command: list[str], report: Path, copy: Path) -> None:
    environment = clean_environment(copy) | {"SOURCE_AWS_IAM_COPY": str(copy)}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    passed: Counter[str] = Counter()
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - written by the tests just run
        name, _, scenario = case.attrib["name"].partition("[")
        if len(case):
            # The suite itself keeps a config that is meant to be refused for `check`.
            assert ([child.tag for child in case], "invalid_config" in scenario) == (["skipped"], True), case.attrib
        else:
            passed[name] += 1
    assert passed == TESTS


def test_the_standard_tests_pass_in_one_process_with_the_source(copy: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    suite = [sys.executable, "-m", "pytest", "integration_tests/standard_suite.py", f"--junitxml={report}", *OPTIONS]
    assert_all_passed(suite, report, copy)


def test_the_standard_tests_pass_as_airbytes_own_command_runs_them(copy: Path) -> None:
    command = [str(Path(sys.executable).with_name("airbyte-cdk")), "connector", "test", str(copy)]
    options = [f"--pytest-arg={option}" for option in OPTIONS]
    assert_all_passed([*command, *options], copy / "build" / "test-results" / "standard-tests-junit.xml", copy)
