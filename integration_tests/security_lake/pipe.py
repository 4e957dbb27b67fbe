"""source-aws-iam | destination-security-lake, as a shell connects them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from integration_tests import connector
from integration_tests.connector import Output
from integration_tests.security_lake.lake import STREAMS, Lake, start
from integration_tests.security_lake.messages import Json, catalog


@dataclass(frozen=True)
class Piped:
    """What both have done. The output is that of the destination: it passes on nothing of the source but its states."""

    source_exit_code: int
    output: Output


def piped(lake: Lake, source: Json, folder: Path, streams: Sequence[str] = STREAMS) -> Piped:
    """Read the streams with this config of the source, and write them into the lake."""
    of_source, of_lake = folder / "source", folder / "destination"
    for each in (of_source, of_lake):
        each.mkdir(parents=True, exist_ok=True)
    with (of_source / "stderr").open("wb") as errors:
        reading = connector.start(
            "read",
            folder=of_source,
            process={"stderr": errors},
            config=source,
            catalog=connector.catalog(streams),
            state=[],
        )
        files: Json = {"config": lake.config(), "catalog": catalog(streams)}
        with reading, start("write", of_lake, process={"stdin": reading.stdout}, **files) as writing:
            stdout, stderr = writing.communicate()
    return Piped(reading.returncode, Output(writing.returncode, stdout.decode(), stderr.decode()))


def states_of(output: Output) -> dict[str, Json]:
    """Return the last state that was confirmed of each stream."""
    states = [message["state"] for message in output.messages if message["type"] == "STATE"]
    return {state["stream"]["stream_descriptor"]["name"]: state for state in states}
