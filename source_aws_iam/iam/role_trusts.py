"""role_trusts: who may assume which role, and under which conditions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.aws.documents import demands, statements
from source_aws_iam.iam.entities import known
from source_aws_iam.iam.iam_stream import IamStream
from source_aws_iam.iam.identities import ROLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.aws.session import Session


# The account in an ARN, or as a principal of its own: "123456789012" and "arn:aws:iam::123456789012:root" are the same.
_ACCOUNT: Final = re.compile(r"(?:arn:[^:]*:[^:]*:[^:]*:)?([0-9]{12})(?::.*)?")
# The unique id, with AWS's prefix, by which a policy names a deleted principal, or a session of it.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
_UNIQUE_ID: Final = re.compile(
    r"(?:ABIA|ACCA|AGPA|AIDA|AIPA|AKIA|ANPA|ANVA|APKA|AROA|ASCA|ASIA)[0-9A-Z]{12,124}(?::.*)?"
)


class RoleTrusts(IamStream):
    """One row per principal that a role's trust policy names."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield the principals of every statement of every role."""
        iam = session.reader("iam")
        for role in known(iam, ROLE).values():
            for statement in statements(role.get("assume_role_policy_document")):
                for kind, principal in _principals(statement):
                    yield {**_role(role), **_trust(statement, kind, principal, iam.account_id)}


def _role(role: Row) -> Row:
    return {"role_id": role["role_id"], "role_name": role["role_name"], "role_arn": role["arn"]}


def _principals(statement: Row) -> Iterable[tuple[str, str]]:
    """Return (type, principal), each once: a document may name one several times."""
    every = statement["principals"] or statement["not_principals"] or {}
    return dict.fromkeys((kind, principal) for kind, principals in every.items() for principal in principals)


def _trust(statement: Row, kind: str, principal: str, own_account: str) -> Row:
    owner = _ACCOUNT.fullmatch(principal) if kind in {"AWS", "Federated"} else None
    account_id = owner[1] if owner else None
    conditions = statement["conditions"]
    return {
        **{
            name: statement[name]
            for name in ("statement_index", "sid", "effect", "actions", "not_actions", "conditions")
        },
        "principal_type": kind,
        "principal": principal,
        "is_not_principal": not statement["principals"],
        "is_wildcard": principal == "*",
        "is_deleted_principal": kind == "AWS" and _UNIQUE_ID.fullmatch(principal) is not None,
        "principal_account_id": account_id,
        "is_external": _is_external(kind, principal, account_id, own_account),
        "external_id_required": statement["effect"] == "Allow"
        and any(demand.needs_value for demand in demands(conditions, "sts:ExternalId")),
        "mfa_required": statement["effect"] == "Allow" and _needs_mfa(conditions),
        "oidc_subjects": _of_provider(conditions, principal, kind, "sub"),
        "oidc_audiences": _of_provider(conditions, principal, kind, "aud"),
    }


def _is_external(kind: str, principal: str, account_id: str | None, own_account: str) -> bool | None:
    """Return whether the principal belongs to another account, or None where it names none.

    Services and identity providers without an account of their own belong to none.
    """
    if account_id:
        return account_id != own_account
    return False if kind in {"Service", "Federated"} and principal != "*" else None


def _needs_mfa(conditions: Mapping[str, Any] | None) -> bool:
    """Return whether MFA is required, by its presence or by its age. With IfExists, long-term keys need none."""
    return any(demand.needs_key for demand in demands(conditions, "aws:MultiFactorAuthAge")) or any(
        demand.operator.lower() == "bool" and set(map(str.lower, demand.values)) == {"true"}
        for demand in demands(conditions, "aws:MultiFactorAuthPresent")
    )


def _of_provider(conditions: Mapping[str, Any] | None, principal: str, kind: str, claim: str) -> list[str]:
    """Return the accepted values of a claim of the OpenID Connect provider that `principal` names, by ARN or host."""
    if kind != "Federated":
        return []
    key = f"{principal.partition('oidc-provider/')[2] or principal}:{claim}"
    return [value for demand in demands(conditions, key) if demand.is_positive_text for value in demand.values]
