"""roles: who may assume them, what they may do, and when they last did."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.aws.errors import AbsentError
from source_aws_iam.components.inventory import Inventory
from source_aws_iam.iam.account import account
from source_aws_iam.iam.entities import hidden, listed, visible
from source_aws_iam.iam.identities import ROLE, counterpart, identified, joined
from source_aws_iam.iam.roles import role as one_role
from source_aws_iam.iam.roles import roles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.session import Session
    from source_aws_iam.iam.account import Account, Row


ONLY_LISTED: Final = ("description", "max_session_duration", "source_role_template")
# https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
_PERMISSION_SET: Final = re.compile(r"/aws-reserved/sso\.amazonaws\.com/.*AWSReservedSSO_(?P<name>.+)_[0-9a-f]{16}")


class Roles(Inventory):
    """One row per IAM role."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield every role. One that is created or deleted meanwhile is asked for by itself: it is whole, or gone."""
        iam = account(session)
        details = roles(iam)
        every = listed(iam, ROLE)

        def row(role: Row) -> Row:
            return _row(joined(counterpart(role, details, ROLE) or one_role(iam, role), role, ROLE), role)

        def unlisted(detail: Row) -> Row:
            named = detail["role_name"]
            found = visible({ONLY_LISTED: lambda: _asked(iam, detail)}) if named else hidden(ONLY_LISTED)
            unavailable = [*detail["unavailable_fields"], *found["unavailable_fields"]]
            return {**_row(detail, {**detail, **found}), "unavailable_fields": unavailable}

        yield from iam.each("roles", row, every.values())
        yield from iam.each("roles", unlisted, [row for row in details.values() if not counterpart(row, every, ROLE)])


def _row(known: Row, listed_role: Row) -> Row:
    """Join what GetAccountAuthorizationDetails knows of a role with what only ListRoles or GetRole does."""
    path = known["path"] or ""
    reserved = _PERMISSION_SET.fullmatch(path + (known["role_name"] or ""))
    return {
        **known,
        **{name: listed_role.get(name) for name in (*ONLY_LISTED, "assume_role_policy_document", "document_text")},
        "is_service_linked": path.startswith("/aws-service-role/"),
        "permission_set_name": reserved["name"] if reserved else None,
    }


def _asked(iam: Account, detail: Row) -> Row:
    found: Row = iam.one("get_role", "Role", RoleName=detail["role_name"])["role"]
    if not counterpart(detail, {detail["role_name"]: identified(found, ROLE)}, ROLE):
        raise AbsentError(detail["role_name"])  # deleted, and the name given to another role
    return {name: found.get(name) for name in ONLY_LISTED}
