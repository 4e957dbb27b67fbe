"""Build the wheel of spark_backfill, with the connector's code that it uses and without what only the connector needs.

    python tools/spark_wheel.py FOLDER

Beside it lies spark_backfill.zip with the same content, which is the form that `spark-submit --py-files` takes. Version
and dependencies are those of pyproject.toml.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tools.locked_requirements import LOCK, toml

ROOT: Final = LOCK.parent
# What the code for a record imports. Spark, pyarrow and pandas are the platform's own. So is botocore, in the version
# that the platform's boto3 wants; nothing of it is used but the names of columns and Regions.
NEEDED: Final = ("python", "orjson")
PACKAGES: Final = ("source_aws_iam", "aws_calls", "spark_backfill")


def project() -> str:
    """Return the pyproject.toml of the wheel. Another build of one version has a local version."""
    poetry = toml(ROOT / "pyproject.toml")["tool"]["poetry"]
    needed = "\n".join(f'{name} = "{poetry["dependencies"][name]}"' for name in NEEDED)
    packages = ", ".join(f'{{ include = "{name}" }}' for name in PACKAGES)
    return f"""\
[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"

[tool.poetry]
name = "{poetry["name"]}"
version = "{poetry["version"]}+spark"
description = "The Spark job that writes audit_events of years."
authors = ["{poetry["authors"][0]}"]
license = "{poetry["license"]}"
packages = [{packages}]

[tool.poetry.dependencies]
{needed}
botocore = "*"
"""


def build(folder: Path) -> Path:
    """Build the wheel and its .zip into a folder. Return the path of the .zip."""
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    with TemporaryDirectory() as there:
        for name in PACKAGES:
            shutil.copytree(ROOT / name, Path(there, name), ignore=shutil.ignore_patterns("__pycache__", "tests"))
        Path(there, "pyproject.toml").write_text(project(), encoding="utf-8")
        subprocess.run([*pip, "--no-build-isolation", "--wheel-dir", folder, there], check=True)
    [wheel] = folder.glob("*.whl")
    return Path(shutil.copy(wheel, folder / "spark_backfill.zip"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    folder = parser.parse_args().folder
    shutil.rmtree(folder, ignore_errors=True)
    print(f"{build(folder)} and the wheel beside it")
