"""Statements of policy documents, with a list wherever the author may write one value or a list.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from source_aws_iam.aws.reader import Row


def statements(document: Mapping[str, Any] | None) -> Iterator[Row]:
    """Yield the statements of a document, numbered from 0. A document that is no JSON object has none.

    Principals are {type: [principal, …]}; the principal "*" becomes {"AWS": ["*"]}, which means the same. All values
    are text, as IAM reads them, also those without quotation marks. A statement that is no object becomes an empty one.
    """
    for number, found in enumerate(_several((document or {}).get("Statement"))):
        statement = found if isinstance(found, dict) else {}
        yield {
            "statement_index": number,
            "sid": _text_or_none(statement.get("Sid")),
            "effect": _text_or_none(statement.get("Effect")),
            "actions": _texts(statement.get("Action")),
            "not_actions": _texts(statement.get("NotAction")),
            "resources": _texts(statement.get("Resource")),
            "not_resources": _texts(statement.get("NotResource")),
            "principals": _principals(statement.get("Principal")),
            "not_principals": _principals(statement.get("NotPrincipal")),
            "conditions": statement["Condition"] if isinstance(statement.get("Condition"), dict) else None,
        }


_AWS: Final = "AWS"
_DIGITS_OF_ACCOUNT: Final = 12
_WITH_WILDCARDS: Final = frozenset({"stringlike", "arnlike", "arnequals"})
_ONLY_WILDCARDS: Final = re.compile(r"[*?]+")


@dataclass(frozen=True)
class Demand:
    """A condition on one key: its operator ("ForAnyValue:StringLike"), and the values to compare with, as text."""

    operator: str
    values: list[str]

    @property
    def is_positive_text(self) -> bool:
        """Return whether the values are those that the condition accepts."""
        name = self.operator.lower().rpartition(":")[2]
        return name.startswith("string") and "not" not in name

    @property
    def needs_key(self) -> bool:
        """Return whether only requests with the key can pass. Without values to compare with, all can.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
        """
        prefix, _, name = self.operator.lower().rpartition(":")
        if not self.values:
            return False
        if name == "null":
            return set(map(str.lower, self.values)) == {"false"}
        if prefix:
            # IfExists changes nothing here: a set operator on an absent key is true or false by itself.
            return prefix == "foranyvalue"
        return "not" not in name and not name.endswith("ifexists")

    @property
    def needs_value(self) -> bool:
        """Return whether only requests with a value that the author chose can pass.

        Any value passes where the key must only be present, or match wildcards only.
        """
        name = self.operator.lower().rpartition(":")[2].removesuffix("ifexists")
        any_value = name == "null" or (name in _WITH_WILDCARDS and any(map(_ONLY_WILDCARDS.fullmatch, self.values)))
        return self.needs_key and not any_value


def demands(conditions: Mapping[str, Any] | None, key: str) -> list[Demand]:
    """Return the conditions on `key` ("sts:ExternalId"). IAM compares keys without regard to case."""
    return [
        Demand(operator, _texts(values))
        for operator, keys in (conditions or {}).items()
        if isinstance(keys, dict)
        for name, values in keys.items()
        if name.lower() == key.lower()
    ]


def _several(value: Any) -> list[Any]:
    """Return a value or a list of values as a list, and nothing as an empty one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _texts(value: Any) -> list[str]:
    return [_text(one) for one in _several(value) if one is not None]


def _text(value: Any) -> str:
    """Return a value as IAM reads it: true and 3600 mean "true" and "3600"."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value)


def _principals(principal: Any) -> dict[str, list[str]] | None:
    if principal is None:
        return None
    by_kind = principal if isinstance(principal, dict) else {_AWS: principal}
    return {
        kind: [_account(value) if kind == _AWS else _text(value) for value in _several(values) if value is not None]
        for kind, values in by_kind.items()
    }


def _account(principal: Any) -> str:
    """Return an AWS principal. A number is an account id that lost its leading zeros."""
    if isinstance(principal, float) and principal.is_integer():
        principal = int(principal)
    if isinstance(principal, int) and not isinstance(principal, bool):
        return f"{principal:0{_DIGITS_OF_ACCOUNT}d}"
    return _text(principal)
