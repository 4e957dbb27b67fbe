"""What a stream needs of AWS, and what becomes of it where AWS refuses a part.

A need is something that is wanted (`rows`, or columns) and the ways to get it, best first. A way is the calls it takes:

    {"rows": [["iam.list_users"]], "group_names": [["iam.get_account_authorization_details"], ["iam.list_groups", …]]}
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

# What a stream cannot do without.
ROWS: Final = "rows"


class Readable(Enum):
    """How much of a stream can be read."""

    COMPLETE = "complete"
    SLOWER = "slower"  # by another way than the best for some of it
    PARTIAL = "partial"  # columns are null
    UNREADABLE = "unreadable"  # rows are missing, so the stream fails


@dataclass(frozen=True)
class Verdict:
    """What can be read of a stream, the columns that cannot, and the calls that are missing for all to be complete."""

    readable: Readable
    columns: tuple[str, ...]
    missing: tuple[str, ...]


def judge(needs: Mapping[str, list[list[str]]], refused: Collection[str]) -> Verdict:
    """Return what a stream with these needs can read where the calls in `refused` are refused."""
    best = {what: _best(ways, refused) for what, ways in needs.items()}
    lost = [what for what, way in best.items() if way is None]
    missing = dict.fromkeys(call for what, way in best.items() if way != 0 for call in needs[what][0])
    if ROWS in lost:
        readable = Readable.UNREADABLE
    elif lost:
        readable = Readable.PARTIAL
    else:
        readable = Readable.SLOWER if any(best.values()) else Readable.COMPLETE
    columns = tuple(column for what in lost if what != ROWS for column in what.split(", "))
    return Verdict(readable, columns, tuple(call for call in missing if call in refused))


def undecided(needs: Iterable[Mapping[str, list[list[str]]]], known: Mapping[str, bool]) -> list[str]:
    """Return the calls to try next: those of each need's best way that no refusal has closed yet.

    `known` says of the calls that were tried whether AWS allows them. Returns [] when every need is decided.
    """
    refused = [call for call, allowed in known.items() if not allowed]
    found: dict[str, None] = {}
    for ways in (ways for every in needs for ways in every.values()):
        open_way = next((way for way in ways if _open(way, refused)), [])
        found |= dict.fromkeys(call for call in open_way if call not in known)
    return list(found)


def _best(ways: list[list[str]], refused: Collection[str]) -> int | None:
    """Return the number of the best way that is open, or None where all are closed."""
    return next((number for number, way in enumerate(ways) if _open(way, refused)), None)


def _open(way: list[str], refused: Collection[str]) -> bool:
    return not any(call in refused for call in way)
