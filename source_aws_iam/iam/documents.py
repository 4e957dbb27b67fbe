"""Policy documents as statements in which everything that may be one value or a list is a list.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from source_aws_iam.iam.account import Row


def statements(document: Mapping[str, Any] | None) -> Iterator[Row]:
    """Yield the statements of a document, numbered from 0; nothing for a document that is no JSON object.

    Principals are {type: [principal, …]}; the principal "*" for everybody is {"AWS": ["*"]}, which means the same.
    A statement that is no object, which AWS should not store, is yielded as one that says nothing.
    """
    for number, found in enumerate(listed((document or {}).get("Statement"))):
        statement = found if isinstance(found, dict) else {}
        yield {
            "statement_index": number,
            "sid": statement.get("Sid"),
            "effect": statement.get("Effect"),
            "actions": listed(statement.get("Action")),
            "not_actions": listed(statement.get("NotAction")),
            "resources": listed(statement.get("Resource")),
            "not_resources": listed(statement.get("NotResource")),
            "principals": _principals(statement.get("Principal")),
            "not_principals": _principals(statement.get("NotPrincipal")),
            "conditions": statement["Condition"] if isinstance(statement.get("Condition"), dict) else None,
        }


def listed(value: Any) -> list[Any]:
    """Return a value or a list of values as a list, and nothing as an empty one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


@dataclass(frozen=True)
class Demand:
    """What a condition demands of one key: "ForAnyValue:StringLike", and the values to compare with, as text."""

    operator: str
    values: list[str]

    @property
    def is_positive_text(self) -> bool:
        """Return whether the values are those that the condition accepts."""
        name = self.operator.lower().rpartition(":")[2]
        return name.startswith("string") and "not" not in name

    @property
    def needs_key(self) -> bool:
        """Return whether no request without the key can pass.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
        """
        prefix, _, name = self.operator.lower().rpartition(":")
        if name == "null":
            return set(map(str.lower, self.values)) == {"false"}
        if prefix:
            # IfExists changes nothing here: a set operator on no values at all is false, or true, by itself.
            return prefix == "foranyvalue"
        return "not" not in name and not name.endswith("ifexists")


def demands(conditions: Mapping[str, Any] | None, key: str) -> list[Demand]:
    """Return what the conditions demand of `key` ("sts:ExternalId"). IAM compares keys without regard to case."""
    return [
        Demand(operator, [_text(value) for value in listed(values)])
        for operator, keys in (conditions or {}).items()
        if isinstance(keys, dict)
        for name, values in keys.items()
        if name.lower() == key.lower()
    ]


def _text(value: Any) -> str:
    """Return a value as IAM reads it: true and 3600 mean "true" and "3600"."""
    return value if isinstance(value, str) else json.dumps(value)


def _principals(principal: Any) -> dict[str, list[Any]] | None:
    if principal is None:
        return None
    if not isinstance(principal, dict):
        return {"AWS": listed(principal)}
    return {kind: listed(values) for kind, values in principal.items()}
