"""policy_attachments: which managed policy is attached to whom, and which one bounds whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.components.inventory import Inventory
from source_aws_iam.iam.account import account
from source_aws_iam.iam.policies import is_aws_managed
from source_aws_iam.iam.principals import principals

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.session import Session
    from source_aws_iam.iam.account import Row
    from source_aws_iam.iam.identities import Kind


class PolicyAttachments(Inventory):
    """One row per attachment of a managed policy to a user, group or role, as permissions or as boundary."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield what AWS shows, and fail at the end where it hid some: a missing row would read as "not attached"."""
        for kind, owner in principals(account(session), "attached_policies", "permissions_boundary_arn"):
            for policy in owner["attached_policies"] or ():
                yield _row(kind, owner, policy, as_boundary=False)
            if owner.get("permissions_boundary_arn"):
                yield _row(kind, owner, {"policy_arn": owner["permissions_boundary_arn"]}, as_boundary=True)


def _row(kind: Kind, owner: Row, policy: Row, *, as_boundary: bool) -> Row:
    policy_arn = policy.get("policy_arn")
    return {
        "policy_arn": policy_arn,
        "policy_name": policy_arn.rpartition("/")[2] if policy_arn else policy.get("policy_name"),
        "is_aws_managed": is_aws_managed(policy_arn),
        "principal_type": kind.name,
        "principal_id": owner[f"{kind.name}_id"],
        "principal_name": owner[f"{kind.name}_name"],
        "principal_arn": owner["arn"],
        "as_boundary": as_boundary,
    }
