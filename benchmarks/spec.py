"""How long `spec` takes, beside that of a source of the CDK with nothing in it: python -m benchmarks.spec [RUNS]"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from integration_tests.connector import COMMAND, clean_environment

if TYPE_CHECKING:
    from collections.abc import Sequence

RUNS: Final = 7
BARE_SOURCE: Final = """
import sys
from airbyte_cdk.entrypoint import launch
from airbyte_cdk.sources.declarative.yaml_declarative_source import YamlDeclarativeSource
launch(YamlDeclarativeSource(path_to_yaml=sys.argv[1]), ["spec"])
"""
BARE_MANIFEST: Final = """
version: 7.0.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [a]}
streams:
  - type: DeclarativeStream
    name: a
    schema_loader: {type: InlineSchemaLoader, schema: {}}
    retriever:
      type: SimpleRetriever
      requester: {type: HttpRequester, url_base: "https://example.com", path: /}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
spec: {type: Spec, connection_specification: {type: object, properties: {}}}
"""


def seconds(command: Sequence[str], folder: Path) -> float:
    """Return how long `command` takes."""
    began = time.monotonic()
    subprocess.run(command, cwd=folder, env=clean_environment(folder), check=True, capture_output=True)
    return time.monotonic() - began


def main(runs: int) -> None:
    """Print the best of so many runs of each: what else the machine does only ever makes a run longer."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        manifest = folder / "manifest.yaml"
        manifest.write_text(BARE_MANIFEST, encoding="utf-8")
        commands = {
            "a bare source of the CDK": [sys.executable, "-c", BARE_SOURCE, str(manifest)],
            "source-aws-iam": [str(COMMAND), "spec"],
        }
        # The first turn reads modules from the disk.
        turns = [[seconds(command, folder) for command in commands.values()] for _ in range(runs + 1)][1:]
        taken = dict(zip(commands, zip(*turns, strict=True), strict=True))
    best = {name: min(measured) for name, measured in taken.items()}
    bare, ours = best.values()
    print(f"| spec of | seconds (best of {runs}) |\n| --- | --- |")
    for name, shortest in best.items():
        print(f"| {name} | {shortest:.2f} |")
    print(f"\nsource-aws-iam takes {ours / bare:.2f} times as long as a bare source.")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else RUNS)
