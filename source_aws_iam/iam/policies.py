"""Managed policies with their documents: the customer's own, and those of AWS that are in use.

Rows are those of iam:GetAccountAuthorizationDetails, with the versions in `policy_version_list`. Its pages of policies
are small, because every version's document is in them; a request per policy would still be many times as many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from source_aws_iam.iam.entities import DETAILS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from source_aws_iam.iam.account import Account, Row

_IN_USE: Final = (
    {"Scope": "Local"},
    {"Scope": "AWS", "OnlyAttached": True},
    {"Scope": "AWS", "OnlyAttached": True, "PolicyUsageFilter": "PermissionsBoundary"},
)


DOCUMENT: Final = ("document", "document_text")


def policies(account: Account) -> Mapping[str, Row]:
    """Return the policies by ARN."""
    return account.once(
        "policies", lambda: account.first_allowed(lambda: _in_bulk(account), lambda: _one_by_one(account))
    )


def is_aws_managed(arn: str) -> bool:
    """Return whether AWS wrote the policy: its ARN has "aws" where others have their account."""
    return arn.split(":")[4] == "aws"


def default_version(policy: Row) -> Row:
    """Return the version of a policy that is in force."""
    return next(version for version in policy["policy_version_list"] if version["is_default_version"])


def unused_aws_policies(account: Account) -> Iterator[Row]:
    """Yield the policies of AWS that `policies` leaves out, with the version in force: a request each."""
    used = policies(account)
    others = [row for row in account.rows("list_policies", "Policies", Scope="AWS") if row["arn"] not in used]
    yield from account.each("policies", lambda row: _with_versions(account, row), others)


def _in_bulk(account: Account) -> dict[str, Row]:
    wanted = ["LocalManagedPolicy", "AWSManagedPolicy"]
    return {policy["arn"]: policy for policy in account.rows(DETAILS, "Policies", Filter=wanted)}


def _one_by_one(account: Account) -> dict[str, Row]:
    listed = {row["arn"]: row for request in _IN_USE for row in account.rows("list_policies", "Policies", **request)}
    account.tell_cost("policies", len(listed) * 2, DETAILS)

    return {
        policy["arn"]: policy
        for policy in account.each("policies", lambda row: _with_versions(account, row), listed.values())
    }


def _with_versions(account: Account, policy: Row) -> Row:
    """Add all versions of a customer's policy, and the one in force of AWS's, or where AWS refuses to list them."""
    default = {"version_id": policy["default_version_id"], "is_default_version": True}
    versions = None
    if not is_aws_managed(policy["arn"]):
        request = {"PolicyArn": policy["arn"]}
        versions = account.if_allowed(lambda: list(account.rows("list_policy_versions", "Versions", **request)))
    every = [_with_document(account, policy, version) for version in versions or [default]]
    return {**policy, "policy_version_list": every}


def _with_document(account: Account, policy: Row, version: Row) -> Row:
    request = {"PolicyArn": policy["arn"], "VersionId": version["version_id"]}
    whole = account.if_allowed(lambda: account.one("get_policy_version", "PolicyVersion", **request))
    if whole is None:
        return {**version, **dict.fromkeys(DOCUMENT), "unavailable_fields": DOCUMENT}
    return {**whole["policy_version"], "unavailable_fields": []}
