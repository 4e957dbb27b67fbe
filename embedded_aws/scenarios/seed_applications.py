"""Applications of IAM Identity Center, who is assigned to them, and trusted token issuers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from embedded_aws.server.applications import Application
from embedded_aws.server.identity_center import Instance

# One application has more users than a page.
_MANY = 120
_DISABLED, _CROWDED, _LEFT_OVER, _UNASSIGNED = range(4)


def add_applications(
    instance: Instance, count: int, accounts: Sequence[str], users: Sequence[str], groups: Sequence[str]
) -> None:
    """Add so many applications of the owner and of these accounts, assigned to some of the users and groups."""
    for number in range(count):
        account = accounts[number % len(accounts)] if accounts and number % 3 == 1 else instance.owner
        of_kind: dict[str, Any] = _oauth(number) if number % 2 else _saml(number)
        one = instance.add_application(f"application-{number:02}", account=account, **of_kind)
        one.status = "DISABLED" if number == _DISABLED else "ENABLED"
        _assign(instance, one, number, users, groups)


def add_issuers(instance: Instance, count: int) -> None:
    """Add so many issuers, every other one with tags."""
    for number in range(count):
        issuer = instance.add_issuer(f"issuer-{number}", f"https://idp-{number}.example.com/oauth2")
        if number % 2:
            issuer.claim_attribute_path, issuer.identity_store_attribute_path = "sub", "externalIds.id"
            issuer.tags = {"owner": f"team-{number}"}


def _assign(instance: Instance, one: Application, number: int, users: Sequence[str], groups: Sequence[str]) -> None:
    if number == _CROWDED:
        one.assignments += [("USER", user_id) for user_id in users[:_MANY]]
    elif number != _UNASSIGNED:
        one.assignments += [("GROUP", groups[number % len(groups)])] if groups else []
        one.assignments += [("USER", users[number * 5 % len(users)])] if users and number % 2 == 0 else []
    if number == _LEFT_OVER:
        # The user was deleted, and the assignment stays.
        one.assignments.append(("USER", instance.deleted_user))


def _oauth(number: int) -> dict[str, Any]:
    return {"assignment_required": number % 5 != 0, "description": f"Application number {number}"}


def _saml(number: int) -> dict[str, Any]:
    address = f"https://app-{number}.example.com/login"
    shown = "ENABLED" if number % 4 else "DISABLED"
    return {
        "provider": "custom-saml",
        "portal_options": {
            "SignInOptions": {"Origin": "APPLICATION", "ApplicationUrl": address},
            "Visibility": shown,
        },
        "tags": {"owner": f"team-{number}"},
    }
