"""The texts of messages that people read, without secrets: logs, errors and the verdict of `check`.

They are masked in the texts of a message and not in its line of JSON: there, a secret such as "17" or "type" would also
mask numbers and names of fields. Records and states are data, and are not masked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airbyte_cdk.models import AirbyteMessage

    from aws_calls.form.secrets import Secrets


def mask(message: AirbyteMessage, secrets: Secrets) -> AirbyteMessage:
    """Mask what people read of `message`, and return it."""
    if message.log:
        message.log.message = secrets.masked(message.log.message)
    if message.connectionStatus and message.connectionStatus.message:
        message.connectionStatus.message = secrets.masked(message.connectionStatus.message)
    if message.trace and message.trace.error:
        error = message.trace.error
        error.message = secrets.masked(error.message)
        error.internal_message = error.internal_message and secrets.masked(error.internal_message)
        error.stack_trace = error.stack_trace and secrets.masked(error.stack_trace)
    return message
