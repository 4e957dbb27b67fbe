"""policy_statements: every statement of managed (default version), inline and trust policies."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.aws.documents import statements
from source_aws_iam.aws.in_turn import in_turn
from source_aws_iam.iam.all_identities import all_identities
from source_aws_iam.iam.entities import known
from source_aws_iam.iam.iam_stream import IamStream
from source_aws_iam.iam.identities import ROLE, identity_columns
from source_aws_iam.iam.managed_policies import default_version, policies

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from source_aws_iam.aws.reader import Reader, Row
    from source_aws_iam.aws.session import Session
    from source_aws_iam.iam.identities import Kind

# The policy name of a role's trust policy, which has none in AWS.
TRUST: Final = "assume_role_policy"


class PolicyStatements(IamStream):
    """One row per statement of a policy document, and one for a policy without statements."""

    may_be_empty = frozenset({"version_id"})

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield what is available, and fail at the end if some is not: a missing row means "not allowed"."""
        iam = session.reader("iam")
        yield from in_turn(partial(_managed, iam), partial(_inline, iam), partial(_trusts, iam))


def _managed(iam: Reader) -> Iterator[Row]:
    hidden = False
    for policy in policies(iam).values():
        version = default_version(policy)
        source = {
            "source_type": "managed",
            "source_id": policy["policy_id"],
            "source_name": policy["policy_name"],
            "source_arn": policy["arn"],
        }
        names = {"policy_name": policy["policy_name"], "version_id": version.get("version_id") or ""}
        if version.get("unavailable_fields"):
            hidden = True
        else:
            yield from _rows({**source, **names}, version.get("document"), version.get("document_text"))
    if hidden:
        iam.raise_if_unavailable("get_policy_version", "get_policy")


def _inline(iam: Reader) -> Iterator[Row]:
    for kind, row in all_identities(iam, "inline_policies"):
        source = _of_identity(f"{kind.name}_inline", row, kind)
        for policy in row["inline_policies"] or ():
            names = {"policy_name": policy["policy_name"], "version_id": ""}
            yield from _rows({**source, **names}, policy["policy_document"], policy["document_text"])


def _trusts(iam: Reader) -> Iterator[Row]:
    for role in known(iam, ROLE).values():
        source = _of_identity("role_trust", role, ROLE)
        names = {"policy_name": TRUST, "version_id": ""}
        yield from _rows({**source, **names}, role.get("assume_role_policy_document"), role.get("document_text"))


def _of_identity(source_type: str, row: Row, kind: Kind) -> Row:
    """Return the columns of a policy that is part of a user, group or role: its source is that identity."""
    columns = identity_columns(row, kind)
    source = {f"source_{name}": columns[f"identity_{name}"] for name in ("id", "name", "arn")}
    return {"source_type": source_type, **source, **columns}


def _rows(source: Row, document: Mapping[str, Any] | None, text: str | None) -> Iterator[Row]:
    if document is None:
        yield {**source, "statement_index": 0, "document_text": text}
    for statement in statements(document):
        yield {**source, **statement}
