"""Build the wheel of destination-security-lake.

    python tools/destination_wheel.py FOLDER

poetry-core puts into a wheel only what lies beside or below the project file, and that of the destination is in its
package, while the packages lie beside each other: so they are laid out once more, with the project file above them.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).parent.parent
PROJECT: Final = ROOT / "destination_security_lake"
PACKAGES: Final = ("destination_security_lake", "aws_calls")
# What lies in the package and is not of it.
NOT_PACKAGED: Final = ("pyproject.toml", "README.md", "Dockerfile*", "metadata.yaml", "icon.svg", "__pycache__")
_ABOVE: Final = ', from = ".."'


def build(folder: Path) -> Path:
    """Build the wheel into a folder, with poetry-core as it is installed here. Return its path."""
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    project = (PROJECT / "pyproject.toml").read_text(encoding="utf-8").replace(_ABOVE, "")
    with TemporaryDirectory() as there:
        for name in PACKAGES:
            shutil.copytree(ROOT / name, Path(there, name), ignore=shutil.ignore_patterns(*NOT_PACKAGED))
        Path(there, "pyproject.toml").write_text(project, encoding="utf-8")
        shutil.copy(PROJECT / "README.md", there)
        shutil.copy(ROOT / "LICENSE", there)
        subprocess.run([*pip, "--no-build-isolation", "--wheel-dir", folder, there], check=True)
    [wheel] = folder.glob("destination_security_lake-*.whl")
    return wheel


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    print(build(parser.parse_args().folder))
