"""Policy documents statement by statement, and trust policies principal by principal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from embedded_aws.server.cloud import Cloud
from embedded_aws.truth.policies import default_version, in_use
from embedded_aws.truth.values import Row

_ACCOUNT_DIGITS = 12
# Of users and of roles, as they stand in policies when the user or role is gone.
_UNIQUE_IDS = ("AIDA", "AROA")
_SOURCE = ("source_type", "source_id", "source_name", "source_arn", "policy_name", "version_id")


def policy_statements(aws: Cloud) -> Iterator[Row]:
    for source, document in _documents(aws):
        columns = dict(zip(_SOURCE, source, strict=True))
        for statement in statement_columns(json.loads(document)["Statement"]):
            yield {**columns, **_identity(columns), **statement, "document_text": None}


def role_trusts(aws: Cloud) -> Iterator[Row]:
    for role in aws.iam().roles.values():
        names = {"role_id": role.id, "role_name": role.name, "role_arn": role.arn}
        for index, statement in enumerate(_several(json.loads(role.assume_role_policy_document)["Statement"])):
            excluded = "NotPrincipal" in statement
            named = _principals(statement["NotPrincipal" if excluded else "Principal"]) or {}
            for kind, principal in sorted({(kind, one) for kind, ones in named.items() for one in ones}):
                yield {
                    **names,
                    "statement_index": index,
                    **_shared(statement),
                    "is_not_principal": excluded,
                    **_trust(aws, kind, principal, statement.get("Condition", {})),
                }


def statement_columns(found: Any) -> list[Row]:
    """The statements of a document."""
    return [
        {
            "statement_index": index,
            **_shared(statement),
            "resources": _several(statement.get("Resource", [])),
            "not_resources": _several(statement.get("NotResource", [])),
            "principals": _principals(statement.get("Principal")),
            "not_principals": _principals(statement.get("NotPrincipal")),
        }
        for index, statement in enumerate(_several(found))
    ]


def _documents(aws: Cloud) -> Iterator[tuple[tuple[str, ...], str]]:
    for policy in in_use(aws):
        version = default_version(policy)
        yield ("managed", policy.id, policy.name, policy.arn, policy.name, version.version_id), version.document
    backend = aws.iam()
    for user in backend.users.values():
        for name, document in user.policies.items():
            yield ("user_inline", user.id, user.name, user.arn, name, ""), document
    for group in backend.groups.values():
        for name, document in group.policies.items():
            yield ("group_inline", group.id, group.name, group.arn, name, ""), document
    for role in backend.roles.values():
        for name, document in role.policies.items():
            yield ("role_inline", role.id, role.name, role.arn, name, ""), document
        trust = ("role_trust", role.id, role.name, role.arn, "assume_role_policy", "")
        yield trust, role.assume_role_policy_document


def _identity(source: Row) -> Row:
    """Who has the policy. A managed one is of nobody alone."""
    kind, _, form = source["source_type"].partition("_")
    parts = ("id", "name", "arn")
    if not form:
        return dict.fromkeys(("identity_type", *(f"identity_{part}" for part in parts)))
    return {"identity_type": kind, **{f"identity_{part}": source[f"source_{part}"] for part in parts}}


def _shared(statement: Row) -> Row:
    return {
        "sid": statement.get("Sid"),
        "effect": statement["Effect"],
        "actions": _several(statement.get("Action", [])),
        "not_actions": _several(statement.get("NotAction", [])),
        "conditions": statement.get("Condition"),
    }


def _trust(aws: Cloud, kind: str, principal: str, condition: Row) -> Row:
    account = _account_of(principal) if kind in {"AWS", "Federated"} else None
    claims = f"{principal.partition('oidc-provider/')[2] or principal}:" if kind == "Federated" else None
    tests = [
        (operator, key.lower(), value)
        for operator, by_key in condition.items()
        for key, values in by_key.items()
        for value in _several(values)
    ]
    return {
        "principal_type": kind,
        "principal": principal,
        "is_wildcard": (kind, principal) == ("AWS", "*"),
        "principal_account_id": account,
        "is_deleted_principal": kind == "AWS" and principal[:4] in _UNIQUE_IDS,
        "is_external": _is_external(kind, account, aws.account_id),
        "external_id_required": any("StringEquals" in test and key == "sts:externalid" for test, key, _ in tests),
        "mfa_required": any(key == "aws:multifactorauthpresent" and value == "true" for _, key, value in tests),
        "oidc_subjects": [value for _, key, value in tests if claims and key == f"{claims}sub".lower()],
        "oidc_audiences": [value for _, key, value in tests if claims and key == f"{claims}aud".lower()],
    }


def _is_external(kind: str, account: str | None, own: str) -> bool | None:
    """Services and providers of identities that name no account have none; of others nobody can tell."""
    if account is None:
        return False if kind in {"Service", "Federated"} else None
    return account != own


def _account_of(principal: str) -> str | None:
    """Of an ARN's fifth part, or of a principal that is nothing else."""
    candidate = principal.split(":")[4] if principal.startswith("arn:") else principal
    return candidate if len(candidate) == _ACCOUNT_DIGITS and candidate.isdigit() else None


def _principals(principal: Any) -> Row | None:
    if principal == "*":
        return {"AWS": ["*"]}
    return {kind: _several(ones) for kind, ones in principal.items()} if principal else None


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
