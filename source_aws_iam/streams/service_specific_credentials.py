"""service_specific_credentials: of CodeCommit, Keyspaces, Bedrock and others, of all users in one listing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.components.inventory import Inventory
from source_aws_iam.iam.account import account
from source_aws_iam.iam.entities import listed
from source_aws_iam.iam.identities import USER
from source_aws_iam.iam.prospects import owner

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.session import Session


class ServiceSpecificCredentials(Inventory):
    """One row per credential that an IAM user has for one service."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield all credentials. One whose user is not listed is of a user that was created since."""
        iam = account(session)
        users = listed(iam, USER)
        unlisted = {"user_id": None, "user_arn": None}
        every = iam.rows("list_service_specific_credentials", "ServiceSpecificCredentials", AllUsers=True)
        for row in every:
            user = users.get(row.get("user_name", ""))
            yield {**row, **(owner(user) if user else unlisted)}
