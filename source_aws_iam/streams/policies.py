"""policies: managed policies with the document that is in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.aws.values import tags
from source_aws_iam.components.inventory import Inventory
from source_aws_iam.iam.account import account
from source_aws_iam.iam.entities import visible
from source_aws_iam.iam.policies import (
    DOCUMENT,
    default_version,
    hidden_document,
    is_aws_managed,
    policies,
    unused_aws_policies,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.session import Session
    from source_aws_iam.iam.account import Account, Row
    from source_aws_iam.settings import Settings


# Neither listing has them: a request per policy, for those who want it.
DESCRIBED: Final = ("description", "tags")
_NOT_ASKED: Final[Mapping[str, Any]] = {**dict.fromkeys(DESCRIBED), "unavailable_fields": DESCRIBED}


class Policies(Inventory):
    """One row per managed policy: all of the customer's, and those of AWS that are in use."""

    def counted(self, row: Mapping[str, Any]) -> bool:
        """AWS counts the customer's."""
        return not row["is_aws_managed"]

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield every policy; with the settings for it, AWS's other ones too, and tags and descriptions."""
        iam, settings = account(session), session.settings
        yield from iam.each("policies", lambda policy: _row(iam, policy, settings), policies(iam).values())
        if settings.all_aws_policies:
            yield from iam.each("policies", lambda policy: _row(iam, policy, settings), unused_aws_policies(iam))


def _row(iam: Account, policy: Row, settings: Settings) -> Row:
    default = default_version(policy)
    asked = _NOT_ASKED
    if settings.policy_tags and policy["arn"]:
        asked = visible({DESCRIBED: lambda: _described(iam, policy["arn"])})
    return {
        **{name: value for name, value in policy.items() if name != "policy_version_list"},
        **asked,
        "is_aws_managed": is_aws_managed(policy["arn"]),
        **{name: default.get(name) for name in DOCUMENT},
        "unavailable_fields": [*asked["unavailable_fields"], *hidden_document(default)],
    }


def _described(iam: Account, arn: str) -> Row:
    policy = iam.one("get_policy", "Policy", PolicyArn=arn)["policy"]
    return {"description": policy.get("description"), "tags": tags(policy.get("tags", []))}
