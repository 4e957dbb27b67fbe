"""The connector in this process: no three seconds of imports for each sync, and its constants can be set.

What Airbyte sees is the business of connector.py; this is for tests of what many syncs leave in the warehouse.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from integration_tests.connector import NO_STATE, SMALL_WINDOWS, Json, Output, catalog
from source_aws_iam.cli.command import Entrypoint
from source_aws_iam.cli.files import Inputs
from source_aws_iam.source import SourceAwsIam


@pytest.fixture
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SMALL_WINDOWS.items():
        monkeypatch.setattr(name, value)


def read_events(config: Json, folder: Path, *, state: Sequence[Mapping[str, Any]] = NO_STATE) -> Output:
    """Run `read` of audit_events, as command_line.py does. An Output without logs."""
    arguments = ["read"]
    for name, content in {"config": config, "catalog": catalog(["audit_events"]), "state": list(state)}.items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(content))
        arguments += [f"--{name}", str(path)]
    parsed = Entrypoint.parse_args(arguments)
    inputs = Inputs.of(parsed)
    source = SourceAwsIam(catalog=inputs.catalog, config=inputs.config, state=inputs.state)
    exit_code, lines = 0, list[str]()
    try:
        lines.extend(Entrypoint(source, inputs, Entrypoint.airbyte_message_to_string).run(parsed))
    except AirbyteTracedException:
        exit_code = 1
    return Output(exit_code, "\n".join(lines), "")
