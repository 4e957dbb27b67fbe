"""The calls about policies of an organization.

A type that is not enabled lists its policies all the same; they have no effect.
https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListPolicies.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from moto.core.utils import get_service_model

from embedded_aws.server.calls import Call
from embedded_aws.server.organization import Policy
from embedded_aws.server.organization_pages import invalid_input, not_found, one_page
from embedded_aws.server.organization_tree import OrganizationTree

Result = dict[str, Any]


def _list_policies(tree: OrganizationTree, call: Call) -> Result:
    """Those of one type."""
    wanted = call.params.get("Filter")
    known: Any = get_service_model("organizations").shape_for("PolicyType")
    if wanted not in (*known.enum, *tree.policies.types):
        raise invalid_input("INVALID_ENUM_POLICY_TYPE: Filter")
    every = tree.policies.every()
    listed = [policy_id for policy_id, policy in every.items() if policy.type == wanted]
    shown, more = one_page(call, listed, tree.empty_pages, repeats=tree.repeats)
    return {"Policies": [_summary(tree, every[policy_id]) for policy_id in shown], **more}


def _describe_policy(tree: OrganizationTree, call: Call) -> Result:
    policy = _asked_for(tree, call)
    return {"Policy": {"PolicySummary": _summary(tree, policy), "Content": policy.content}}


def _list_targets_for_policy(tree: OrganizationTree, call: Call) -> Result:
    """What it is attached to, not what inherits it."""
    targets = tree.policies.targets(_asked_for(tree, call).id)
    shown, more = one_page(call, targets, tree.empty_pages)
    found = [targets[target_id] for target_id in shown]
    return {
        "Targets": [
            {"TargetId": one.id, "Arn": tree.arn(one.kind, one.id), "Name": one.name, "Type": one.type} for one in found
        ],
        **more,
    }


def _asked_for(tree: OrganizationTree, call: Call) -> Policy:
    policy_id = call.params["PolicyId"]
    if not re.fullmatch("p-[0-9a-zA-Z_]{8,128}", policy_id):
        raise invalid_input("INVALID_PATTERN: PolicyId")
    policy = tree.policies.every().get(policy_id)
    if policy is None:
        raise not_found("Policy", "a policy")
    return policy


def _summary(tree: OrganizationTree, policy: Policy) -> Result:
    return {
        "Id": policy.id,
        "Arn": tree.policies.arn(policy),
        "Name": policy.name,
        "Description": policy.description,
        "Type": policy.type,
        "AwsManaged": tree.policies.is_of_aws(policy.id),
    }


ANSWERS: Mapping[str, Callable[[OrganizationTree, Call], Result]] = {
    "organizations:DescribePolicy": _describe_policy,
    "organizations:ListPolicies": _list_policies,
    "organizations:ListTargetsForPolicy": _list_targets_for_policy,
}
