"""roles: who may assume them, what they may do, and when they last did."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.aws.errors import AbsentError
from source_aws_iam.components.inventory import Inventory
from source_aws_iam.iam.account import account
from source_aws_iam.iam.entities import ROLE, listed, visible
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
            detail = details.get(role["role_name"], {})
            known = detail if detail.get("role_id") == role["role_id"] else one_role(iam, role)
            return _row(known, role)

        def unlisted(detail: Row) -> Row:
            found = visible({ONLY_LISTED: lambda: _asked(iam, detail)})
            hidden = [*detail["unavailable_fields"], *found["unavailable_fields"]]
            return {**_row(detail, {**detail, **found}), "unavailable_fields": hidden}

        yield from iam.each("roles", row, every.values())
        ids = {role["role_id"] for role in every.values()}
        yield from iam.each("roles", unlisted, [role for role in details.values() if role["role_id"] not in ids])


def _row(known: Row, listed_role: Row) -> Row:
    """Join what GetAccountAuthorizationDetails knows of a role with what only ListRoles or GetRole does."""
    reserved = _PERMISSION_SET.fullmatch(known["path"] + known["role_name"])
    return {
        **known,
        **{name: listed_role.get(name) for name in (*ONLY_LISTED, "assume_role_policy_document", "document_text")},
        "is_service_linked": known["path"].startswith("/aws-service-role/"),
        "permission_set_name": reserved["name"] if reserved else None,
    }


def _asked(iam: Account, detail: Row) -> Row:
    found = iam.one("get_role", "Role", RoleName=detail["role_name"])["role"]
    if found["role_id"] != detail["role_id"]:
        raise AbsentError(detail["role_name"])  # deleted, and the name given to another role
    return {name: found.get(name) for name in ONLY_LISTED}
