"""The files of the command line: read once, because each may be a pipe, and as UTF-8 in every locale."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from airbyte_cdk.models import AirbyteStateMessage, AirbyteStateType, ConfiguredAirbyteCatalog
from airbyte_cdk.models.airbyte_protocol_serializers import (
    AirbyteStateMessageSerializer,
    ConfiguredAirbyteCatalogSerializer,
)

from source_aws_iam.sync.traces import config_error

if TYPE_CHECKING:
    import argparse

    from airbyte_cdk.utils.traced_exception import AirbyteTracedException

# No field of a config, state or catalog nests as deep. Parsers fail at a thousand levels.
DEEPEST: Final = 100
# Python does not parse integers of thousands of digits. The longest double has 309.
MOST_DIGITS: Final = 309
# A string that the end of the text cuts short counts too: otherwise each of its quotes would be tried as a start.
_TOKENS: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[{]|[\]}]', re.DOTALL)
_STATES: Final = (
    "It must be a JSON list of the states that the connector has written, one for each stream: "
    '[{"type": "STREAM", "stream": {"stream_descriptor": {"name": "audit_events"}, "stream_state": {…}}}]'
)


@dataclass(frozen=True, repr=False)
class Inputs:
    """The content of the files of the command line. It has no repr, because the config has secrets."""

    config: dict[str, Any] | None = None
    catalog: ConfiguredAirbyteCatalog | None = None
    state: list[AirbyteStateMessage] | None = None

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> Inputs:
        """Read the files that are given. Raises a config_error."""
        return cls(
            config=read_config(arguments.config) if "config" in arguments else None,
            catalog=read_catalog(arguments.catalog) if "catalog" in arguments else None,
            state=read_state(arguments.state) if getattr(arguments, "state", None) else None,
        )


def read_config(path: str) -> dict[str, Any]:
    """Return the config in the file. Raises a config_error."""
    config = _json_in(path)
    if not isinstance(config, dict):
        raise _unusable(path, "It must be a JSON object")
    return config


def read_catalog(path: str) -> ConfiguredAirbyteCatalog:
    """Return the configured catalog in the file. Raises a config_error."""
    try:
        catalog = ConfiguredAirbyteCatalogSerializer.load(_json_in(path))
    except ValueError as error:
        raise _unusable(path, f"It must be a configured catalog of Airbyte{_where(error)}") from None
    twice = [name for name, count in Counter(chosen.stream.name for chosen in catalog.streams).items() if count > 1]
    if twice:
        raise _unusable(path, f"It may name each stream once, and names these more often: {', '.join(twice)}")
    return catalog


def read_state(path: str) -> list[AirbyteStateMessage]:
    """Return the states in the file, [] where it has none yet. Raises a config_error."""
    content = _json_in(path)
    if not content:
        return []
    if not isinstance(content, list):
        raise _unusable(path, _STATES)
    try:
        states = list(map(AirbyteStateMessageSerializer.load, content))
    except ValueError as error:
        raise _unusable(path, f"{_STATES}{_where(error)}") from None
    if [state.type for state in states] == [AirbyteStateType.GLOBAL]:
        states = _by_stream(path, states[0])
    if not all(state.type is AirbyteStateType.STREAM and state.stream for state in states):
        raise _unusable(path, _STATES)
    return states


def _by_stream(path: str, state: AirbyteStateMessage) -> list[AirbyteStateMessage]:
    whole = state.global_
    if not whole:
        return [state]
    if whole.shared_state and vars(whole.shared_state):
        raise _unusable(path, f"A global state with a shared_state was not written by this connector. {_STATES}")
    return [AirbyteStateMessage(type=AirbyteStateType.STREAM, stream=stream) for stream in whole.stream_states]


def _json_in(path: str) -> Any:
    try:
        # Editors on Windows put a byte order mark before UTF-8.
        text = Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from None
    except UnicodeDecodeError as error:
        raise _unusable(path, f"It must be UTF-8, and byte {error.start} is not") from None
    try:
        return json.loads(_shallow(text), parse_int=_number)
    except ValueError as error:
        raise _unusable(path, f"It is not JSON: {error}") from None


def _shallow(text: str) -> str:
    """Return the JSON `text` with null for every value that is nested deeper than DEEPEST."""
    kept: list[str] = []
    depth = position = 0
    for token in _TOKENS.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth == DEEPEST + 1:
                kept.append(text[position : token.start()])
        elif token[0] in "]}":
            if depth == DEEPEST + 1:
                kept.append("null")
                position = token.end()
            depth -= 1
    # Of text that ends inside a deep value, only the beginning is left. It is no JSON either.
    return "".join(kept) + (text[position:] if depth <= DEEPEST else "")


def _number(digits: str) -> float:
    return int(digits) if len(digits) <= MOST_DIGITS else float(digits)


def _where(error: ValueError) -> str:
    """Return where the CDK found an error. Its text would quote values."""
    paths = [item.instance_path for item in getattr(error, "errors", ())]
    return f" (at: {paths[0].replace('/', '.') or 'the top level'})" if paths else ""


def _unusable(path: str, why: str) -> AirbyteTracedException:
    # A file name is bytes. Python has lone surrogates for those that are no text in the locale.
    name = os.fsencode(path).decode(errors="replace") or '""'
    return config_error(f"The file {name} cannot be used. {why}.")
