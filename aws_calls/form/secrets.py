"""Secrets of the configuration, masked in every text that people read."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

# The secret fields of the form. They are listed here because loading the form may fail after the config was read.
NAMES: Final = frozenset({"access_key_id", "secret_access_key", "session_token", "external_id"})
MASK: Final = "****"
# Shorter secrets are masked only as whole words: "e" occurs in almost every word.
SHORTEST_IN_WORDS: Final = 8


class Secrets:
    """The secrets that were found so far."""

    def __init__(self) -> None:
        self._pattern: re.Pattern[str] | None = None

    def find_in(self, config: Any) -> None:
        """Remember every value of a secret field, wherever in `config` and of whatever type it is."""
        found = {form for secret in _found(config) for form in _forms(secret)}
        if found:
            # The longest first: one secret may be a part of another.
            self._pattern = re.compile("|".join(map(_occurrence, sorted(found, key=lambda form: (-len(form), form)))))

    def masked(self, text: str) -> str:
        """Return `text` without the secrets."""
        return self._pattern.sub(MASK, text) if self._pattern else text


def _found(value: Any, *, secret: bool = False) -> Iterator[str]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _found(member, secret=secret or name in NAMES)
    elif isinstance(value, list):
        for item in value:
            yield from _found(item, secret=secret)
    elif secret and value not in (None, ""):
        yield str(value)


def _forms(secret: str) -> Iterator[str]:
    """Yield the forms in which a text may quote `secret`: as it is, in JSON, in Python's repr, in a URL."""
    yield secret
    yield json.dumps(secret)[1:-1]
    yield repr(secret)[1:-1]
    yield quote(secret, safe="", errors="replace")


def _occurrence(form: str) -> str:
    pattern = re.escape(form)
    return pattern if len(form) >= SHORTEST_IN_WORDS else rf"(?<![A-Za-z0-9]){pattern}(?![A-Za-z0-9])"
