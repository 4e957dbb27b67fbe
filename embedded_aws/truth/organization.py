"""The streams of Organizations, as the account of the credentials may know them."""

from __future__ import annotations

from collections.abc import Iterator

from embedded_aws.server.cloud import Cloud
from embedded_aws.truth.values import Row

_OF_ORGANIZATION = (
    *("account_name", "arn", "email", "is_management", "joined_at", "joined_method", "ou_path", "state", "tags"),
)


def accounts(aws: Cloud, seen_by: str = "") -> Iterator[Row]:
    """The home account, by default as it is seen by itself: the management account may know everything of it, other
    members nothing. Outside of an organization there is nothing to know.
    """
    tree = aws.organization
    row: Row = {
        **dict.fromkeys(_OF_ORGANIZATION),
        "alias": next(iter(aws.iam().account_aliases), None),
        "read_status": "readable",
        "read_error": None,
        "unavailable_fields": [],
    }
    if tree and tree.may_be_read_by(seen_by or aws.account_id):
        [known] = [truth for truth in tree.accounts_truth() if truth["account_id"] == aws.account_id]
        row |= {
            "account_name": known["name"],
            "arn": known["arn"],
            "email": known["email"],
            "is_management": tree.management == aws.account_id,
            "joined_at": known["joined"],
            "joined_method": known["joined_method"],
            "ou_path": "/".join([tree.id, tree.root_id, *known["unit_ids"], ""]),
            "state": known["state"],
            "tags": known["tags"],
        }
    elif tree and aws.account_id in tree.members:
        row["unavailable_fields"] = list(_OF_ORGANIZATION)
    yield row


def organizational_units(aws: Cloud) -> Iterator[Row]:
    """The whole tree."""
    tree = aws.organization
    for unit in tree.units_truth() if tree else ():
        yield {
            "ou_id": unit["id"],
            "organization_id": tree.id if tree else None,
            "arn": unit["arn"],
            "name": unit["name"],
            "parent_id": unit["parent_id"],
            "path": "/".join([tree.id, tree.root_id, *unit["unit_ids"], ""]) if tree else None,
        }


def organization(aws: Cloud) -> Iterator[Row]:
    """One row, or none."""
    tree = aws.organization
    if tree:
        yield {
            "organization_id": tree.id,
            "arn": tree.arn("organization", ""),
            "feature_set": "ALL" if tree.all_features else "CONSOLIDATED_BILLING",
            "management_account_id": tree.management,
            "management_account_arn": tree.arn("account", tree.management),
            "management_account_email": tree.members[tree.management].address,
            "available_policy_types": (
                [{"type": "SERVICE_CONTROL_POLICY", "status": "ENABLED"}] if tree.all_features else []
            ),
        }
