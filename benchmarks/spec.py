"""How long `spec` and `check` take, beside `spec` of a source of the CDK with nothing in it.

python -m benchmarks.spec [RUNS] [--keep]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from benchmarks.kept import keep
from embedded_aws import EmbeddedAws
from integration_tests.connector import COMMAND, clean_environment

if TYPE_CHECKING:
    from collections.abc import Sequence

RUNS: Final = 7
BARE: Final = "spec of a bare source of the CDK"
SPEC: Final = "spec"
# Some 25 calls of IAM, of which the connector makes 20 a second.
CHECK: Final = "check of one account"
UNLIMITED: Final = "check of one account, with no limit to calls of IAM"
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


def main(runs: int, *, keeps: bool = False) -> None:
    """Print the best of so many runs of each: what else the machine does only ever makes a run longer."""
    with TemporaryDirectory() as scratch, EmbeddedAws() as aws:
        folder = Path(scratch)
        manifest = folder / "manifest.yaml"
        manifest.write_text(BARE_MANIFEST, encoding="utf-8")
        config = folder / "config.json"
        config.write_text(json.dumps(aws.config()), encoding="utf-8")
        unlimited = folder / "unlimited.json"
        unlimited.write_text(json.dumps(aws.config(iam_requests_per_second=1000)), encoding="utf-8")
        commands = {
            BARE: [sys.executable, "-c", BARE_SOURCE, str(manifest)],
            SPEC: [str(COMMAND), "spec"],
            CHECK: [str(COMMAND), "check", "--config", str(config)],
            UNLIMITED: [str(COMMAND), "check", "--config", str(unlimited)],
        }
        # The first turn reads modules from the disk.
        turns = [[seconds(command, folder) for command in commands.values()] for _ in range(runs + 1)][1:]
        taken = dict(zip(commands, zip(*turns, strict=True), strict=True))
    best = {name: min(measured) for name, measured in taken.items()}
    print(f"| command | seconds (best of {runs}) |\n| --- | --- |")
    for name, shortest in best.items():
        print(f"| {name} | {shortest:.2f} |")
    ratios = {
        SPEC: f"{best[SPEC] / best[BARE]:.2f} x spec of a bare source",
        **{name: f"{best[name] / best[SPEC]:.2f} x spec" for name in (CHECK, UNLIMITED)},
    }
    print()
    for name, ratio in ratios.items():
        print(f"{name}: {ratio}.")
    if keeps:
        keep("spec", ratios)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.spec", description="What starting costs.")
    parser.add_argument("runs", nargs="?", type=int, default=RUNS, help="of each; the best counts")
    parser.add_argument("--keep", action="store_true", help="append the ratios to benchmarks/history.md")
    given = parser.parse_args()
    main(given.runs, keeps=given.keep)
