"""What CI runs beside make: .ci/image says whether the image was tested, and make image-test has tests to run."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BARE = ("bash", "dirname", "grep", "id")


def image(folder: Path, required: str | None) -> subprocess.CompletedProcess[str]:
    """Run .ci/image where there is neither a container engine nor a way to install one."""
    for name in BARE:
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    environment = {"PATH": str(folder)} if required is None else {"PATH": str(folder), "REQUIRED": required}
    return subprocess.run([ROOT / ".ci" / "image"], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("required", [None, "", "0"])
def test_where_the_image_cannot_be_tested_one_line_says_so(tmp_path: Path, required: str | None) -> None:
    done = image(tmp_path, required)

    assert done.returncode == 0
    assert re.fullmatch(r"SKIP: the image was not tested: .+\n", done.stdout)


def test_where_everything_is_required_an_image_that_cannot_be_tested_is_a_failure(tmp_path: Path) -> None:
    done = image(tmp_path, "1")

    assert done.returncode == 1
    assert re.search(r"^FAILED: the image was not tested: .+$", done.stderr, re.MULTILINE)
    assert not done.stdout


def test_ci_requires_everything_and_tests_it() -> None:
    commands = [
        line for line in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    ]

    assert commands[-4:] == [
        *("export REQUIRED=1", ".ci/packages", "make test"),
        "make --jobs 2 --output-sync test-dbt test-spark ci-image test-double",
    ]


def collected(target: str) -> tuple[set[str], str]:
    """Return the tests of the image that a target of the Makefile selects, and the last line of pytest."""
    variables = ["ENGINE=an-engine", "IMAGE=an-image", "BASE_IMAGE="]
    planned = subprocess.run(
        ["make", "--dry-run", target, *variables], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    [command] = re.findall(r"-m pytest (.+)$", planned, re.MULTILINE)
    options = [word for word in shlex.split(command) if word != "integration_tests"]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            *options,
            "--numprocesses=0",
            "--collect-only",
            "integration_tests/test_image.py",
        ],
        cwd=ROOT,
        env={**os.environ, "ENGINE": "an-engine", "IMAGE": "an-image"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 5}, done.stderr  # 5 is none at all
    lines = done.stdout.splitlines()
    return {line for line in lines if line.startswith("integration_tests/test_image.py::")}, lines[-1]


def test_make_image_test_runs_the_tests_of_the_image_and_make_integration_none_of_them() -> None:
    tests, summary = collected("image-test")
    assert len(tests) > 5
    assert "deselected" not in summary

    assert collected("integration")[0] == set()
