"""Instances, permission sets, their assignments, and tags of IAM Identity Center.

https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from embedded_aws.server.applications import Application, TrustedTokenIssuer
from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.errors import AwsError
from embedded_aws.server.identity_center import Instance, PermissionSet
from embedded_aws.server.identity_center_calls import (
    Operation,
    for_administrator,
    for_owner,
    not_found,
    page,
    sent,
    visible_to,
)
from embedded_aws.server.principals import Principal

Result = dict[str, Any]


def _list_instances(cloud: Cloud, call: Call, caller: Principal) -> Result:
    """Those of the Region, or with RegionScope those of all Regions."""
    scope = call.params.get("RegionScope", "CURRENT_REGION")
    if "RegionScope" in call.params and not cloud.knows_region_scope:
        raise AwsError("ValidationException", "Unknown parameter: RegionScope")
    found = [one for one in visible_to(cloud, caller) if scope == "ALL_REGIONS" or one.region == call.region]
    return page(call, "Instances", [_instance(one) for one in found])


def _instance(instance: Instance) -> Result:
    regions = [(instance.region, True), *((region, False) for region in instance.replicas)]
    return {
        "InstanceArn": instance.arn,
        "IdentityStoreId": instance.store_id,
        "IdentityStoreArn": instance.store_arn,
        "OwnerAccountId": instance.owner,
        "Name": instance.name,
        "CreatedDate": instance.created,
        "Status": instance.status,
        "PrimaryRegion": instance.region,
        "Regions": [
            {"RegionName": region, "Status": "ACTIVE", "AddedDate": instance.created, "IsPrimaryRegion": primary}
            for region, primary in regions
        ],
    }


def _attributes(instance: Instance, _call: Call) -> Result:
    if not instance.attributes:
        raise not_found("InstanceAccessControlAttributeConfiguration", instance.arn)
    listed = [{"Key": key, "Value": {"Source": source}} for key, source in instance.attributes.items()]
    return {"Status": "ENABLED", "InstanceAccessControlAttributeConfiguration": {"AccessControlAttributes": listed}}


def _list_permission_sets(instance: Instance, call: Call) -> Result:
    return page(call, "PermissionSets", list(instance.permission_sets))


def _of_set(answer: Callable[[Instance, PermissionSet, Call], Result]) -> Operation:
    def serve(instance: Instance, call: Call) -> Result:
        one = instance.permission_sets.get(call.params["PermissionSetArn"])
        if one is None:
            raise not_found("PermissionSet", call.params["PermissionSetArn"])
        return answer(instance, one, call)

    return for_administrator(serve)


def _describe(_instance: Instance, one: PermissionSet, _call: Call) -> Result:
    described = {
        "Name": one.name,
        "PermissionSetArn": one.arn,
        "Description": one.description,
        "CreatedDate": one.created,
        "SessionDuration": one.session_duration,
        "RelayState": one.relay_state,
    }
    return {"PermissionSet": sent(described)}


def _managed(_instance: Instance, one: PermissionSet, call: Call) -> Result:
    return page(call, "AttachedManagedPolicies", [{"Name": name, "Arn": arn} for name, arn in one.managed])


def _customer_managed(_instance: Instance, one: PermissionSet, call: Call) -> Result:
    listed = [{"Name": name, "Path": path} for name, path in one.customer_managed]
    return page(call, "CustomerManagedPolicyReferences", listed)


def _inline(_instance: Instance, one: PermissionSet, _call: Call) -> Result:
    return {"InlinePolicy": one.inline}


def _boundary(_instance: Instance, one: PermissionSet, _call: Call) -> Result:
    if one.boundary is None:
        raise not_found("PermissionsBoundary", one.arn)
    return {"PermissionsBoundary": one.boundary}


def _tags(instance: Instance, call: Call) -> Result:
    asked = call.params["ResourceArn"]
    taggable: dict[str, PermissionSet | Application | TrustedTokenIssuer] = {
        **instance.permission_sets,
        **instance.applications,
        **instance.issuers,
    }
    one = taggable.get(asked)
    if one is None:
        raise not_found("Resource", asked)
    return page(call, "Tags", [{"Key": key, "Value": value} for key, value in one.tags.items()])


def _accounts(_instance: Instance, one: PermissionSet, call: Call) -> Result:
    """AWS leaves an empty list out of some answers, and not of this one."""
    return page(call, "AccountIds", one.provisioned)


def _assignments(instance: Instance, one: PermissionSet, call: Call) -> Result:
    account_id = call.params["AccountId"]
    listed = [
        {
            "AccountId": account_id,
            "PermissionSetArn": one.arn,
            "PrincipalType": assigned.kind,
            "PrincipalId": assigned.principal_id,
        }
        for assigned in instance.assignments
        if (assigned.permission_set, assigned.account_id) == (one.arn, account_id)
    ]
    return page(call, "AccountAssignments", listed)


OPERATIONS: Mapping[str, Operation] = {
    "sso:DescribeInstanceAccessControlAttributeConfiguration": for_administrator(_attributes),
    "sso:DescribePermissionSet": _of_set(_describe),
    "sso:GetInlinePolicyForPermissionSet": _of_set(_inline),
    "sso:GetPermissionsBoundaryForPermissionSet": _of_set(_boundary),
    "sso:ListAccountAssignments": _of_set(_assignments),
    "sso:ListAccountsForProvisionedPermissionSet": _of_set(_accounts),
    "sso:ListCustomerManagedPolicyReferencesInPermissionSet": _of_set(_customer_managed),
    "sso:ListInstances": _list_instances,
    "sso:ListManagedPoliciesInPermissionSet": _of_set(_managed),
    "sso:ListPermissionSets": for_administrator(_list_permission_sets),
    "sso:ListTagsForResource": for_owner(_tags),
}
