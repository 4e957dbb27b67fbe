"""What is printed: operations, members, types and codes, and nothing of what is in an account.

Only the reason of a call that had no answer may name the account and the Region.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_calls.operation import declared
from source_aws_iam.aws.operations import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from contract.comparison import Comparison


def report(
    found: Comparison, operations: Collection[str], unanswered: Mapping[str, Exception] | None = None
) -> Iterator[str]:
    """Yield the lines. `unanswered` says why operations had no answer at all."""
    yield from found.differences
    if found.denied:
        actions = ", ".join(declared(operation, OPERATIONS).action for operation in found.denied)
        yield f"Denied, so not compared, or not in full: {actions}. Allow them to learn more."
    if found.passing:
        yield f"AWS failed for now at these, ask again later: {', '.join(found.passing)}."
    if found.empty:
        yield f"Nothing was there to show, so the items are not compared: {', '.join(found.empty)}."
    for operation, error in (unanswered or {}).items():
        yield f"{operation} was not answered: {type(error).__name__}: {error}"
    counted = f"{len(found.compared)} of {len(operations)} operations were compared"
    yield f"{counted}: {_many(len(found.differences))}."


def _many(differences: int) -> str:
    if not differences:
        return "AWS and embedded AWS answer in the same shapes"
    return f"{differences} difference{'s' if differences > 1 else ''}"
