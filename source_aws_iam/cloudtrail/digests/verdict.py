"""What may be wrong with a digest, worst first."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection


class Problem(Enum):
    """What is wrong with a digest, or with what it lists."""

    UNREADABLE = "unreadable"  # archived, deleted, or no digest at all
    UNSIGNED = "unsigned"  # the object has no signature
    SIGNATURE_INVALID = "signature_invalid"  # the digest was changed, or moved
    CHAIN_BROKEN = "chain_broken"  # the digest before is missing, or was changed
    FILE_MISSING = "file_missing"
    FILE_CHANGED = "file_changed"
    FILE_ARCHIVED = "file_archived"  # its hash cannot be computed before it is restored
    FILE_ELSEWHERE = "file_elsewhere"  # it is in another bucket, or closed to us outside of the account's folder
    KEYS_DENIED = "keys_denied"  # all but the signature is right


VALID: Final = "valid"


def in_order(problems: Collection[Problem]) -> list[str]:
    """Return the problems, each once, worst first."""
    return [problem.value for problem in Problem if problem in problems]
