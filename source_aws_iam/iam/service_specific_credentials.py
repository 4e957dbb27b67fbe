"""service_specific_credentials: of CodeCommit, Keyspaces, Bedrock and others, from one bulk call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.iam.candidates import owner
from source_aws_iam.iam.entities import listed
from source_aws_iam.iam.iam_stream import IamStream
from source_aws_iam.iam.identities import USER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.session import Session


class ServiceSpecificCredentials(IamStream):
    """One row per credential that an IAM user has for one service."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield all credentials. A user that is not listed was created since."""
        iam = session.reader("iam")
        users = listed(iam, USER)
        unlisted = {"user_id": None, "user_arn": None}
        every = iam.rows("list_service_specific_credentials", "ServiceSpecificCredentials", AllUsers=True)
        for row in every:
            user = users.get(row.get("user_name", ""))
            yield {**row, **(owner(user) if user else unlisted)}
