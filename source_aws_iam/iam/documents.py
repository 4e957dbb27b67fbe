"""Policy documents as statements in which everything that may be one value or a list is a list.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from source_aws_iam.iam.account import Row


def statements(document: Mapping[str, Any] | None) -> Iterator[Row]:
    """Yield the statements of a document, numbered from 0; nothing for a document that is no JSON object.

    Principals are {type: [principal, …]}; the principal "*" for everybody is {"AWS": ["*"]}, which means the same.
    """
    for number, statement in enumerate(listed((document or {}).get("Statement"))):
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
            "conditions": statement.get("Condition"),
        }


def listed(value: Any) -> list[Any]:
    """Return a value or a list of values as a list, and nothing as an empty one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def condition_values(conditions: Mapping[str, Any] | None, key: str, operators: str = "") -> list[Any]:
    """Return all values that a condition demands of `key` ("sts:ExternalId"), by operators with `operators` in them.

    Condition keys are compared without regard to case, as IAM does.
    """
    return [
        value
        for operator, tests in (conditions or {}).items()
        if operators in operator
        for name, values in tests.items()
        if name.lower() == key.lower()
        for value in listed(values)
    ]


def _principals(principal: Any) -> dict[str, list[Any]] | None:
    if principal is None:
        return None
    if not isinstance(principal, dict):
        return {"AWS": listed(principal)}
    return {kind: listed(values) for kind, values in principal.items()}
