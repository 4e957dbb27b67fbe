"""Managed policies of a realistic account: the customer's with their versions, and those of AWS that are in use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from random import Random

from moto.iam.models import AWSManagedPolicy, Group, IAMBackend, ManagedPolicy, Role, User

from embedded_aws.scenarios.seed_documents import permissions
from embedded_aws.scenarios.seed_times import between
from embedded_aws.server.aws_policies import aws_policy_id, shipped
from embedded_aws.server.iam_users import set_boundary

VERSIONS_PER_POLICY = 5
"""IAM's quota; one policy reaches it."""

_AWS_POLICIES = (
    "ReadOnlyAccess",
    "IAMUserChangePassword",
    "AWSLambdaBasicExecutionRole",
    "AmazonSSMManagedInstanceCore",
)
_AWS_BOUNDARY = "PowerUserAccess"
_EVERY = 17
"""Every so manieth user and group has a policy of AWS."""


def add_history(backend: IAMBackend, policies: Sequence[ManagedPolicy], rng: Random, now: datetime) -> None:
    """More versions, not all of them in force, and dates for all of them."""
    for number, policy in enumerate(policies):
        room = VERSIONS_PER_POLICY - len(policy.versions)
        for version in range(room if number == 0 else number % 2):
            in_force = (number + version) % 4 == 1
            backend.create_policy_version(policy.arn, permissions(number + version), set_as_default=in_force)
        times = sorted(between(rng, policy.create_date, now) for _ in policy.versions[1:])
        for version_, time in zip(policy.versions[1:], times, strict=True):
            version_.create_date = policy.update_date = time


def plant_aws_policies(backend: IAMBackend, users: Sequence[User]) -> list[AWSManagedPolicy]:
    """Attach policies of AWS to users and groups, and bound users by one. Returns those that roles may have too."""
    attached = [_aws_policy(backend, name) for name in _AWS_POLICIES]
    holders: list[User | Group] = [*users[::_EVERY], *[*backend.groups.values()][::_EVERY]]
    for number, holder in enumerate(holders):
        attached[number % 2].attach_to(holder)
    boundary = _aws_policy(backend, _AWS_BOUNDARY)
    for user in users[1::_EVERY]:
        set_boundary(user, boundary.arn)
    return attached


def attach(role: Role, policies: Sequence[ManagedPolicy]) -> None:
    for policy in policies:
        policy.attach_to(role)


def _aws_policy(backend: IAMBackend, name: str) -> AWSManagedPolicy:
    policy = AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, shipped()[name])
    known = backend.managed_policies.setdefault(policy.arn, policy)
    assert isinstance(known, AWSManagedPolicy)
    known.id = aws_policy_id(policy.arn)
    return known
