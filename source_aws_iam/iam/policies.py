"""policies: managed policies with the document of the default version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.aws.values import tags
from source_aws_iam.iam.iam_stream import IamStream
from source_aws_iam.iam.managed_policies import (
    DOCUMENT,
    default_version,
    is_aws_managed,
    policies,
    unused_aws_policies,
)
from source_aws_iam.streams.visible import hidden, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.reader import Reader, Row
    from source_aws_iam.aws.session import Session
    from source_aws_iam.config import Settings


# No list has them: they take a request per policy.
DESCRIBED: Final = ("description", "tags")
_NOT_ASKED: Final[Mapping[str, Any]] = {**dict.fromkeys(DESCRIBED), "unavailable_fields": ()}


class Policies(IamStream):
    """One row per managed policy: all of the customer's, and those of AWS that are in use."""

    def __post_init__(self) -> None:
        """Add descriptions and tags to the call plan where they are selected."""
        super().__post_init__()
        if self.context.settings.policy_tags:
            self.needs = {**self.needs, ", ".join(DESCRIBED): [["iam.get_policy"]]}

    def is_counted(self, row: Mapping[str, Any]) -> bool:
        """Return whether the policy is the customer's: AWS counts only those."""
        return not row["is_aws_managed"]

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield every policy. Settings add the unused ones of AWS, and descriptions and tags."""
        iam, settings = session.reader("iam"), self.context.settings
        yield from iam.each("policies", lambda policy: _row(iam, policy, settings), policies(iam).values())
        if settings.all_aws_policies:
            yield from iam.each("policies", lambda policy: _row(iam, policy, settings), unused_aws_policies(iam))


def _row(iam: Reader, policy: Row, settings: Settings) -> Row:
    default = default_version(policy)
    asked: Mapping[str, Any] = _NOT_ASKED
    if settings.policy_tags:
        asked = visible({DESCRIBED: lambda: _described(iam, policy["arn"])}) if policy["arn"] else hidden(DESCRIBED)
    return {
        **{name: value for name, value in policy.items() if name != "policy_version_list"},
        **asked,
        "is_aws_managed": is_aws_managed(policy["arn"]),
        **{name: default.get(name) for name in DOCUMENT},
        "unavailable_fields": [*asked["unavailable_fields"], *default.get("unavailable_fields", ())],
    }


def _described(iam: Reader, arn: str) -> Row:
    policy = iam.one("get_policy", PolicyArn=arn)["policy"]
    return {"description": policy.get("description"), "tags": tags(policy.get("tags", []))}
