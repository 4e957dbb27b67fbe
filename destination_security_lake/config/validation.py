"""The problems of a configuration, in sentences that say what to change. Values are never quoted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def problems(config: Mapping[str, Any]) -> list[str]:
    """Return one sentence per problem of `config`, [] for a valid one."""
    raise NotImplementedError
