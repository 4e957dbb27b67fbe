"""What the page asks, in the order in which it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sqlglot
from sqlglot import exp

_SQL: Final = Path(__file__).with_name("sql")


@dataclass(frozen=True)
class Section:
    name: str
    """The file in sql/, and the section's anchor."""
    drawn_as: str
    """The template."""
    title: str
    explanation: str
    words: Mapping[str, Any]
    """What the template wants to know beyond the rows."""

    @property
    def sql(self) -> str:
        return (_SQL / f"{self.name}.sql").read_text(encoding="utf-8").strip()

    def streams(self) -> list[str]:
        """The tables that the query reads, in the order of its text."""
        query = sqlglot.parse_one(self.sql, read="duckdb")
        own = {part.alias for part in query.find_all(exp.CTE)}
        return [name for name in dict.fromkeys(table.name for table in query.find_all(exp.Table)) if name not in own]


# Words that stand for a judgement get its colour, others the colours of the palette in their order.
_GOOD, _BAD, _PLAIN, _UNKNOWN = "good", "bad", "plain", "unknown"

SECTIONS: Final = (
    Section(
        "users_by_credentials",
        "bars",
        "Users by credentials",
        "What users can sign in with, and whether a second factor protects it. Only active access keys count; the "
        "root user is not among them.",
        {
            "what": "users",
            "colours": {"without MFA": _BAD, "with MFA": _GOOD, "nothing to protect": _PLAIN, "MFA unknown": _UNKNOWN},
        },
    ),
    Section(
        "access_keys_by_age",
        "bars",
        "Access keys by age",
        "How long ago keys were created. AWS replaces none by itself: an old active key is one that nobody rotates.",
        {
            "what": "keys",
            "colours": {"Active": _GOOD, "Inactive": _PLAIN, "Expired": _PLAIN, "Status unknown": _UNKNOWN},
        },
    ),
    Section(
        "events_by_region",
        "hours",
        "Events per hour by Region",
        "CloudTrail events of the seven days that end with the newest one, by the Region whose history lists them.",
        {"what": "events"},
    ),
    Section(
        "events_by_actor",
        "sparklines",
        "Events per hour by actor",
        "The ten callers with most events in the same seven days. Each line has a scale of its own; the number is the "
        "total.",
        {"what": "events"},
    ),
    Section(
        "admins_without_mfa",
        "findings",
        "Administrators without MFA",
        "Users without a second factor whom some policy allows everything (Action * on Resource *) without a "
        "condition: attached, inline, or of one of their groups. Deny statements and permissions boundaries may still "
        "hold them back. Who has neither a password nor an active access key is left out.",
        {"none": "No administrator is without MFA."},
    ),
    Section(
        "wildcard_trust",
        "findings",
        "Roles that anybody may assume",
        "Roles whose trust policy names everybody (*), or everybody but somebody. Only a condition keeps strangers "
        "from other accounts out.",
        {"none": "No role trusts everybody."},
    ),
    Section(
        "unused_access_keys",
        "findings",
        "Active access keys that nobody uses",
        "Keys that could sign requests, but never did or have not for 90 days, the longest unused first.",
        {"none": "Every active key was used within 90 days."},
    ),
    Section(
        "root_user",
        "findings",
        "Root user at risk",
        "Accounts whose root user has a password and no MFA, or has access keys. Where an organization has removed the "
        "root user's credentials there is no password, and nothing to protect.",
        {"none": "No root user has access keys, or a password without MFA."},
    ),
)


def read_streams() -> list[str]:
    """All that the page is drawn from."""
    return sorted({stream for section in SECTIONS for stream in section.streams()})
