"""Rules for everything that the command prints, whatever its input."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

import jsonschema
import orjson

from fuzz.changes import CANARY
from integration_tests.connector import Json, Output

# Changes may cut it.
_PART_OF_CANARY: Final = CANARY[:8]


class BrokenPromiseError(AssertionError):
    """The command broke a promise."""


class Promises:
    """The promises of a connector with these streams, whose configuration has these secrets."""

    def __init__(self, streams: Iterable[Mapping[str, Any]], secrets: Collection[str]) -> None:
        self._schemas = {stream["name"]: jsonschema.Draft7Validator(stream["json_schema"]) for stream in streams}
        self._keys = {
            stream["name"]: [column for [column] in stream["source_defined_primary_key"]] for stream in streams
        }
        self._secrets = secrets

    def hold(self, output: Output) -> None:
        """Raises BrokenPromiseError unless Airbyte and a warehouse can use all of it, and it contains no secret."""
        if output.stderr:
            raise BrokenPromiseError(f"standard error is not empty: {output.stderr[:2000]}")
        messages = [_message(line) for line in output.stdout.split("\n")[:-1]]
        _hold_failures(output, messages)
        for message in messages:
            if message["type"] == "RECORD":
                self._hold_row(message["record"]["stream"], message["record"]["data"])
            else:
                text = json.dumps(message, ensure_ascii=False)
                if any(secret in text for secret in self._secrets):
                    raise BrokenPromiseError(f"a secret of the configuration is told in a {message['type']}")
        if _PART_OF_CANARY in output.stdout:
            place = output.stdout.index(_PART_OF_CANARY)
            raise BrokenPromiseError(f"a secret of an event is printed: {output.stdout[place - 200 : place + 40]}")

    def _hold_row(self, stream: str, row: Mapping[str, Any]) -> None:
        for problem in self._schemas[stream].iter_errors(row):
            raise BrokenPromiseError(f"a row of {stream} is not of its schema: {problem.message[:500]}")
        missing = [column for column in self._keys[stream] if row.get(column) is None]
        if missing:
            raise BrokenPromiseError(f"a row of {stream} has no {', '.join(missing)}: no warehouse can load it")


def _hold_failures(output: Output, messages: Iterable[Json]) -> None:
    """Every failure has a message, and none of them is a crash."""
    errors = [m["trace"]["error"] for m in messages if m["type"] == "TRACE" and m["trace"]["type"] == "ERROR"]
    said = any(m["type"] == "CONNECTION_STATUS" for m in messages)
    if output.exit_code not in {0, 1} or (output.exit_code == 1 and not errors):
        raise BrokenPromiseError(f"exit code {output.exit_code} with {len(errors)} error traces")
    if output.exit_code == 0 and errors and not said and not output.statuses:
        raise BrokenPromiseError("exit code 0 with an error trace")
    for error in errors:
        if error["failure_type"] == "system_error":
            raise BrokenPromiseError(
                f"a crash: {error['message']} {error.get('internal_message')} {error.get('stack_trace')}"
            )
        if not error["message"].strip():
            raise BrokenPromiseError("a failure without a word")


def _message(line: str) -> Json:
    """Return a line as a message, if every reader of JSON can read it."""
    try:
        orjson.loads(line)
        message: Json = json.loads(line, parse_constant=_refuse)
    except ValueError as error:
        raise BrokenPromiseError(f"a line that is no JSON: {error}: {line[:2000]}") from error
    if "type" not in message:
        raise BrokenPromiseError(f"a line that is no message: {line[:200]}")
    return message


def _refuse(constant: str) -> None:
    raise ValueError(constant)
