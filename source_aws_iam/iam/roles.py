"""roles: with trust policy, permissions, instance profiles and last use."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from aws_calls.errors import AbsentError
from source_aws_iam.iam.entities import (
    BOUNDARY,
    KindColumns,
    entities,
    entity,
    listed,
    tagged,
)
from source_aws_iam.iam.iam_stream import IamStream
from source_aws_iam.iam.identities import ROLE, counterpart, identified, joined
from source_aws_iam.streams.columns import hidden, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.reader import Reader, Row
    from source_aws_iam.aws.session import Session
    from source_aws_iam.streams.columns import ColumnCalls


LAST_USED: Final = ("role_last_used_date", "role_last_used_region")
_PROFILE: Final = ("instance_profile_id", "instance_profile_name", "arn", "path", "create_date")


def roles(iam: Reader) -> Mapping[str, Row]:
    """Return all roles by name. iam:ListRoles knows description and session duration, and is not read here."""
    return entities(iam, ROLE, _COLUMNS)


def one_role(iam: Reader, listed: Row) -> Row:
    """Return one role, of which `listed` says who it is. Raises AbsentError if it is absent."""
    return entity(iam, ROLE, _COLUMNS, listed)


def _of_bulk_row(role: Row) -> Row:
    return {
        **_of_whole_role(role),
        **{name: role.get(name) for name in ("assume_role_policy_document", "document_text")},
        "instance_profiles": _profiles(role.get("instance_profile_list", [])),
    }


def _of_whole_role(role: Row) -> Row:
    """Return what both GetAccountAuthorizationDetails and GetRole know, and ListRoles does not."""
    used = role.get("role_last_used") or {}
    return {
        **tagged(role),
        "role_last_used_date": used.get("last_used_date"),
        "role_last_used_region": used.get("region"),
    }


def _entity_calls(iam: Reader, name: str) -> ColumnCalls:
    return {
        ("tags", *BOUNDARY, *LAST_USED): lambda: _of_whole_role(iam.one("get_role", RoleName=name)["role"]),
        ("instance_profiles",): lambda: {"instance_profiles": _profiles_by_role(iam).get(name, [])},
    }


def _profiles_by_role(iam: Reader) -> Mapping[str, list[Row]]:
    def turned() -> dict[str, list[Row]]:
        by_role: defaultdict[str, list[Row]] = defaultdict(list)
        for profile in iam.rows("list_instance_profiles", "InstanceProfiles"):
            for role in profile.get("roles", []):
                by_role[identified(role, ROLE)["role_name"]] += _profiles([profile])
        return by_role

    return iam.once("profiles by role", turned)


def _profiles(profiles: Iterable[Row]) -> list[Row]:
    return [{name: profile.get(name) for name in _PROFILE} for profile in profiles]


_COLUMNS: Final = KindColumns(_of_bulk_row, _entity_calls)

ONLY_LISTED: Final = ("description", "max_session_duration", "source_role_template")
# https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
_PERMISSION_SET: Final = re.compile(r"/aws-reserved/sso\.amazonaws\.com/.*AWSReservedSSO_(?P<name>.+)_[0-9a-f]{16}")


class Roles(IamStream):
    """One row per IAM role."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield every role. One that is created or deleted meanwhile is read with per-entity calls, if it exists."""
        iam = session.reader("iam")
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


def _asked(iam: Reader, detail: Row) -> Row:
    found: Row = iam.one("get_role", RoleName=detail["role_name"])["role"]
    if not counterpart(detail, {detail["role_name"]: identified(found, ROLE)}, ROLE):
        raise AbsentError(detail["role_name"])  # deleted, and the name given to another role
    return {name: found.get(name) for name in ONLY_LISTED}
