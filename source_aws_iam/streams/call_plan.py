"""Call plans: which calls a stream needs, and what can be read of it where AWS denies some.

A call plan has the rows and the columns, each with the alternatives to read them, best first. An alternative is a list
of calls, all of which it needs:

    {"rows": [["iam.list_users"]], "group_names": [["iam.get_account_authorization_details"], ["iam.list_groups", …]]}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from aws_calls.operation import declared
from source_aws_iam.aws.operations import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from source_aws_iam.aws.session import Session

Needs = Mapping[str, list[list[str]]]

# The stream fails without its rows.
ROWS: Final = "rows"


class Readable(Enum):
    """How much of a stream can be read."""

    COMPLETE = "complete"
    SLOWER = "slower"  # some of it with another alternative than the best
    PARTIAL = "partial"  # columns are null
    UNREADABLE = "unreadable"  # rows are missing, so the stream fails


@dataclass(frozen=True)
class Verdict:
    """How much of a stream can be read, the columns that cannot, and the denied calls that would make it complete."""

    readable: Readable
    columns: tuple[str, ...]
    missing: tuple[str, ...]


def call_plan(retriever: Mapping[str, Any], config: Mapping[str, Any]) -> Needs:
    """Return what the stream of a manifest's `retriever` needs with the settings that are on in `config`."""
    plans: dict[str, Needs] = retriever.get("with_setting", {})
    plan = dict(retriever["needs"])
    for more in (more for setting, more in plans.items() if config.get(setting)):
        for what, alternatives in more.items():
            both = product(plan.get(what, [[]]), alternatives)
            plan[what] = [[*dict.fromkeys((*calls, *others))] for calls, others in both]
    return plan


def judge(needs: Needs, denied: Collection[str]) -> Verdict:
    """Return how much of a stream can be read where the calls in `denied` are denied."""
    best = {what: _best(alternatives, denied) for what, alternatives in needs.items()}
    lost = [what for what, number in best.items() if number is None]
    missing = dict.fromkeys(call for what, number in best.items() if number != 0 for call in needs[what][0])
    if ROWS in lost:
        readable = Readable.UNREADABLE
    elif lost:
        readable = Readable.PARTIAL
    else:
        readable = Readable.SLOWER if any(best.values()) else Readable.COMPLETE
    columns = tuple(column for what in lost if what != ROWS for column in what.split(", "))
    return Verdict(readable, columns, tuple(call for call in missing if call in denied))


def unavailable_calls(needs: Needs, session: Session, region: str | None = None) -> set[str]:
    """Return the calls of a call plan that are known to be unavailable, in a Region or in the home Region."""
    calls = {call for alternatives in needs.values() for calls in alternatives for call in calls}
    services = {call.partition(".")[0] for call in calls}
    return calls.intersection(
        f"{service}.{operation}" for service in services for operation in session.unavailable(service, region)
    )


def missing_actions(needs: Needs, denied: Collection[str]) -> tuple[str, ...]:
    """Return the denied IAM actions of the best alternatives to what no alternative brings."""
    best = (alternatives[0] for alternatives in needs.values() if _best(alternatives, denied) is None)
    return tuple(dict.fromkeys(declared(call, OPERATIONS).action for calls in best for call in calls if call in denied))


def undecided(needs: Iterable[Needs], known: Mapping[str, bool]) -> list[str]:
    """Return the calls to probe next: those of the best alternative of each need that may still be open.

    `known` says of the calls that were probed whether AWS allows them. Returns [] when every need is decided.
    """
    denied = [call for call, allowed in known.items() if not allowed]
    found: dict[str, None] = {}
    for alternatives in (alternatives for every in needs for alternatives in every.values()):
        calls = next((calls for calls in alternatives if _is_open(calls, denied)), [])
        found |= dict.fromkeys(call for call in calls if call not in known)
    return list(found)


def _best(alternatives: list[list[str]], denied: Collection[str]) -> int | None:
    """Return the number of the best alternative of which no call is denied, or None where there is none."""
    return next((number for number, calls in enumerate(alternatives) if _is_open(calls, denied)), None)


def _is_open(calls: list[str], denied: Collection[str]) -> bool:
    return not any(call in denied for call in calls)
