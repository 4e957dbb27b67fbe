"""password_policy: the account's password policy, or that it has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_calls.errors import AbsentError
from source_aws_iam.iam.iam_stream import IamStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.session import Session


class PasswordPolicy(IamStream):
    """One row per account."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield the policy. Where none is set, it is absent."""
        try:
            policy = session.reader("iam").one("get_account_password_policy")["password_policy"]
        except AbsentError:
            yield {"is_set": False}
        else:
            yield {**policy, "is_set": True}
