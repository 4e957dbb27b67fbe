"""Services whose requests do not name the operation: their models say which method and path it has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple
from urllib.parse import unquote

from moto.core.utils import get_service_model

MODELS: Mapping[str, str] = {"access-analyzer": "accessanalyzer"}
"""The name that signs -> botocore's name of the service."""

_ACTIONS: Mapping[str, str] = {
    "GetFindingV2": "GetFinding",
    "HeadBucket": "ListBucket",
    "ListFindingsV2": "ListFindings",
    "ListObjectsV2": "ListBucket",
}
"""Operations that IAM's policies have under another name."""


class Route(NamedTuple):
    """An operation, and the arguments that are in its path."""

    operation: str
    arguments: Mapping[str, str]


def route(service: str, method: str, path: str) -> Route | None:
    """Return the operation of a service in MODELS, or None where it has none there."""
    for operation, method_of_it, pattern in _routes(MODELS[service]):
        found = pattern.fullmatch(path)
        if found and method == method_of_it:
            return Route(operation, {name: unquote(value) for name, value in found.groupdict().items()})
    return None


def action_of(operation: str) -> str:
    """Return IAM's name of the action that allows an operation."""
    return _ACTIONS.get(operation, operation)


@cache
def _routes(model_name: str) -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    model = get_service_model(model_name)
    found = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        parts = re.split(r"{(\w+)}", http["requestUri"])
        pattern = "".join(f"(?P<{part}>[^/]+)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
        found.append((name, http["method"], re.compile(pattern)))
    return tuple(found)
