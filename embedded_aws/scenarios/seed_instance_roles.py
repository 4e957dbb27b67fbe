"""What the roles of instance profiles may do: everything, in two ways, or less than it seems."""

from __future__ import annotations

from collections.abc import Mapping

from moto.iam.models import IAMBackend, InstanceProfile, Role

from embedded_aws.scenarios.seed_documents import text
from embedded_aws.server.aws_policies import provide

ADMINISTRATOR, INLINE, ALMOST, EMPTY = "administrator", "inline", "almost", "empty"
_ALL = {"Effect": "Allow", "Action": ["*:*"], "Resource": "*"}
_CONDITIONED = {**_ALL, "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}
_DENIED = {**_ALL, "Effect": "Deny"}


def grant(backend: IAMBackend) -> Mapping[str, InstanceProfile]:
    """Give the roles of the first three instance profiles their policies. Returns the profiles that there are, by what
    their role may do; one without a role is `EMPTY`.
    """
    profiles = [*backend.instance_profiles.values()]
    found = dict(zip((ADMINISTRATOR, INLINE, ALMOST), (one for one in profiles if one.roles), strict=False))
    policy = f"arn:{backend.partition}:iam::aws:policy/AdministratorAccess"
    if found:
        provide(backend, policy)
        backend.managed_policies[policy].attach_to(_role(found[ADMINISTRATOR]))
    if INLINE in found:
        _role(found[INLINE]).put_policy("everything", text(_ALL))
    if ALMOST in found:
        _role(found[ALMOST]).permissions_boundary_arn = policy
        _role(found[ALMOST]).put_policy("everything-at-work", text(_CONDITIONED, _DENIED))
    without = (one for one in profiles if not one.roles)
    return {**found, **dict(zip((EMPTY,), without, strict=False))}


def _role(profile: InstanceProfile) -> Role:
    role: Role = profile.roles[0]
    return role
