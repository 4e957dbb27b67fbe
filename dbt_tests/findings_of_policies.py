"""What the rules about policies and trust find in an account, in the documents as their authors wrote them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from moto.iam.models import Role

from embedded_aws.server.cloud import Cloud
from embedded_aws.truth.policies import default_version

Statement = Mapping[str, Any]
ALL: Final = frozenset({"*", "*:*"})
OPEN_SUBJECTS: Final = ("*", "?", "repo:*", "repo:?")
UNIQUE_IDS: Final = ("AIDA", "AROA")


def of_policies(aws: Cloud) -> Iterator[tuple[str, str]]:
    """Rule and resource id of each finding in the home account of `aws`."""
    backend = aws.iam()
    held = {arn for holder in _holders(aws) for arn in holder.managed_policies}
    for arn, policy in backend.managed_policies.items():
        statements = _statements(default_version(policy).document)
        if ":iam::aws:" not in arn:
            if arn in held and any(map(_makes_administrators, statements)):
                yield "administrator_policy", arn
            if any(map(_is_wide, statements)):
                yield "wide_statement", arn
    for holder in _holders(aws):
        for name, document in holder.policies.items():
            statements = _statements(document)
            if any(map(_makes_administrators, statements)):
                yield "inline_administrator", f"{holder.id}/{name}"
            if any(map(_is_wide, statements)):
                yield "wide_statement", f"{holder.id}/{name}"


def of_trusts(aws: Cloud) -> Iterator[tuple[str, str]]:
    """Rule and resource id of each finding in the home account of `aws`."""
    tree = aws.organization
    own = {aws.account_id, *(tree.members if tree else ())}
    for role in aws.iam().roles.values():
        for rule in _rules_of_trust(role, own):
            yield rule, role.id


def administrators(aws: Cloud) -> set[str]:
    """Return the ids of the users and roles whom a policy of their own or of a group allows everything."""
    backend = aws.iam()
    found = {holder.id for holder in _holders(aws) if _is_administrator(aws, holder)}
    return found | {user.id for group in backend.groups.values() if group.id in found for user in group.users}


def _is_administrator(aws: Cloud, holder: Any) -> bool:
    managed = (default_version(aws.iam().managed_policies[arn]).document for arn in holder.managed_policies)
    documents = [*managed, *holder.policies.values()]
    return any(_makes_administrators(statement) for document in documents for statement in _statements(document))


def _holders(aws: Cloud) -> list[Any]:
    backend = aws.iam()
    return [*backend.users.values(), *backend.groups.values(), *backend.roles.values()]


def _statements(document: str) -> list[Statement]:
    return _several(json.loads(document)["Statement"])


def _makes_administrators(statement: Statement) -> bool:
    return (
        _allows_anyway(statement)
        and not ALL.isdisjoint(_several(statement.get("Action", [])))
        and "*" in _several(statement.get("Resource", []))
    )


def _is_wide(statement: Statement) -> bool:
    """All actions of a service, or all but some."""
    named_all = "*" in _several(statement.get("Resource", []))
    if not _allows_anyway(statement) or not (named_all or statement.get("NotResource")):
        return False
    actions = _several(statement.get("Action", []))
    services = [action for action in actions if action not in ALL and action.endswith(":*")]
    nearly_all = [action for action in actions if action in ALL and not named_all]
    return bool(services or nearly_all or statement.get("NotAction"))


def _allows_anyway(statement: Statement) -> bool:
    return statement["Effect"] == "Allow" and not statement.get("Condition")


def _rules_of_trust(role: Role, own: set[str]) -> set[str]:
    rules = set()
    for statement in _statements(role.assume_role_policy_document):
        if statement["Effect"] == "Allow":
            rules |= {*_rules_of_statement(statement, own)}
        named = statement.get("NotPrincipal") or statement["Principal"]
        if any(principal.startswith(UNIQUE_IDS) for principal in _principals(named, "AWS")):
            rules.add("deleted_principal_trust")
    return rules


def _rules_of_statement(statement: Statement, own: set[str]) -> Iterator[str]:
    tests = dict(_tests(statement.get("Condition") or {}))
    excluded = "NotPrincipal" in statement
    named = statement["NotPrincipal" if excluded else "Principal"]
    if excluded or "*" in _principals(named, "AWS"):
        yield "open_trust_under_conditions" if statement.get("Condition") else "open_trust"
    for provider in _principals(named, "Federated"):
        subjects = tests.get(f"{provider.partition('oidc-provider/')[2] or provider}:sub".lower(), [])
        is_open = not subjects or any(subject.startswith(OPEN_SUBJECTS) for subject in subjects)
        if ":saml-provider/" not in provider and is_open:
            yield "open_oidc_trust"
    guarded = "sts:externalid" in tests or "true" in tests.get("aws:multifactorauthpresent", [])
    outside = {_account(principal) for principal in _principals(named, "AWS")} - {None} - own
    if outside and not excluded and not guarded:
        yield "outside_trust_without_external_id"


def _tests(condition: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, list[str]]]:
    """Keys of conditions, whose case does not matter, and the values that they are compared with."""
    for by_key in condition.values():
        for key, values in by_key.items():
            yield key.lower(), _several(values)


def _principals(named: Any, kind: str) -> list[str]:
    if named == "*":
        return ["*"] if kind == "AWS" else []
    return _several(named.get(kind, []))


def _account(principal: str) -> str | None:
    parts = principal.split(":")
    account = parts[4] if parts[0] == "arn" else principal
    return account if account.isdigit() else None


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
