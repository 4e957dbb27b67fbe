"""policy_versions: every version of the customer's managed policies that AWS keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.iam.iam_stream import IamStream
from source_aws_iam.iam.managed_policies import is_aws_managed, policies

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.session import Session


class PolicyVersions(IamStream):
    """One row per version of a customer-managed policy."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield every version with its document. Fails at the end where AWS denied the list of versions."""
        iam = session.reader("iam")
        for policy in policies(iam).values():
            if not is_aws_managed(policy["arn"]):
                names = {name: policy[name] for name in ("policy_id", "policy_name")}
                for version in policy.get("policy_version_list", []):
                    yield {
                        **names,
                        "policy_arn": policy["arn"],
                        **version,
                        "unavailable_fields": version.get("unavailable_fields", []),
                    }
        iam.raise_if_unavailable("list_policy_versions")
