"""Managed policies with their documents: the customer's own, and those of AWS that are in use.

Rows are those of iam:GetAccountAuthorizationDetails, with the versions in `policy_version_list`. Its pages of policies
are small, because every version's document is in them; per-entity calls would still be many times as many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_calls.arns import account_of
from aws_calls.errors import AbsentError, AwsError
from source_aws_iam.iam.entities import DETAILS
from source_aws_iam.streams.columns import hidden

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from source_aws_iam.aws.reader import Reader, Row

_IN_USE: Final = (
    {"Scope": "Local"},
    {"Scope": "AWS", "OnlyAttached": True},
    {"Scope": "AWS", "OnlyAttached": True, "PolicyUsageFilter": "PermissionsBoundary"},
)

DOCUMENT: Final = ("document", "document_text")
# Only a version whose document AWS denies has `unavailable_fields`.
_HIDDEN: Final = hidden(DOCUMENT)


def policies(iam: Reader) -> Mapping[str, Row]:
    """Return the policies by ARN, or else by id or name."""
    return iam.once("policies", lambda: iam.first_allowed(lambda: _bulk_call(iam), lambda: _per_entity_calls(iam)))


def is_aws_managed(arn: str | None) -> bool | None:
    """Return whether AWS manages the policy: the account in its ARN is "aws" then. None without an ARN."""
    return account_of(arn) == "aws" if arn else None


def default_version(policy: Row) -> Row:
    """Return the default version of a policy, or one without a document where it is unavailable.

    AWS marks it in the list of versions, and also names it beside the list.
    """
    versions, version_id = policy.get("policy_version_list", []), policy.get("default_version_id")
    marked = [version for version in versions if version.get("is_default_version")]
    named = [version for version in versions if version_id and version.get("version_id") == version_id]
    only = [] if version_id or len(versions) != 1 else versions
    found = marked if len(marked) == 1 else named or marked or only
    return found[0] if found else _version(version_id)


def unused_aws_policies(iam: Reader) -> Iterator[Row]:
    """Yield the policies of AWS that `policies` leaves out, with their default versions: a request each."""
    used = policies(iam)
    every = _by_arn(iam.rows("list_policies", "Policies", Scope="AWS"))
    others = [row for arn, row in every.items() if arn not in used]
    yield from iam.each("policies", lambda row: _with_versions(iam, row), others)


def _bulk_call(iam: Reader) -> dict[str, Row]:
    wanted = ["LocalManagedPolicy", "AWSManagedPolicy"]
    return _by_arn(map(_lean, iam.rows(DETAILS, "Policies", Filter=wanted)))


def _lean(policy: Row) -> Row:
    """Keep only the default version of a policy of AWS: it may have two hundred, of up to 6,144 characters each."""
    return {**policy, "policy_version_list": [default_version(policy)]} if is_aws_managed(policy.get("arn")) else policy


def _per_entity_calls(iam: Reader) -> dict[str, Row]:
    listed = _by_arn(row for request in _IN_USE for row in iam.rows("list_policies", "Policies", **request))
    iam.tell_cost("policies", len(listed) * 2, DETAILS)
    return _by_arn(iam.each("policies", lambda row: _with_versions(iam, row), listed.values()))


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


def _with_versions(iam: Reader, policy: Row) -> Row:
    """Add all versions of a customer's policy, and the one in force of AWS's, or where AWS denies the list.

    Raises AbsentError if the policy is absent. A version that is absent is left out.
    """
    request = {"PolicyArn": policy["arn"]}
    unseen = {**_version(policy.get("default_version_id")), **_HIDDEN}
    if not policy["arn"]:
        return {**policy, "policy_version_list": [unseen]}
    versions = None
    if not is_aws_managed(policy["arn"]):
        versions = iam.if_allowed(lambda: list(iam.rows("list_policy_versions", "Versions", **request)))
    every = _documents(iam, policy, versions or [_version(policy.get("default_version_id"))])
    if default_version({**policy, "policy_version_list": every}) not in every:
        # The default version has changed since, and the former one was deleted.
        now = iam.if_allowed(lambda: iam.one("get_policy", **request)["policy"])
        in_force = (now or {}).get("default_version_id")
        every += (in_force and _documents(iam, policy, [_version(in_force)])) or [unseen]
    return {**policy, "policy_version_list": every}


def _version(version_id: str | None) -> Row:
    return {"version_id": version_id, "is_default_version": True}


def _documents(iam: Reader, policy: Row, versions: list[Row]) -> list[Row]:
    """Return those of the versions that exist, with their documents."""
    every = []
    for version in (version for version in versions if version.get("version_id")):
        request = {"PolicyArn": policy["arn"], "VersionId": version["version_id"]}
        try:
            whole = iam.one("get_policy_version", **request)["policy_version"]
        except AbsentError:
            continue
        except AwsError as error:
            if not error.unavailable:
                raise
            every.append({**version, **_HIDDEN})
        else:
            known = {name: version.get(name) for name in ("version_id", "is_default_version")}
            every.append({**whole, **known})
    return every
