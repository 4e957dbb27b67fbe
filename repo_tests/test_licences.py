"""Every package that users get has an accepted licence, and the page of licences is current."""

from __future__ import annotations

import re
from pathlib import Path

import airbyte_cdk
import pytest

from tools import licences
from tools.locked_requirements import LOCK, toml


def test_the_page_lists_the_packages_of_the_lock() -> None:
    given = [package for package in toml(LOCK)["package"] if {"main", "destination"} & {*package["groups"]}]

    assert len(given) > 50
    assert list(licences.on_page()) == [(package["name"], package["version"]) for package in given]


def test_the_page_says_what_only_one_of_both_is_installed_with() -> None:
    alone = {name: installed_with for name, _, _, installed_with in licences.locked() if installed_with != "both"}

    assert alone == {"pendulum": "connector", "pyarrow": "destination"}


def test_the_page_is_current() -> None:
    licences.main(["--check"])


def test_the_licence_of_every_package_is_allowed() -> None:
    assert licences.undecided(licences.on_page()) == []


@pytest.mark.parametrize(
    ("name", "licence", "allowed"),
    [
        ("new", "MIT", True),
        ("new", "MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("new", "GPL-3.0-only", False),
        ("new", "MIT AND GPL-3.0-only", False),
        ("new", "LGPL-2.1-or-later WITH Classpath-exception-2.0", False),
        ("new", "unknown", False),
        ("unidecode", "GPL-2.0-or-later", True),
        ("unidecode", "GPL-3.0-or-later", False),
        ("new", "GPL-2.0-or-later", False),
    ],
)
def test_a_licence_that_nobody_decided_on_is_named(name: str, licence: str, allowed: bool) -> None:
    assert licences.undecided({(name, "1.0"): licence}) == ([] if allowed else [f"{name} 1.0: {licence}"])


def test_an_exception_is_for_a_package_that_is_still_locked() -> None:
    assert licences.EXCEPTIONS.keys() <= {name for name, *_ in licences.locked()}


def test_the_cdk_imports_nothing_of_the_package_whose_licence_is_an_exception() -> None:
    (package,) = licences.EXCEPTIONS
    folders = [Path(airbyte_cdk.__file__).parent, LOCK.parent / "source_aws_iam", LOCK.parent / "aws_calls"]
    files = [file for folder in folders for file in folder.rglob("*.py")]

    assert len(files) > 400
    used = re.compile(rf"^\s*(?:import|from) {package}\b", re.MULTILINE)
    assert [file.name for file in files if used.search(file.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    ("stated", "licence"),
    [
        (["MIT"], "MIT"),
        (["apache-2.0 or mit"], "Apache-2.0 OR MIT"),
        (["Apache Software License", "Apache 2.0"], "Apache-2.0"),
        (["Copyright (c) 2026 Somebody", "MIT License"], "MIT"),
        (["BSD License"], "unknown"),
        ([], "unknown"),
    ],
)
def test_what_a_package_says_of_its_licence_becomes_an_spdx_expression_or_unknown(
    stated: list[str], licence: str
) -> None:
    assert licences.spdx("new", stated) == licence


def test_words_that_say_too_little_are_settled_for_the_package_that_was_read_alone() -> None:
    assert licences.spdx("isodate", ["BSD"]) == "BSD-3-Clause"
    assert licences.spdx("isodate", ["Proprietary"]) == "unknown"
    assert licences.spdx("new", ["BSD"]) == "unknown"


def test_a_package_that_is_not_installed_keeps_what_the_page_says(tmp_path: Path) -> None:
    page = tmp_path / "licenses.md"
    page.write_text("| bracex | 0.1 | ISC |  |\n| colorama | 0.4.6 | Zlib |  |\n", encoding="utf-8")
    other = next(version for name, version, *_ in licences.locked() if name == "colorama")

    assert other == "0.4.6"
    assert licences.licences(page)["colorama", other] in {"Zlib", "BSD-3-Clause"}
    assert ("bracex", "0.1") not in licences.licences(page)
    assert licences.installed("no-such-package") is None


def test_the_command_mends_a_stale_page_and_with_check_only_tells(tmp_path: Path) -> None:
    page = tmp_path / "licenses.md"
    page.write_text(licences.PAGE.read_text(encoding="utf-8").replace("| 7.39", "| 7.38"), encoding="utf-8")
    stale = page.read_text(encoding="utf-8")

    with pytest.raises(SystemExit, match=r"Stale: licenses\.md\. Run python tools/licences\.py\."):
        licences.main(["--check"], page)
    assert page.read_text(encoding="utf-8") == stale
    licences.main([], page)
    assert page.read_text(encoding="utf-8") == licences.PAGE.read_text(encoding="utf-8")
