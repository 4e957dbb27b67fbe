"""policy_statements: every statement of the managed policies in force, of inline policies and of trust policies."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.components.inventory import Inventory
from source_aws_iam.iam.account import account, in_turn
from source_aws_iam.iam.documents import statements
from source_aws_iam.iam.entities import known
from source_aws_iam.iam.identities import ROLE
from source_aws_iam.iam.policies import default_version, policies
from source_aws_iam.iam.principals import principals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from source_aws_iam.aws.session import Session
    from source_aws_iam.iam.account import Account, Row

# What stands for the name of a policy that has none: a role's trust policy.
TRUST: Final = "assume_role_policy"


class PolicyStatements(Inventory):
    """One row per statement of a policy document, or one for a policy whose document says none."""

    may_be_empty = frozenset({"version_id"})

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield what AWS shows, and fail at the end where it hid some: a missing row would read as "not allowed"."""
        iam = account(session)
        yield from in_turn(partial(_managed, iam), partial(_inline, iam), partial(_trusts, iam))


def _managed(iam: Account) -> Iterator[Row]:
    hidden = False
    for policy in policies(iam).values():
        version = default_version(policy)
        source = _source("managed", policy["policy_id"], policy["policy_name"], policy["arn"])
        names = {"policy_name": policy["policy_name"], "version_id": version.get("version_id") or ""}
        if version.get("unavailable_fields"):
            hidden = True
        else:
            yield from _rows({**source, **names}, version.get("document"), version.get("document_text"))
    if hidden:
        iam.complete("get_policy_version", "get_policy")


def _inline(iam: Account) -> Iterator[Row]:
    for kind, owner in principals(iam, "inline_policies"):
        owner_id, owner_name = owner[f"{kind.name}_id"], owner[f"{kind.name}_name"]
        source = _source(f"{kind.name}_inline", owner_id, owner_name, owner["arn"])
        for policy in owner["inline_policies"] or ():
            names = {"policy_name": policy["policy_name"], "version_id": ""}
            yield from _rows({**source, **names}, policy["policy_document"], policy["document_text"])


def _trusts(iam: Account) -> Iterator[Row]:
    for role in known(iam, ROLE).values():
        source = _source("role_trust", role["role_id"], role["role_name"], role["arn"])
        names = {"policy_name": TRUST, "version_id": ""}
        yield from _rows({**source, **names}, role.get("assume_role_policy_document"), role.get("document_text"))


def _source(kind: str, source_id: str, name: str, arn: str) -> Row:
    return {"source_type": kind, "source_id": source_id, "source_name": name, "source_arn": arn}


def _rows(source: Row, document: Mapping[str, Any] | None, text: str | None) -> Iterator[Row]:
    if document is None:
        yield {**source, "statement_index": 0, "document_text": text}
    for statement in statements(document):
        yield {**source, **statement}
