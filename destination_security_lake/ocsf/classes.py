"""The classes of OCSF 1.3.0 that rows are mapped to: ids, captions, profiles, activities.

https://schema.ocsf.io/1.3.0/classes
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

VERSION: Final = "1.3.0"
OTHER: Final = 99
"""The activity that OCSF has no id for. Its name is then the source's own word."""

_IDENTITY: Final = (3, "Identity & Access Management")
_DISCOVERY: Final = (5, "Discovery")
_APPLICATION: Final = (6, "Application Activity")
_CLOUD: Final = ("cloud", "datetime")
# Up to 1.3.0 these classes have an actor in the profile `host` only.
_WITH_ACTOR: Final = (*_CLOUD, "host")
_ASSIGNMENTS: Final = {1: "Assign Privileges", 2: "Revoke Privileges"}


@dataclass(frozen=True, eq=False)
class EventClass:
    """A class: its activities are {id: caption} of those that are used, beside OTHER."""

    uid: int
    caption: str
    category: tuple[int, str]
    profiles: tuple[str, ...]
    activities: Mapping[int, str]
    needs: tuple[str, ...]
    """The attributes that OCSF requires and that not every row has."""


API_ACTIVITY: Final = EventClass(
    6003,
    "API Activity",
    _APPLICATION,
    _CLOUD,
    {1: "Create", 2: "Read", 3: "Update", 4: "Delete"},
    needs=("actor", "src_endpoint"),
)
AUTHENTICATION: Final = EventClass(3002, "Authentication", _IDENTITY, _CLOUD, {1: "Logon"}, needs=("user",))
ACCOUNT_CHANGE: Final = EventClass(
    3001,
    "Account Change",
    _IDENTITY,
    _CLOUD,
    {
        1: "Create",
        3: "Password Change",
        4: "Password Reset",
        6: "Delete",
        7: "Attach Policy",
        8: "Detach Policy",
        10: "MFA Factor Enable",
        11: "MFA Factor Disable",
    },
    needs=("user",),
)
GROUP_MANAGEMENT: Final = EventClass(
    3006,
    "Group Management",
    _IDENTITY,
    _WITH_ACTOR,
    {**_ASSIGNMENTS, 3: "Add User", 4: "Remove User", 5: "Delete", 6: "Create"},
    needs=("group",),
)
USER_ACCESS: Final = EventClass(
    3005, "User Access Management", _IDENTITY, _WITH_ACTOR, _ASSIGNMENTS, needs=("user", "privileges")
)
USER_INVENTORY: Final = EventClass(5003, "User Inventory Info", _DISCOVERY, _CLOUD, {2: "Collect"}, needs=("user",))

CLASSES: Final = (API_ACTIVITY, AUTHENTICATION, ACCOUNT_CHANGE, GROUP_MANAGEMENT, USER_ACCESS, USER_INVENTORY)


@dataclass(frozen=True)
class Activity:
    """What happened, in the terms of a class. `name` is the source's word for OTHER, and otherwise the caption."""

    event_class: EventClass
    id: int
    name: str

    def attributes(self) -> dict[str, int | str]:
        """Return the attributes that name class and activity, and the severity, which AWS does not tell."""
        of_class = self.event_class
        category_uid, category = of_class.category
        return {
            "activity_id": self.id,
            "activity_name": self.name,
            "category_uid": category_uid,
            "category_name": category,
            "class_uid": of_class.uid,
            "class_name": of_class.caption,
            "type_uid": of_class.uid * 100 + self.id,
            "type_name": f"{of_class.caption}: {of_class.activities.get(self.id, 'Other')}",
            "severity_id": 1,
            "severity": "Informational",
        }


def activity(of_class: EventClass, number: int, source_name: str) -> Activity:
    """Return the activity of a class. `source_name` is what its source calls it."""
    return Activity(of_class, number, of_class.activities.get(number, source_name))
