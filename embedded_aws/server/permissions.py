"""Authorization by the identity-based IAM policies of the caller's user or role, and by its permissions boundary.

Inline and attached managed policies count, and for a user also those of its groups; only roles have a boundary. It
covers what the policies of readers and writers use: Allow and Deny, Action and NotAction, Resource and NotResource, and
conditions on what a request says of itself (StringEquals and StringLike). A statement with another Condition does not
apply.

Unlike in AWS, a user or role without any policy may do everything. So do the connector's user and role at first, and a
test needs no policy to begin with.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from moto.iam.models import Group, IAMBackend, Role, User

from embedded_aws.server.aws_policies import provide
from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.errors import DENIED, AwsError
from embedded_aws.server.principals import Principal

_LISTED = {
    "iam:ListUsers": "user",
    "iam:ListGroups": "group",
    "iam:ListRoles": "role",
    "iam:ListPolicies": "policy",
}
_OPERATORS = {"StringEquals", "StringLike"}
Verdict = Literal["allowed", "denied", "not allowed"]
Context = tuple[tuple[str, str], ...]
"""What a request says of itself, by condition keys. A condition on a key that is not there is not met."""


@dataclass(frozen=True)
class _Statement:
    effect: str
    actions: re.Pattern[str]
    negated: bool
    resources: re.Pattern[str]
    elsewhere: bool
    """Whether it is about all other resources."""
    conditions: tuple[tuple[str, re.Pattern[str]], ...]

    def concerns(self, action: str, resource: str, context: Context) -> bool:
        here = bool(self.actions.fullmatch(action)) != self.negated
        here = here and bool(self.resources.fullmatch(resource)) != self.elsewhere
        said = dict(context)
        return here and all(key in said and values.fullmatch(said[key]) for key, values in self.conditions)


def check_permission(cloud: Cloud, call: Call, caller: Principal) -> None:
    """Raise what AWS answers to a call that the caller's policies do not allow.

    GetCallerIdentity needs no permission. Whether an IAM user may assume a role, the trust policy decides
    alone: one that names a user of its account grants by itself.
    """
    if call.action == "sts:GetCallerIdentity" or (call.action == "sts:AssumeRole" and caller.role_arn is None):
        return
    backend = cloud.iam(caller.account_id)
    resource, context = _resource(cloud, call, caller), _context(call)
    for kind, documents in (
        ("identity-based policy", _documents(backend, caller)),
        ("permissions boundary", _boundary(backend, caller)),
    ):
        verdict = _verdict(documents, call.action, resource, context) if documents else "allowed"
        if verdict != "allowed":
            article = "an" if kind[0] == "i" else "a"
            raise access_denied(call, caller, kind, denied_by=f"{article} {kind}" if verdict == "denied" else None)


def permits(cloud: Cloud, caller: Principal, action: str, resource: str, context: Context = ()) -> bool:
    """Return whether the caller's policies allow an action on a resource."""
    backend = cloud.iam(caller.account_id)
    every = (_documents(backend, caller), _boundary(backend, caller))
    return all(_verdict(some, action, resource, context) == "allowed" for some in every if some)


def access_denied(
    call: Call, caller: Principal, lacking: str = "identity-based policy", *, denied_by: str | None = None
) -> AwsError:
    """IAM's refusal of an action that no policy of a kind allows, or that a policy denies."""
    partition = caller.arn.split(":")[1]
    listed = _LISTED.get(call.action)
    resource = f"arn:{partition}:iam::{caller.account_id}:{listed}/" if listed else "*"
    if call.operation == "GetGroup":
        resource = f"arn:{partition}:iam::{caller.account_id}:group/{call.params.get('GroupName')}"
    if call.action == "sts:AssumeRole":
        resource = call.params.get("RoleArn", "*")
    if call.service == "s3":
        resource = f'"{_s3_resource(call, partition)}"'
    reason = f"because no {lacking} allows the {call.action} action"
    if denied_by:
        reason = f"with an explicit deny in {denied_by}"
    text = f"User: {caller.arn} is not authorized to perform: {call.action} on resource: {resource} {reason}"
    return DENIED.to(call.protocol, text)


def _documents(backend: IAMBackend, caller: Principal) -> tuple[str, ...]:
    """Return all policies of the caller."""
    holders: list[User | Group | Role] = []
    if caller.role_arn:
        holders += [role for role in backend.roles.values() if role.arn == caller.role_arn]
    else:
        users = [user for user in (backend.users.get(caller.arn.rpartition("/")[2]),) if user]
        holders += users
        holders += [group for group in backend.groups.values() if any(user in group.users for user in users)]
    return tuple(document for holder in holders for document in _policies_of(holder))


def _boundary(backend: IAMBackend, caller: Principal) -> tuple[str, ...]:
    """Return the permissions boundary of the caller's role, where it has one."""
    arns = [role.permissions_boundary_arn for role in backend.roles.values() if role.arn == caller.role_arn]
    found = []
    for arn in filter(None, arns):
        provide(backend, arn)
        found += [one.document for one in backend.managed_policies[arn].versions if one.is_default]
    return tuple(found)


def _policies_of(holder: User | Group | Role) -> Iterable[str]:
    yield from list(holder.policies.values())
    for policy in list(holder.managed_policies.values()):
        yield from (version.document for version in policy.versions if version.is_default)


def _resource(cloud: Cloud, call: Call, caller: Principal) -> str:
    """The ARN of the entity that the call names; "*" if it names none, which only Resource "*" matches."""
    if call.action == "sts:AssumeRole":
        return str(call.params.get("RoleArn", "*"))
    if call.service != "iam":
        return _s3_resource(call, cloud.partition) if call.service == "s3" else "*"
    backend = cloud.iam(caller.account_id)
    account = f"arn:{backend.partition}:iam::{backend.account_id}"
    params = call.params
    for kind, entities in (("Group", backend.groups), ("User", backend.users)):
        name = params.get(f"{kind}Name")
        if name:
            return entities[name].arn if name in entities else f"{account}:{kind.lower()}/{name}"
    if params.get("RoleName"):
        named = (role.arn for role in backend.roles.values() if role.name == params["RoleName"])
        return next(named, f"{account}:role/{params['RoleName']}")
    if params.get("AllUsers"):
        return f"{account}:user/*"
    return str(params.get("PolicyArn") or params.get("Arn", "*"))


def _context(call: Call) -> Context:
    prefix = call.params.get("Prefix") if call.operation == "ListObjectsV2" else None
    return () if prefix is None else (("s3:prefix", prefix),)


def _s3_resource(call: Call, partition: str) -> str:
    """The object, where the call names one, and else the bucket."""
    path = "/".join(call.params[name] for name in ("Bucket", "Key") if name in call.params)
    return f"arn:{partition}:s3:::{path}"


@lru_cache(maxsize=10_000)
def _verdict(documents: tuple[str, ...], action: str, resource: str, context: Context) -> Verdict:
    statements = [one for document in documents for one in _statements(document)]
    effects = {one.effect for one in statements if one.concerns(action, resource, context)}
    if "Deny" in effects:
        return "denied"
    return "allowed" if "Allow" in effects else "not allowed"


@lru_cache(maxsize=1_000)
def _statements(document: str) -> tuple[_Statement, ...]:
    """The document's statements, ready to match: one pattern each for all actions and all resources."""
    return tuple(
        _Statement(
            effect=statement["Effect"],
            actions=_any_of(statement.get("Action", statement.get("NotAction")), re.IGNORECASE),
            negated="Action" not in statement,
            resources=_any_of(statement.get("Resource", statement.get("NotResource"))),
            elsewhere="NotResource" in statement,
            conditions=_conditions(statement.get("Condition", {})),
        )
        for statement in _listed(json.loads(document).get("Statement"))
        if _OPERATORS.issuperset(statement.get("Condition", ()))
    )


def _conditions(given: Mapping[str, Mapping[str, Any]]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    likes = ((key, _any_of(values)) for key, values in given.get("StringLike", {}).items())
    equals = given.get("StringEquals", {}).items()
    return (*likes, *((key, re.compile("|".join(map(re.escape, _listed(values))))) for key, values in equals))


def _any_of(globs: Any, flags: int = 0) -> re.Pattern[str]:
    parts = (re.escape(glob).replace(r"\*", ".*").replace(r"\?", ".") for glob in _listed(globs))
    return re.compile("|".join(parts), flags)


def _listed(value: Any) -> list[Any]:
    """Policy grammar allows one value wherever it allows a list."""
    return value if isinstance(value, list) else [] if value is None else [value]
