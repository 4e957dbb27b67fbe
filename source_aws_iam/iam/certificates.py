"""X.509 signing certificates. There is no bulk form of ListSigningCertificates."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from source_aws_iam.iam.account import Account, Row


def signing_certificates(account: Account, user_name: str) -> list[Row]:
    """Return a user's signing certificates. Raises AbsentError if the user is gone."""
    return account.once(
        ("signing certificates", user_name),
        lambda: list(account.rows("list_signing_certificates", "Certificates", UserName=user_name)),
    )
