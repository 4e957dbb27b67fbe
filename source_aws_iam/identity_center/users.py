"""identity_center_users: every user of an identity store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_aws_iam.identity_center.identity_center_stream import IdentityCenterStream
from source_aws_iam.identity_center.store import users

if TYPE_CHECKING:
    from collections.abc import Iterator

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.identity_center.instances import Instance


class IdentityCenterUsers(IdentityCenterStream):
    """One row per user."""

    def rows_of(self, instance: Instance) -> Iterator[Row]:
        """Yield the users."""
        for user in users(instance):
            yield {"identity_store_id": instance.store_id, **user, "primary_email": _primary(user.get("emails") or [])}


def _primary(emails: list[Row]) -> str | None:
    """Return the email that is marked as primary, or the only one."""
    marked = [email for email in emails if email.get("primary")] or (emails if len(emails) == 1 else [])
    return marked[0].get("value") if marked else None
