"""IAM's entities by name, and AWS's error where there is none.

A call about credentials that names no user is about the caller, who then has to be a user.
"""

from __future__ import annotations

from moto.core.exceptions import ServiceException
from moto.iam.models import Group, IAMBackend, ManagedPolicy, Role, User

from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.errors import AwsError
from embedded_aws.server.principals import Principal


def no_such_entity(text: str) -> AwsError:
    return AwsError("NoSuchEntity", text, 404)


def user_named(backend: IAMBackend, name: str) -> User:
    user = backend.users.get(name)
    if user is None:
        raise no_such_entity(f"The user with name {name} cannot be found.")
    return user


def group_named(backend: IAMBackend, name: str) -> Group:
    try:
        return backend.get_group(name)
    except ServiceException:
        raise no_such_entity(f"The group with name {name} cannot be found.") from None


def role_named(backend: IAMBackend, name: str) -> Role:
    try:
        return backend.get_role(name)
    except ServiceException:
        raise no_such_entity(f"The role with name {name} cannot be found.") from None


def policy_at(backend: IAMBackend, arn: str) -> ManagedPolicy:
    policy = backend.managed_policies.get(arn)
    if policy is None:
        raise no_such_entity(f"Policy {arn} was not found.")
    return policy


def user_of(cloud: Cloud, call: Call, caller: Principal) -> User:
    """The user whom the call is about."""
    name = call.params.get("UserName")
    if name is None and caller.role_arn is not None:
        raise AwsError("ValidationError", "Must specify userName when calling with non-User credentials")
    return user_named(cloud.iam(caller.account_id), name or caller.arn.rpartition("/")[2])
