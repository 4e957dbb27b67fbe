"""Run pytest with the newest or the lowest versions that pyproject.toml allows of what the connector depends on.

    python tools/allowed_versions.py --pythons "python3.12 python3.13" lowest -q unit_tests

Each Python gets a virtual environment of its own under build/, made anew. pip chooses what the dependencies need in
turn; the development tools are those of poetry.lock. This needs a package index.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tools.locked_requirements import LOCK, marker_of, toml

ROOT: Final = LOCK.parent
PROJECT: Final = ROOT / "pyproject.toml"
# PyAirbyte's own hundred dependencies would choose many of the versions. Tests that need it are skipped without it.
LEFT_OUT: Final = "airbyte"
PIP: Final = (sys.executable, "-m", "pip", "--disable-pip-version-check")
VERSION: Final = "import sys; print('%d.%d' % sys.version_info[:2])"


def lowest(bounds: str) -> str:
    """Return the lowest version within the bounds, as a requirement: `==1.4` for `>=1.4,<2`."""
    [version] = [bound.version for bound in SpecifierSet(bounds) if bound.operator == ">="]
    return f"=={version}"


def dependencies(poetry: Mapping[str, Any], which: str) -> dict[str, str]:
    """Return {name: versions} of what the connector depends on."""
    bounds = {name: bounds for name, bounds in poetry["dependencies"].items() if name != "python"}
    return {name: lowest(bound) for name, bound in bounds.items()} if which == "lowest" else bounds


def development_tools(poetry: Mapping[str, Any], packages: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a requirement for each development tool in its locked version."""
    for name, wanted in poetry["group"]["dev"]["dependencies"].items():
        extras = f"[{','.join(wanted['extras'])}]" if "extras" in wanted else ""
        for package in packages:
            if package["name"] == canonicalize_name(name) != LEFT_OUT:
                marker = marker_of(package.get("markers"), ["dev"])
                yield f"{name}{extras}=={package['version']}{marker and ' ; '}{marker}"


def pythons(allowed: SpecifierSet, named: Sequence[str]) -> dict[str, str]:
    """Return {command: version} of the Pythons that are named, or else of all that are allowed and installed."""
    usual = [f"python3.{minor}" for minor in range(100) if f"3.{minor}" in allowed]
    found = {command: version for command in named or usual if (version := version_of(command))}
    if missing := [command for command in named if command not in found]:
        sys.exit(f"Not a Python that runs here: {', '.join(missing)}.")
    if not found:
        sys.exit(f"No Python {allowed} runs here under a name like {usual[0]}.")
    return found


def version_of(command: str) -> str | None:
    """Return the minor version of a Python, None where it does not run. A version manager may have its name only."""
    try:
        asked = subprocess.run([command, "-c", VERSION], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return None if asked.returncode else asked.stdout.strip()


def environment(command: str, folder: Path, requirements: Sequence[str]) -> Path:
    """Return the Python of a new virtual environment in which the requirements and the connector are installed."""
    subprocess.run([command, "-m", "venv", "--clear", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    pip = [*PIP, "--python", str(python), "install", "--quiet"]
    subprocess.run([*pip, "--only-binary", ":all:", *requirements], check=True)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT], check=True)
    return python


def versions(python: Path, names: Sequence[str]) -> str:
    """Return the installed versions of the packages, as a list to read."""
    listed = subprocess.run([python, "-m", "pip", "list", "--format=json"], capture_output=True, check=True).stdout
    installed = {package["name"]: package["version"] for package in json.loads(listed)}
    return ", ".join(f"{name} {installed[name]}" for name in names)


def main(which: str, named: Sequence[str], arguments: Sequence[str], folder: Path = ROOT / "build") -> None:
    """Run pytest with each Python, and say at the end which versions passed."""
    poetry = toml(PROJECT)["tool"]["poetry"]
    wanted = dependencies(poetry, which)
    requirements = [*map("".join, wanted.items()), *development_tools(poetry, toml(LOCK)["package"])]
    report = []
    for command, version in pythons(SpecifierSet(poetry["dependencies"]["python"]), named).items():
        print(f"\n== Python {version}, {which} versions", flush=True)
        try:
            python = environment(command, folder / f"{which}-{version}", requirements)
        except subprocess.CalledProcessError:
            report.append(f"{version:<6}FAILED  cannot be installed")
            continue
        tried = versions(python, list(wanted))
        print(tried, flush=True)
        failed = subprocess.run([python, "-m", "pytest", *arguments], cwd=ROOT, check=False).returncode
        report.append(f"{version:<6}{'FAILED' if failed else 'passed'}  {tried}")
    print("\n" + "\n".join(report))
    if any("FAILED" in line for line in report):
        sys.exit(1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pythons", default="", help="their commands; by default every allowed python3.N in PATH")
    parser.add_argument("which", choices=["newest", "lowest"])
    parser.add_argument("pytest", nargs=argparse.REMAINDER, metavar="ARGUMENT", help="what pytest is told")
    asked = parser.parse_args()
    main(asked.which, asked.pythons.split(), asked.pytest)
