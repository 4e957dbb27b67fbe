"""IAM's roles one by one: what ListRoles and GetAccountAuthorizationDetails leave out of them."""

from __future__ import annotations

from typing import Any

from integration_tests.embedded_aws.calls import Call
from integration_tests.embedded_aws.cloud import Cloud
from integration_tests.embedded_aws.iam_entities import role_named
from integration_tests.embedded_aws.iam_shapes import whole_role
from integration_tests.embedded_aws.principals import Principal


def get_role(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    return {"Role": whole_role(role_named(cloud.iam(caller.account_id), call.params["RoleName"]))}
