"""Print packages of poetry.lock as a pip requirements file with hashes.

    python tools/locked_requirements.py main dev > requirements.txt
    pip install --require-hashes --no-deps -r requirements.txt

installs exactly the locked versions with nothing but Python and pip. The arguments are dependency groups;
`--only NAME` prints that one package of theirs, and `--lock FILE` reads another lock.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:  # the same parser, as pip carries it
    from pip._vendor import tomli as tomllib

LOCK = Path(__file__).parent.parent / "poetry.lock"


def toml(path: Path) -> dict[str, Any]:
    """Return what is in a TOML file."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def requirements(packages: list[dict[str, Any]], groups: list[str], only: str | None) -> Iterator[str]:
    """One requirement for each locked package that one of the groups needs."""
    for package in packages:
        needed_by = [group for group in package["groups"] if group in groups]
        if needed_by and only in (None, package["name"]):
            marker = marker_of(package.get("markers"), needed_by)
            pinned = f"{package['name']}=={package['version']}{marker and ' ; '}{marker}"
            hashes = sorted({f"--hash={file['hash']}" for file in package["files"]})
            yield " \\\n    ".join([pinned, *hashes])


def marker_of(markers: str | dict[str, str] | None, groups: list[str]) -> str:
    """When to install a package; empty for always. Poetry writes one marker for all groups, or one each.

    A marker on an extra of this project is left to pip, for which no extra is requested here: never installed.
    """
    conditions = [markers.get(group) if isinstance(markers, dict) else markers for group in groups]
    if not all(conditions):
        return ""
    return " or ".join(f"({condition})" for condition in dict.fromkeys(conditions))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("groups", nargs="+", metavar="GROUP", help="main, dev")
    arguments.add_argument("--only", metavar="NAME", help="print this package alone")
    arguments.add_argument("--lock", type=Path, default=LOCK, metavar="FILE", help="read this lock")
    asked = arguments.parse_args()
    lines = list(requirements(toml(asked.lock)["package"], asked.groups, asked.only))
    if not lines:
        sys.exit(f"{asked.lock} has no such package or group: {' '.join(sys.argv[1:])}")
    print("\n".join(lines))
