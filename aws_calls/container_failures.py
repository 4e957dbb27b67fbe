"""Why the credential endpoint of a container or pod returned no credentials, as text for the user.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from botocore import exceptions as botocore_errors

from aws_calls.endpoint import unusable
from aws_calls.environment import unreadable
from aws_calls.sources import CONTAINER, CONTAINER_TOKEN

if TYPE_CHECKING:
    from aws_calls.sources import Source

JSON: Final = "answered no JSON object with AccessKeyId, SecretAccessKey, Token and Expiration"
_STATUS: Final = re.compile(r"non 200 response (\d+)")


def status_of(error: Exception) -> str:
    """Return the HTTP status of a credential endpoint's answer, or "" where it did not answer."""
    found = _STATUS.search(str(error))
    return found[1] if found else ""


def why(error: Exception, source: Source) -> str:
    """Return why the credential endpoint of `source` caused `error`."""
    return _address(error, source.container_variable) or _token(error) or _answer(error)


def _address(error: Exception, variable: str) -> str | None:
    # Not their subclasses: those for JSON and UTF-8 concern the answer, and those for timeouts the network.
    if type(error) in {ValueError, botocore_errors.HTTPClientError} and variable == CONTAINER[1]:
        wrong = unusable(os.environ.get(variable, ""))
        if wrong:
            return f"{variable} {wrong}"
    if str(error).startswith("Unsupported host"):
        return f"{variable} names a host that is not allowed: it must be https, loopback, or the agent of ECS or EKS"
    return None


def _token(error: Exception) -> str | None:
    named = f"the token file that {CONTAINER_TOKEN[0]} names"
    if isinstance(error, OSError) and error.filename:
        return f"{unreadable(error)}. It is {named}"
    if isinstance(error, UnicodeDecodeError):
        return f"{named}, or what the endpoint answered, is no UTF-8 text"
    if str(error).startswith("Auth token") or type(error) is botocore_errors.HTTPClientError:
        return f"the token of {' or '.join(CONTAINER_TOKEN)} holds a character that no HTTP header may have"
    return None


def _answer(error: Exception) -> str:
    if status := status_of(error):
        return f"the endpoint answered with HTTP {status}. Look at the agent's log, and at the role of the task or pod"
    if isinstance(error, botocore_errors.BotoCoreError):
        return "the endpoint did not answer, or not with JSON. Check that its agent runs"
    return f"the endpoint {JSON}"
