"""Write docs/licenses.md: under which licences the locked packages stand that users are given.

    python tools/licences.py            rewrite it
    python tools/licences.py --check    exit with 1 if it is stale

poetry.lock says which packages, and the packages that are installed here say under which licence they stand. Of a
version that is not (another Python's, or only for Windows) the page keeps what it says.
"""

import re
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final, NamedTuple

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from tools.locked_requirements import LOCK, marker_of, toml

PAGE: Final = LOCK.parent / "docs" / "licenses.md"
UNKNOWN: Final = "unknown"

# Whoever gives the image to others may do so under these, if the licence texts stay in it, which pip installs with the
# packages. A new one is read before it is added.
ALLOWED: Final = {
    **dict.fromkeys(("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"), "permissive"),
    **dict.fromkeys(("0BSD", "CC0-1.0", "Zlib"), "permissive, of single files"),
    **dict.fromkeys(("CNRI-Python", "PSF-2.0"), "permissive, of Python itself"),
    "MPL-2.0": "whoever changes a file of the package has to publish the changed file; nothing is changed here",
}
# Single packages under any other licence, and why they are here nevertheless.
EXCEPTIONS: Final = {
    "unidecode": "GPL-2.0-or-later: airbyte-cdk demands it and imports it nowhere, and neither does this connector."
    " Whoever may not pass on such code can leave it out of the image.",
}

# Where packages state their licence, the clearest first.
KEYS: Final = ("License-Expression", "License", "Classifier")
# What packages write instead of an SPDX expression.
SPDX: Final = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "3-Clause BSD License": "BSD-3-Clause",
    "BSD 3-Clause License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
}
# Where that says too little, the licence file of the package was read.
READ: Final = {
    ("boltons", "BSD License"): "BSD-3-Clause",
    ("isodate", "BSD"): "BSD-3-Clause",
    ("jinja2", "BSD License"): "BSD-3-Clause",
    ("numpy", "BSD License"): "BSD-3-Clause",
    # Apache's own code. Its file has the licences of what is built in, all of them permissive.
    ("pyarrow", "Apache Software License"): "Apache-2.0",
    ("pyasn1-modules", "BSD"): "BSD-2-Clause",
    # All of it under BSD, and what was added since 2017 under either.
    ("python-dateutil", "Dual License"): "BSD-3-Clause",
    ("unidecode", "GPL"): "GPL-2.0-or-later",
    ("colorama", "BSD License"): "BSD-3-Clause",
}
INTRODUCTION: Final = """\
# Licences

The connector and the destination stand under the [MIT licence](../LICENSE). These packages are installed with them. \
The page is written by \
`python tools/licences.py` from `poetry.lock` and from what the packages say of themselves, and a test refuses a \
licence that nobody has decided on. `make sbom` writes the same for machines, with hashes and with what needs what.

"""


# Group of the lock -> what is installed with it.
WITH: Final = {"main": "connector", "destination": "destination"}


class Locked(NamedTuple):
    """A version of a package that is installed with the connector or the destination, and the condition for it."""

    name: str
    version: str
    marker: str
    installed_with: str


def locked() -> list[Locked]:
    """Return the locked packages that are no development tools."""
    return [
        Locked(
            package["name"],
            package["version"],
            marker_of(package.get("markers"), groups).strip("()"),
            "both" if len(groups) == len(WITH) else WITH[groups[0]],
        )
        for package in toml(LOCK)["package"]
        if (groups := [group for group in WITH if group in package["groups"]])
    ]


def spdx(name: str, stated: Iterable[str]) -> str:
    """Return the SPDX expression for the first of what a package states that says enough."""
    for words in stated:
        if found := READ.get((name, words)) or SPDX.get(words):
            return found
        with suppress(InvalidLicenseExpression):
            return canonicalize_license_expression(words)
    return UNKNOWN


def installed(name: str) -> tuple[str, str] | None:
    """Return (version, licence) of a package, None where it is not installed."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return None
    # Some give the whole text; its first line is the name of the licence, or of whoever wrote it.
    expression, text, classified = (found.metadata.get_all(key) or [] for key in KEYS)
    stated = [words.strip().splitlines()[0] for words in (*expression, *text) if words.strip()]
    classified = [line for line in classified if line.startswith("License")]
    return found.version, spdx(name, [*stated, *(line.split(" :: ")[-1] for line in classified)])


def licences(page: Path = PAGE) -> dict[tuple[str, str], str]:
    """Return {(package, version): its licence}. A version that was never seen gets that of the one which is here."""
    kept = on_page(page)
    found = {}
    for name, version, *_ in locked():
        here = installed(name) or ("none", UNKNOWN)
        found[name, version] = here[1] if here[0] == version else kept.get((name, version), here[1])
    return found


def on_page(page: Path = PAGE) -> dict[tuple[str, str], str]:
    """Return {(package, version): licence} as the page has it."""
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    rows = re.findall(r"^\| (\S+) \| (\d\S*) \| (.+?) \|", text, re.MULTILINE)
    return {(name, version): licence for name, version, licence in rows}


def undecided(found: Mapping[tuple[str, str], str]) -> list[str]:
    """Return the packages of which nobody has decided that their licence will do. Every part of it has to."""
    return [
        f"{name} {version}: {licence}"
        for (name, version), licence in found.items()
        if {*re.findall(r"[\w.+-]+", licence)} - {"AND", "OR"} - ALLOWED.keys()
        and not EXCEPTIONS.get(name, "").startswith(f"{licence}: ")
    ]


def current(page: Path = PAGE) -> str:
    """Return the page as it should be."""
    found = licences(page)
    lines = ["| Package | Version | Licence | Installed with | Only where |", "| --- | --- | --- | --- | --- |"]
    for name, version, marker, installed_with in locked():
        condition = marker and f"`{marker}`"
        lines.append(f"| {name} | {version} | {found[name, version]} | {installed_with} | {condition} |")
    lines += ["", "## What is allowed", "", *(f"- `{name}`: {reason}" for name, reason in ALLOWED.items())]
    lines += ["", "Exceptions:", "", *(f"- `{name}`, {reason}" for name, reason in EXCEPTIONS.items()), ""]
    return INTRODUCTION + "\n".join(lines)


def main(arguments: list[str], page: Path = PAGE) -> None:
    """Rewrite, or with --check only compare."""
    new = current(page)
    stale = not page.exists() or page.read_text(encoding="utf-8") != new
    if "--check" in arguments and stale:
        sys.exit(f"Stale: {page.name}. Run python tools/licences.py.")
    page.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
