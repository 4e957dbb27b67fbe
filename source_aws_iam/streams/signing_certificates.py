"""signing_certificates: X.509 certificates of the users that have one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.components.inventory import Inventory
from source_aws_iam.iam.account import account
from source_aws_iam.iam.certificates import signing_certificates
from source_aws_iam.iam.keys import SLOTS
from source_aws_iam.iam.prospects import owner, prospects

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.session import Session
    from source_aws_iam.iam.account import Row


class SigningCertificates(Inventory):
    """One row per signing certificate of an IAM user."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield the certificates of all users that have any."""
        iam = account(session)

        def certificates(prospect: tuple[Row, Row | None]) -> list[Row]:
            user, _ = prospect
            return [{**found, **owner(user)} for found in signing_certificates(iam, user["user_name"])]

        for found in iam.each("users", certificates, prospects(iam, "signing certificates", _has_one)):
            yield from found


def _has_one(report: Row) -> bool:
    return any(report[f"cert_{slot}_active"] or report[f"cert_{slot}_last_rotated"] for slot in SLOTS)
