"""The classes that can be chosen, and the custom source of each.

Security Lake demands a custom source of its own for each class:
https://docs.aws.amazon.com/security-lake/latest/userguide/custom-sources.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from destination_security_lake.ocsf.classes import (
    ACCOUNT_CHANGE,
    API_ACTIVITY,
    AUTHENTICATION,
    GROUP_MANAGEMENT,
    USER_ACCESS,
    USER_INVENTORY,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from destination_security_lake.ocsf.classes import EventClass

CHOICES: Final[Mapping[str, EventClass]] = {
    "user_inventory": USER_INVENTORY,
    "group_management": GROUP_MANAGEMENT,
    "user_access": USER_ACCESS,
    "account_change": ACCOUNT_CHANGE,
    "authentication": AUTHENTICATION,
    "api_activity": API_ACTIVITY,
}
"""By their names in the form. In capitals, these are the event classes of Security Lake."""
DEFAULT: Final = ("user_inventory", "group_management", "user_access")
"""What a lake has from nobody else. CloudTrail brings the events of the other classes, where it is its source."""
NAMES: Final[Mapping[EventClass, str]] = {
    USER_INVENTORY: "iam-user-inventory",
    GROUP_MANAGEMENT: "iam-group-mgmt",
    USER_ACCESS: "iam-user-access",
    ACCOUNT_CHANGE: "iam-account-change",
    AUTHENTICATION: "iam-authentication",
    API_ACTIVITY: "iam-api-activity",
}
"""The names of custom sources, at most 20 characters."""
