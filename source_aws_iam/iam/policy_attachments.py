"""policy_attachments: which managed policy is attached to which identity, and which one is its boundary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.iam.all_identities import all_identities
from source_aws_iam.iam.iam_stream import IamStream
from source_aws_iam.iam.identities import identity_columns
from source_aws_iam.iam.managed_policies import is_aws_managed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.aws.session import Session
    from source_aws_iam.iam.identities import Kind


class PolicyAttachments(IamStream):
    """One row per attachment of a managed policy to a user, group or role, as permissions or as boundary."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield what is available, and fail at the end if some is not: a missing row means "not attached"."""
        for kind, row in all_identities(session.reader("iam"), "attached_policies", "permissions_boundary_arn"):
            for policy in row["attached_policies"] or ():
                yield _row(kind, row, policy, as_boundary=False)
            if row.get("permissions_boundary_arn"):
                yield _row(kind, row, {"policy_arn": row["permissions_boundary_arn"]}, as_boundary=True)


def _row(kind: Kind, row: Row, policy: Row, *, as_boundary: bool) -> Row:
    policy_arn = policy.get("policy_arn")
    return {
        "policy_arn": policy_arn,
        "policy_name": policy_arn.rpartition("/")[2] if policy_arn else policy.get("policy_name"),
        "is_aws_managed": is_aws_managed(policy_arn),
        **identity_columns(row, kind),
        "as_boundary": as_boundary,
    }
