"""policy_versions: every version of the customer's managed policies that AWS keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.components.inventory import Inventory
from source_aws_iam.iam.account import account
from source_aws_iam.iam.policies import hidden_document, is_aws_managed, policies

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.session import Session


class PolicyVersions(Inventory):
    """One row per version of a customer-managed policy."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield every version with its document. Fails at the end where AWS did not let all versions be listed."""
        iam = account(session)
        for policy in policies(iam).values():
            if not is_aws_managed(policy["arn"]):
                names = {name: policy[name] for name in ("policy_id", "policy_name")}
                for version in policy.get("policy_version_list", []):
                    yield {
                        **names,
                        "policy_arn": policy["arn"],
                        **version,
                        "unavailable_fields": hidden_document(version),
                    }
        iam.complete("list_policy_versions")
