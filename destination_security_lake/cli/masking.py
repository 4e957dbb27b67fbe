"""A message as it is printed, without secrets.

They are masked in the texts of a message and not in its line of JSON: there, a secret such as "17" or "type" would also
mask numbers and names of fields. States are data, and are printed as they came.
"""

from __future__ import annotations

from typing import Any

from airbyte_cdk.models import AirbyteMessage, AirbyteMessageSerializer

from aws_calls.form.secrets import Secrets
from destination_security_lake.cli.output import loadable
from destination_security_lake.writing.states import ReceivedState

# Of logs, traces and the verdict of `check`.
_READ_BY_PEOPLE = frozenset({"message", "internal_message", "stack_trace"})


def printable(message: AirbyteMessage, secrets: Secrets) -> dict[str, Any]:
    """Return the message as JSON has it."""
    if isinstance(message.state, ReceivedState):
        return message.state.as_received
    return {name: _masked(value, secrets) for name, value in AirbyteMessageSerializer.dump(message).items()}


def _masked(value: Any, secrets: Secrets) -> Any:
    if not isinstance(value, dict):
        return value
    return {
        name: loadable(secrets.masked(member)) if name in _READ_BY_PEOPLE and member else _masked(member, secrets)
        for name, member in value.items()
    }
