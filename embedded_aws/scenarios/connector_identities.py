"""The IAM user and the role whose credentials the connector gets."""

from __future__ import annotations

import json
from collections.abc import Mapping

from moto.iam.models import Role, User

from embedded_aws.server.cloud import Cloud
from embedded_aws.server.iam_ids import unique_id
from embedded_aws.server.principals import AccessKey

USER_NAME = "connector"
ROLE_NAME = "airbyte-connector"
_MAX_SESSION = 4 * 3600
_ALLOWED = "allowed-by-the-test"
_ALWAYS_ALLOWED = "sts:GetCallerIdentity"


def create_user(cloud: Cloud, account_id: str) -> tuple[User, AccessKey]:
    backend = cloud.iam(account_id)
    user = backend.create_user(cloud.regions[0], USER_NAME)
    user.id = unique_id("AIDA")
    key = backend.create_access_key(USER_NAME)
    user.create_date = key.create_date = cloud.moto_now()
    return user, AccessKey(key.access_key_id, key.secret_access_key)


def create_role(cloud: Cloud, trusted: User, external_id: str) -> Role:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": trusted.arn},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
    }
    role = cloud.iam().create_role(
        role_name=ROLE_NAME,
        assume_role_policy_document=_policy(statement),
        path="/",
        permissions_boundary=None,
        description="Read by the connector",
        tags=[],
        max_session_duration=str(_MAX_SESSION),
    )
    role.create_date = cloud.moto_now()
    return role


def allow(cloud: Cloud, actions: tuple[str, ...]) -> None:
    """Allow the user and the role of the home account only these actions, by an inline policy. IAM has no policy
    without actions: for none, it allows an action that needs no permission.
    """
    statement = {"Effect": "Allow", "Action": list(actions) or [_ALWAYS_ALLOWED], "Resource": "*"}
    for identity in _identities(cloud):
        identity.put_policy(_ALLOWED, _policy(statement))


def allow_everything(cloud: Cloud) -> None:
    for identity in _identities(cloud):
        identity.policies.pop(_ALLOWED, None)


def _identities(cloud: Cloud) -> tuple[User, Role]:
    backend = cloud.iam()
    return backend.get_user(USER_NAME), backend.get_role(ROLE_NAME)


def _policy(statement: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
