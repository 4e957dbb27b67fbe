"""IAM's roles one by one: what ListRoles and GetAccountAuthorizationDetails leave out of them."""

from __future__ import annotations

from typing import Any

from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.iam_entities import role_named
from embedded_aws.server.iam_shapes import whole_role
from embedded_aws.server.principals import Principal


def get_role(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    return {"Role": whole_role(role_named(cloud.iam(caller.account_id), call.params["RoleName"]))}
