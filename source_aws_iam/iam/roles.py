"""The roles of an account: their tags, boundary, policies, last use and instance profiles."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from source_aws_iam.iam.entities import BOUNDARY, Own, entities, entity, tagged
from source_aws_iam.iam.identities import ROLE, identified

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from source_aws_iam.iam.account import Account, Row

LAST_USED: Final = ("role_last_used_date", "role_last_used_region")
_PROFILE: Final = ("instance_profile_id", "instance_profile_name", "arn", "path", "create_date")


def roles(account: Account) -> Mapping[str, Row]:
    """Return all roles by name. iam:ListRoles knows description and session duration, and is not read here."""
    return entities(account, ROLE, _OWN)


def role(account: Account, listed: Row) -> Row:
    """Return one role, of which `listed` says who it is. Raises AbsentError if it is gone."""
    return entity(account, ROLE, _OWN, listed)


def _of_detail(detail: Row) -> Row:
    return {
        **_own_answer(detail),
        **{name: detail.get(name) for name in ("assume_role_policy_document", "document_text")},
        "instance_profiles": _profiles(detail.get("instance_profile_list", [])),
    }


def _own_answer(role: Row) -> Row:
    used = role.get("role_last_used") or {}
    return {
        **tagged(role),
        "role_last_used_date": used.get("last_used_date"),
        "role_last_used_region": used.get("region"),
    }


def _parts(account: Account, name: str) -> dict[tuple[str, ...], Callable[[], Row]]:
    return {
        ("tags", *BOUNDARY, *LAST_USED): lambda: _own_answer(account.one("get_role", "Role", RoleName=name)["role"]),
        ("instance_profiles",): lambda: {"instance_profiles": _profiles_by_role(account).get(name, [])},
    }


def _profiles_by_role(account: Account) -> Mapping[str, list[Row]]:
    def turned() -> dict[str, list[Row]]:
        by_role: defaultdict[str, list[Row]] = defaultdict(list)
        for profile in account.rows("list_instance_profiles", "InstanceProfiles"):
            for role in profile.get("roles", []):
                by_role[identified(role, ROLE)["role_name"]] += _profiles([profile])
        return by_role

    return account.once("profiles by role", turned)


def _profiles(profiles: Iterable[Row]) -> list[Row]:
    return [{name: profile.get(name) for name in _PROFILE} for profile in profiles]


_OWN = Own(_of_detail, _parts)
