"""The values that a form was filled in with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def given(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return `config` without empty texts and nulls, which forms and Terraform send for fields without a value."""
    return {name: _given(value) for name, value in config.items() if value not in ("", None)}


def _given(value: Any) -> Any:
    if isinstance(value, list):
        return [_given(item) for item in value]
    return given(value) if isinstance(value, dict) else value
