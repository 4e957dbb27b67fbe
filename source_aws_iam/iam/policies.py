"""Managed policies with their documents: the customer's own, and those of AWS that are in use.

Rows are those of iam:GetAccountAuthorizationDetails, with the versions in `policy_version_list`. Its pages of policies
are small, because every version's document is in them; a request per policy would still be many times as many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.aws.errors import AbsentError, AwsError
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
_HIDDEN: Final[Mapping[str, Any]] = {**dict.fromkeys(DOCUMENT), "unavailable_fields": DOCUMENT}


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
    return {policy["arn"]: _lean(policy) for policy in account.rows(DETAILS, "Policies", Filter=wanted)}


def _lean(policy: Row) -> Row:
    """Leave the version in force of a policy of AWS: it may have almost two hundred, of up to 6,144 characters each."""
    return {**policy, "policy_version_list": [default_version(policy)]} if is_aws_managed(policy["arn"]) else policy


def _one_by_one(account: Account) -> dict[str, Row]:
    listed = {row["arn"]: row for request in _IN_USE for row in account.rows("list_policies", "Policies", **request)}
    account.tell_cost("policies", len(listed) * 2, DETAILS)

    return {
        policy["arn"]: policy
        for policy in account.each("policies", lambda row: _with_versions(account, row), listed.values())
    }


def _with_versions(account: Account, policy: Row) -> Row:
    """Add all versions of a customer's policy, and the one in force of AWS's, or where AWS refuses to list them.

    Raises AbsentError if the policy is gone. A version that is gone is left out.
    """
    request = {"PolicyArn": policy["arn"]}
    versions = None
    if not is_aws_managed(policy["arn"]):
        versions = account.if_allowed(lambda: list(account.rows("list_policy_versions", "Versions", **request)))
    every = _documents(account, policy, versions or [_version(policy["default_version_id"])])
    if not any(version["is_default_version"] for version in every):
        # Another one has come into force since, and the one before it was deleted.
        now = account.if_allowed(lambda: account.one("get_policy", "Policy", **request)["policy"]["default_version_id"])
        hidden = {**_version(policy["default_version_id"]), **_HIDDEN}
        every += (now and _documents(account, policy, [_version(now)])) or [hidden]
    return {**policy, "policy_version_list": every}


def _version(version_id: str) -> Row:
    return {"version_id": version_id, "is_default_version": True}


def _documents(account: Account, policy: Row, versions: list[Row]) -> list[Row]:
    """Return those of the versions that are there, with their documents."""
    every = []
    for version in versions:
        request = {"PolicyArn": policy["arn"], "VersionId": version["version_id"]}
        try:
            whole = account.one("get_policy_version", "PolicyVersion", **request)["policy_version"]
        except AbsentError:
            continue
        except AwsError as error:
            if not error.denied:
                raise
            every.append({**version, **_HIDDEN})
        else:
            every.append({**whole, "is_default_version": version["is_default_version"], "unavailable_fields": []})
    return every
