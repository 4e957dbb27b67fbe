"""The names of the users and groups that assignments name by id."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from source_aws_iam.identity_center.store import group_names, user_names

if TYPE_CHECKING:
    from source_aws_iam.aws.reader import Row
    from source_aws_iam.identity_center.instances import Instance

_NAMES: Final = {"USER": user_names, "GROUP": group_names}


class PrincipalNames:
    """The names of one instance's users and groups, as far as AWS allows to read them."""

    def __init__(self, instance: Instance) -> None:
        """Read the names, or take those that another stream has read."""
        self._names = {kind: instance.store.if_allowed(partial(read, instance)) for kind, read in _NAMES.items()}

    def columns(self, assignment: Row) -> Row:
        """Return type, id and name of an assignment's principal.

        The name is null where the principal was deleted, and null and named where AWS denies the names.
        """
        kind, principal_id = assignment.get("principal_type"), assignment.get("principal_id")
        known = self._names.get(kind or "", {})
        return {
            "principal_type": kind,
            "principal_id": principal_id,
            "principal_name": (known or {}).get(principal_id or ""),
            "unavailable_fields": ["principal_name"] if known is None else [],
        }
