"""Secrets in CloudTrail records: found by their names, and replaced by REDACTED.

CloudTrail hides many secrets itself. It logs others: the session tokens that sts:AssumeRole issues, tokens and
signatures in requests, and whatever callers put into parameters and URLs.
https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html

The value of a secret's name is replaced whole, also if it is a list or an object. Values that grant nothing stay: null,
true and false, empty values, and those that CloudTrail has hidden.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from source_aws_iam.cloudtrail.record.secret_names import is_name, is_value, names_secret
from source_aws_iam.cloudtrail.record.secrets_in_text import REDACTED, may_hold_pairs, opens_nothing, redacted_text
from source_aws_iam.sync.loadable import renamed

__all__ = ["REDACTED", "redacted", "redacted_text", "without_secrets"]

Json = Any

_REMEMBERED: Final = 10_000
_CONTAINERS: Final = frozenset({dict, list})
_harmless: set[str] = set()
"""Names that are known to be harmless. Callers choose some names, so their number is limited."""


def without_secrets(value: Json, text: str) -> Json:
    """Return what `redacted` does, for a value whose JSON text is `text`. The value itself is changed.

    Most records have no pairs in their texts. Then only the names of their fields count, which takes a fifth of the
    time.
    """
    if may_hold_pairs(text):
        return redacted(value)
    _redact_named(value)
    return value


def redacted(value: Json) -> Json:
    """Return a JSON value with REDACTED for secrets, also inside its texts."""
    if isinstance(value, str):
        return redacted_text(value)
    if isinstance(value, list):
        return [redacted(item) for item in value]
    if not isinstance(value, dict):
        return value
    if _are_harmless(value):
        return {name: redacted(item) for name, item in value.items()}
    fields = renamed(value, redacted_text)
    secret = _secret_names(fields)
    return {
        name: REDACTED if name in secret and not _opens_nothing(item) else redacted(item)
        for name, item in fields.items()
    }


def _redact_named(value: Json) -> None:
    found = [value]
    for item in found:
        if isinstance(item, dict):
            if not (_harmless.issuperset(item) or _are_harmless(item)):
                for name in _secret_names(item):
                    if not _opens_nothing(item[name]):
                        item[name] = REDACTED
            inner = item.values()
        else:
            inner = item
        found += [one for one in inner if type(one) in _CONTAINERS]


def _are_harmless(names: Collection[str]) -> bool:
    """Return whether none of these names is that of a secret, contains one, or depends on the name beside it.

    Records have few different names, so the result is remembered.
    """
    if _harmless.issuperset(names):
        return True
    if any(names_secret(name) or is_value(name) or redacted_text(name) != name for name in names):
        return False
    if len(_harmless) < _REMEMBERED:
        _harmless.update(names)
    return True


def _secret_names(fields: Mapping[str, Json]) -> Collection[str]:
    """Return the names of the fields that are secrets by their own name, or by the name in the field beside them."""
    given = (item for name, item in fields.items() if is_name(name) and isinstance(item, str))
    is_named = any(map(names_secret, given))
    return [name for name in fields if names_secret(name) or (is_named and is_value(name))]


def _opens_nothing(value: Json) -> bool:
    if isinstance(value, str):
        return opens_nothing(value)
    return value is None or isinstance(value, bool) or value in ([], {})
