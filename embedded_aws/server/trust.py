"""Authorization of sts:AssumeRole by the role's trust policy.

It covers what a connector's role uses: `Principal` as AWS ARN, account or "*", and the conditions StringEquals
and StringNotEquals on `sts:ExternalId`. Other conditions count as not met.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from embedded_aws.server.principals import Principal

_ASSUME = {"sts:AssumeRole", "sts:*", "*"}


def allows_assuming(trust_policy: str, caller: Principal, external_id: str | None) -> bool:
    effects = set()
    for statement in _listed(json.loads(trust_policy).get("Statement")):
        if (
            not _ASSUME.isdisjoint(_listed(statement.get("Action")))
            and not _names(caller).isdisjoint(_aws_principals(statement))
            and _conditions_met(statement.get("Condition", {}), external_id)
        ):
            effects.add(statement["Effect"])
    return "Allow" in effects and "Deny" not in effects


def _listed(value: Any) -> list[Any]:
    """Policy grammar allows one value wherever it allows a list."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _names(caller: Principal) -> set[str]:
    """What a trust policy may call this caller."""
    partition = caller.arn.split(":")[1]
    names = {"*", caller.arn, caller.account_id, f"arn:{partition}:iam::{caller.account_id}:root"}
    return names | {caller.role_arn} if caller.role_arn else names


def _aws_principals(statement: Mapping[str, Any]) -> list[str]:
    principal = statement.get("Principal")
    return _listed(principal.get("AWS")) if isinstance(principal, dict) else _listed(principal)


def _conditions_met(conditions: Mapping[str, Mapping[str, Any]], external_id: str | None) -> bool:
    return all(_verdicts(conditions, external_id))


def _verdicts(conditions: Mapping[str, Mapping[str, Any]], external_id: str | None) -> Iterator[bool]:
    for operator, tests in conditions.items():
        for key, wanted in tests.items():
            if key.lower() != "sts:externalid" or operator not in ("StringEquals", "StringNotEquals"):
                yield False
            else:
                yield (external_id in _listed(wanted)) == (operator == "StringEquals")
