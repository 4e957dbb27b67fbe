"""Managed policies one by one: what ListPolicies and GetAccountAuthorizationDetails leave out of them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from moto.iam.models import Group, IAMBackend, ManagedPolicy, Role, User

from embedded_aws.server import iam_shapes
from embedded_aws.server.aws_policies import provide
from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.iam_entities import no_such_entity, policy_at
from embedded_aws.server.paging import one_page
from embedded_aws.server.principals import Principal


def get_policy(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """The only call with a policy's description and tags. Live AWS returns an empty list of tags."""
    policy = _policy(cloud, call, caller)
    attached, bounding = policy_uses(cloud.iam(caller.account_id))
    listed = iam_shapes.listed_policy(policy, attached[policy.arn], bounding[policy.arn])
    return {"Policy": {**listed, "Description": policy.description or None, "Tags": policy.get_tags()}}


def list_policy_versions(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """Newest first, without documents."""
    versions = {(-int(version.version_id[1:]),): version for version in _policy(cloud, call, caller).versions}
    shown, more = one_page(call, versions, cloud.page_cap)
    return {"Versions": [iam_shapes.listed_version(version) for version in shown], **more}


def get_policy_version(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    policy, wanted = _policy(cloud, call, caller), call.params["VersionId"]
    for version in policy.versions:
        if version.version_id == wanted:
            return {"PolicyVersion": iam_shapes.policy_version(version)}
    raise no_such_entity(f"Policy {policy.arn} version {wanted} does not exist or is not attachable.")


def policy_uses(backend: IAMBackend) -> tuple[Counter[str], Counter[str]]:
    """How often each policy is attached, and how often it bounds. Counted, because moto's own tally drifts
    when a policy is attached twice.
    """
    entities: list[User | Group | Role] = [
        *backend.users.values(),
        *backend.groups.values(),
        *backend.roles.values(),
    ]
    attached = Counter(arn for entity in entities for arn in entity.managed_policies)
    bounding = Counter(
        [iam_shapes.user_boundary_arn(user) for user in backend.users.values()]
        + [role.permissions_boundary_arn for role in backend.roles.values()]
    )
    return attached, Counter({arn: uses for arn, uses in bounding.items() if arn})


def _policy(cloud: Cloud, call: Call, caller: Principal) -> ManagedPolicy:
    backend, arn = cloud.iam(caller.account_id), call.params["PolicyArn"]
    provide(backend, arn)
    return policy_at(backend, arn)
