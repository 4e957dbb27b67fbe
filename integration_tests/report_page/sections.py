"""What the page asks of the models of the dbt package, in the order in which it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_SQL: Final = Path(__file__).with_name("sql")


@dataclass(frozen=True)
class Section:
    name: str
    """The file in sql/, and the section's anchor."""
    drawn_as: str
    """The template."""
    title: str
    explanation: str
    streams: tuple[str, ...]
    """Without their tables it says nothing."""
    words: Mapping[str, Any]
    """What the template wants to know beyond the rows; `none` is said where there are none."""

    @property
    def sql(self) -> str:
        return (_SQL / f"{self.name}.sql").read_text(encoding="utf-8").strip()


# Words that stand for a judgement get its colour, others the colours of the palette in their order.
_GOOD, _BAD, _PLAIN, _UNKNOWN = "good", "bad", "plain", "unknown"
_ROWS: Final = 15
"""Rows of a table. Its query gives them all."""
_INVENTORY: Final = ("users", "access_keys", "role_trusts", "policy_statements", "policy_attachments")

SECTIONS: Final = (
    Section(
        "findings_by_rule",
        "table",
        "Findings",
        "What the rules of the package find, the worst first. Where AWS did not show what a rule asks for, the finding "
        "is unknown. Exceptions are those of the seed finding_exceptions.",
        _INVENTORY,
        {"none": "No rule finds anything.", "rows": 50},
    ),
    Section(
        "critical_findings",
        "table",
        "Critical findings, one by one",
        "Each resource with what makes it critical. The model findings has those of all severities.",
        _INVENTORY,
        {"none": "Nothing is critical.", "rows": _ROWS},
    ),
    Section(
        "access_paths",
        "table",
        "Riskiest access paths",
        "Ways to a statement that allows every action on every resource: those that nothing narrows first, then those "
        "with most users without MFA. What stands in the way may hold them back, and is named; Deny statements are "
        "not looked at here.",
        ("users", "roles", "policy_statements", "policy_attachments"),
        {"none": "Nobody but the root user may do everything.", "rows": _ROWS},
    ),
    Section(
        "identities_by_activity",
        "bars",
        "Identities by kind and last activity",
        "The last time of which events, passwords, access keys, roles and services know. Events reach back as far as "
        "they were read, and AWS remembers roles and services for 400 days.",
        ("users", "roles"),
        {
            "what": "identities",
            "colours": {
                "within 30 days": _GOOD,
                "31 to 90 days ago": "c3",
                "91 to 365 days ago": "c2",
                "longer ago": _BAD,
                "no activity known": _UNKNOWN,
            },
            "none": "There are no identities.",
        },
    ),
    Section(
        "users_by_credentials",
        "bars",
        "Users by credentials",
        "What users can sign in with, and whether a second factor protects it. Only active access keys count; the "
        "root user is not among them.",
        ("users",),
        {
            "what": "users",
            "colours": {"without MFA": _BAD, "with MFA": _GOOD, "nothing to protect": _PLAIN, "MFA unknown": _UNKNOWN},
            "none": "There are no users.",
        },
    ),
    Section(
        "access_keys_by_age",
        "bars",
        "Access keys by age",
        "How long ago keys were created. AWS replaces none by itself: an old active key is one that nobody rotates.",
        ("access_keys",),
        {
            "what": "keys",
            "colours": {"Active": _GOOD, "Inactive": _PLAIN, "Expired": _PLAIN, "Status unknown": _UNKNOWN},
            "none": "There are no access keys.",
        },
    ),
    Section(
        "assignments_by_account",
        "heat",
        "Identity Center assignments by account",
        "How many people may enter an account with a permission set, directly or through their groups.",
        ("account_assignments", "identity_center_users"),
        {"what": "people", "none": "Nobody is assigned to an account."},
    ),
    Section(
        "sign_ins_by_day",
        "timeline",
        "Sign-ins per day",
        "Sign-ins to the console and to the access portal, and entries from there into accounts and applications. AWS "
        "records them in several Regions. A sign-in whose last step is missing is incomplete.",
        ("audit_events",),
        {
            "what": "sign-ins",
            "each": "day",
            "colours": {"Success": _GOOD, "Failure": _BAD, "Incomplete": _UNKNOWN},
            "none": "Nobody signed in.",
        },
    ),
    Section(
        "events_by_region",
        "timeline",
        "Events per hour by Region",
        "CloudTrail events of the seven days that end with the newest one, by the Region whose history lists them.",
        ("audit_events",),
        {"what": "events", "each": "hour", "colours": None, "none": "There are no events."},
    ),
    Section(
        "events_by_actor",
        "sparklines",
        "Events per hour by actor",
        "The ten callers with most events in the same seven days. Each line has a scale of its own; the number is the "
        "total.",
        ("audit_events",),
        {"what": "events", "none": "There are no events."},
    ),
    Section(
        "coverage_by_account",
        "bars",
        "What the sync read",
        "Each stream of each account and Region is one read. What a read that is not complete does not show may exist "
        "in AWS all the same.",
        ("sync_coverage",),
        {
            "what": "reads",
            "colours": {
                "complete": _GOOD,
                "not_enabled": _PLAIN,
                "partial": "c2",
                "denied": _BAD,
                "failed": "c4",
                "not_synced": _UNKNOWN,
            },
            "none": "No sync said what it read.",
        },
    ),
    Section(
        "coverage_gaps",
        "table",
        "What is missing, or counted otherwise by AWS",
        "Each with the IAM actions that would make it complete. AWS counts other rows where something was created or "
        "deleted meanwhile.",
        ("sync_coverage",),
        {"none": "Every stream was read to its end, and AWS counts the same rows.", "rows": _ROWS},
    ),
)
SEVERITIES: Final = ("critical", "high", "medium", "low")
