"""Managed policies with their documents: the customer's own, and those of AWS that are in use.

Rows are those of iam:GetAccountAuthorizationDetails, with the versions in `policy_version_list`. Its pages of policies
are small, because every version's document is in them; a request per policy would still be many times as many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.aws.arns import account_of
from source_aws_iam.aws.errors import AbsentError, AwsError
from source_aws_iam.iam.entities import DETAILS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from source_aws_iam.iam.account import Account, Row

_IN_USE: Final = (
    {"Scope": "Local"},
    {"Scope": "AWS", "OnlyAttached": True},
    {"Scope": "AWS", "OnlyAttached": True, "PolicyUsageFilter": "PermissionsBoundary"},
)

DOCUMENT: Final = ("document", "document_text")
_HIDDEN: Final[Mapping[str, Any]] = {**dict.fromkeys(DOCUMENT), "unavailable_fields": DOCUMENT}


def policies(account: Account) -> Mapping[str, Row]:
    """Return the policies by ARN, or by what else AWS says of one."""
    return account.once(
        "policies", lambda: account.first_allowed(lambda: _in_bulk(account), lambda: _one_by_one(account))
    )


def is_aws_managed(arn: str | None) -> bool | None:
    """Return whether AWS wrote the policy: its ARN has "aws" where others have their account. None without an ARN."""
    return account_of(arn) == "aws" if arn else None


def default_version(policy: Row) -> Row:
    """Return the version of a policy that is in force, or one without a document where AWS does not show it.

    AWS marks it in the list of versions, and also names it beside the list.
    """
    versions, version_id = policy.get("policy_version_list", []), policy.get("default_version_id")
    marked = [version for version in versions if version.get("is_default_version")]
    named = [version for version in versions if version_id and version.get("version_id") == version_id]
    only = [] if version_id or len(versions) != 1 else versions
    found = marked if len(marked) == 1 else named or marked or only
    return found[0] if found else _version(version_id)


def hidden_document(version: Row) -> list[str]:
    """Return the columns of the version's document where it has none, neither as an object nor as text."""
    return [*DOCUMENT] if all(version.get(name) is None for name in DOCUMENT) else []


def unused_aws_policies(account: Account) -> Iterator[Row]:
    """Yield the policies of AWS that `policies` leaves out, with the version in force: a request each."""
    used = policies(account)
    every = _by_arn(account.rows("list_policies", "Policies", Scope="AWS"))
    others = [row for arn, row in every.items() if arn not in used]
    yield from account.each("policies", lambda row: _with_versions(account, row), others)


def _in_bulk(account: Account) -> dict[str, Row]:
    wanted = ["LocalManagedPolicy", "AWSManagedPolicy"]
    return _by_arn(map(_lean, account.rows(DETAILS, "Policies", Filter=wanted)))


def _lean(policy: Row) -> Row:
    """Leave the version in force of a policy of AWS: it may have almost two hundred, of up to 6,144 characters each."""
    return {**policy, "policy_version_list": [default_version(policy)]} if is_aws_managed(policy.get("arn")) else policy


def _one_by_one(account: Account) -> dict[str, Row]:
    listed = _by_arn(row for request in _IN_USE for row in account.rows("list_policies", "Policies", **request))
    account.tell_cost("policies", len(listed) * 2, DETAILS)
    return _by_arn(account.each("policies", lambda row: _with_versions(account, row), listed.values()))


def _by_arn(rows: Iterable[Row]) -> dict[str, Row]:
    """Return the rows by ARN. The ARN, or else the name, is the id of one without an id, and the name is in its ARN."""
    found = {}
    for row in rows:
        arn = row.get("arn") or None
        name = row.get("policy_name") or (arn or "").rpartition("/")[2] or None
        policy_id = row.get("policy_id") or arn or name
        if policy_id:
            found[arn or policy_id] = {**row, "arn": arn, "policy_name": name, "policy_id": policy_id}
    return found


def _with_versions(account: Account, policy: Row) -> Row:
    """Add all versions of a customer's policy, and the one in force of AWS's, or where AWS refuses to list them.

    Raises AbsentError if the policy is gone. A version that is gone is left out.
    """
    request = {"PolicyArn": policy["arn"]}
    hidden = {**_version(policy.get("default_version_id")), **_HIDDEN}
    if not policy["arn"]:
        return {**policy, "policy_version_list": [hidden]}
    versions = None
    if not is_aws_managed(policy["arn"]):
        versions = account.if_allowed(lambda: list(account.rows("list_policy_versions", "Versions", **request)))
    every = _documents(account, policy, versions or [_version(policy.get("default_version_id"))])
    if default_version({**policy, "policy_version_list": every}) not in every:
        # Another one has come into force since, and the one before it was deleted.
        now = account.if_allowed(lambda: account.one("get_policy", "Policy", **request)["policy"])
        in_force = (now or {}).get("default_version_id")
        every += (in_force and _documents(account, policy, [_version(in_force)])) or [hidden]
    return {**policy, "policy_version_list": every}


def _version(version_id: str | None) -> Row:
    return {"version_id": version_id, "is_default_version": True}


def _documents(account: Account, policy: Row, versions: list[Row]) -> list[Row]:
    """Return those of the versions that are there, with their documents."""
    every = []
    for version in (version for version in versions if version.get("version_id")):
        request = {"PolicyArn": policy["arn"], "VersionId": version["version_id"]}
        try:
            whole = account.one("get_policy_version", "PolicyVersion", **request)["policy_version"]
        except AbsentError:
            continue
        except AwsError as error:
            if not error.unavailable:
                raise
            every.append({**version, **_HIDDEN})
        else:
            known = {name: version.get(name) for name in ("version_id", "is_default_version")}
            every.append({**whole, **known, "unavailable_fields": hidden_document(whole)})
    return every
