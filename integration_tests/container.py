"""The images, run as Airbyte runs them: `make image-test` says which ones, and with which engine."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from integration_tests.connector import Json, Output

ENGINE: Final = os.environ.get("ENGINE", "")
IMAGE: Final = os.environ.get("IMAGE", "")
DESTINATION_IMAGE: Final = os.environ.get("DESTINATION_IMAGE", "")
BASE_IMAGE: Final = os.environ.get("BASE_IMAGE", "")
# A whole sync takes seconds; the engine may take some too.
SECONDS: Final = 300
# The root file system cannot be written to. The CDK wants a folder for temporary files.
AS_AIRBYTE: Final = ("run", "--rm", "--interactive", "--network=host", "--read-only", "--tmpfs=/tmp")

needs_image = pytest.mark.skipif(not (ENGINE and IMAGE), reason="make image-test builds the image and says which it is")


def engine(*arguments: str) -> str:
    """What the engine prints."""
    done = subprocess.run([ENGINE, *arguments], capture_output=True, text=True, check=False, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    return done.stdout


def inside(script: str, *options: str, image: str = IMAGE) -> str:
    """What a shell script prints in a container."""
    return engine("run", "--rm", *options, "--entrypoint=/bin/sh", image, "-c", script).strip()


def arguments(
    command: str, folder: Path, files: Mapping[str, Any], options: Sequence[str] = (), image: str = IMAGE
) -> list[str]:
    """The command line of a container that runs `command`, with `files` where it can read them."""
    folder.chmod(0o755)
    given = []
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
        given += [f"--{name}", f"/config/{name}.json"]
    return [ENGINE, *AS_AIRBYTE, f"--volume={folder}:/config:ro", *options, image, command, *given]


def run(
    command: str, folder: Path, *options: str, image: str = IMAGE, sent: str = "", **files: Json | list[Json]
) -> Output:
    """Run the connector's `command` in a container, with what is `sent` as its input."""
    told = arguments(command, folder, files, options, image)
    done = subprocess.run(told, input=sent, capture_output=True, text=True, check=False, timeout=SECONDS)
    return Output(done.returncode, done.stdout, done.stderr)
