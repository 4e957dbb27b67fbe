"""signing_certificates: X.509 certificates of the users that have one. There is no bulk call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.iam.access_keys import SLOTS
from source_aws_iam.iam.candidates import candidates, owner
from source_aws_iam.iam.iam_stream import IamStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.reader import Reader, Row
    from source_aws_iam.aws.session import Session


def signing_certificates(iam: Reader, user_name: str) -> list[Row]:
    """Return a user's signing certificates. Raises AbsentError if the user is absent."""
    return iam.once(
        ("signing certificates", user_name),
        lambda: list(iam.rows("list_signing_certificates", "Certificates", UserName=user_name)),
    )


class SigningCertificates(IamStream):
    """One row per signing certificate of an IAM user."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield the certificates of all users that have any."""
        iam, every_user = session.reader("iam"), self.context.settings.ask_every_user

        def certificates(candidate: tuple[Row, Row | None]) -> list[Row]:
            user, _ = candidate
            return [{**found, **owner(user)} for found in signing_certificates(iam, user["user_name"])]

        for found in iam.each(
            "users",
            certificates,
            candidates(iam, "signing certificates", _has_one, every_user=every_user),
        ):
            yield from found


def _has_one(report: Row) -> bool:
    return any(report[f"cert_{slot}_active"] or report[f"cert_{slot}_last_rotated"] for slot in SLOTS)
