"""Checks that the code knows what manifest.yaml declares of each stream.

The CDK drops keys that it does not know silently, and an undeclared call would fail in the middle of a sync.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_calls.models import operations_of
from aws_calls.operation import Operation
from source_aws_iam.aws.operations import OPERATIONS
from source_aws_iam.streams.call_plan import ROWS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

SCOPES: Final = ("account", "regional", "organization", "run")


class UndeclaredStreamError(ValueError):
    """The manifest does not fit the code. `str()` names every stream and its problem."""


def check_declarations(
    streams: Iterable[Mapping[str, Any]],
    operations: Mapping[str, Operation] = OPERATIONS,
    botocore: Callable[[str], Collection[str]] = operations_of,
) -> None:
    """Raise UndeclaredStreamError where the declaration of a stream is incomplete or names what does not exist.

    `botocore` returns the names of the operations that botocore has of a service.
    """
    found = [f"{stream.get('name')}: {problem}." for stream in streams for problem in _problems(stream, operations)]
    services = {name.partition(".")[0] for name in operations}
    known = {f"{service}.{operation}" for service in sorted(services) for operation in botocore(service)}
    found += [f"{name}: botocore has no such operation." for name in operations if name not in known]
    if found:
        raise UndeclaredStreamError(" ".join(["manifest.yaml and aws/operations.py do not fit.", *found]))


def _problems(stream: Mapping[str, Any], operations: Mapping[str, Operation]) -> Iterator[str]:
    retriever = stream.get("retriever") or {}
    scope, needs = retriever.get("scope"), retriever.get("needs") or {}
    if scope not in SCOPES:
        yield f"scope is {scope!r}, and has to be one of {', '.join(SCOPES)}"
    if ROWS not in needs:
        yield f"needs does not say which calls bring {ROWS}"
    if not stream.get("primary_key"):
        yield "it has no primary_key"
    plans = [needs, *retriever.get("few_rows", {}).values(), *retriever.get("with_setting", {}).values()]
    calls = [call for plan in plans for alternatives in plan.values() for calls in alternatives for call in calls]
    listed = [retriever["operation"]] if "operation" in retriever else []
    for call in dict.fromkeys([*calls, *retriever.get("optional_calls", ()), *listed]):
        if call not in operations:
            yield f"the operation {call} is not declared in aws/operations.py"
