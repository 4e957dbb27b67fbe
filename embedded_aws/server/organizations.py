"""AWS Organizations, as far as it is read: the calls of the management account and of delegated administrators.

Shapes are those of the API reference of version 2016-11-28, texts those of live answers where they are known.
https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.errors import DENIED, AwsError
from embedded_aws.server.organization import Member
from embedded_aws.server.organization_pages import invalid_input, not_found, one_page
from embedded_aws.server.organization_policy_calls import ANSWERS
from embedded_aws.server.organization_tree import OrganizationTree
from embedded_aws.server.principals import Principal

Result = dict[str, Any]
Operation = Callable[[Cloud, Call, Principal], Result]

_OLD_STATUS = {"PENDING_ACTIVATION": "SUSPENDED", "CLOSED": "SUSPENDED"}
"""Status never knew these states."""

_POLICY_TYPES = [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]
"""DescribeOrganization tells no other type. The root has them all."""


def _operation(answer: Callable[[OrganizationTree, Call], Result], *, for_members: bool = False) -> Operation:
    """With the check of who calls: any member, or only those who may read about all."""

    def serve(cloud: Cloud, call: Call, caller: Principal) -> Result:
        tree = cloud.organization
        if tree is None or caller.account_id not in tree.members:
            text = "Your account is not a member of an organization."
            raise AwsError("AWSOrganizationsNotInUseException", text)
        if not for_members and not tree.may_be_read_by(caller.account_id):
            raise DENIED.to(call.protocol, "You don't have permissions to access this resource.")
        return answer(tree, call)

    return serve


def _describe_organization(tree: OrganizationTree, _call: Call) -> Result:
    return {
        "Organization": {
            "Id": tree.id,
            "Arn": tree.arn("organization", ""),
            "FeatureSet": "ALL" if tree.all_features else "CONSOLIDATED_BILLING",
            "MasterAccountArn": tree.arn("account", tree.management),
            "MasterAccountId": tree.management,
            "MasterAccountEmail": tree.members[tree.management].address,
            "AvailablePolicyTypes": _POLICY_TYPES if tree.all_features else [],
        }
    }


def _list_accounts(tree: OrganizationTree, call: Call) -> Result:
    return _accounts(tree, call, list(tree.members))


def _list_accounts_for_parent(tree: OrganizationTree, call: Call) -> Result:
    """Those directly in it, not those of units further down."""
    return _accounts(tree, call, [child for child in _children(tree, call) if child in tree.members])


def _describe_account(tree: OrganizationTree, call: Call) -> Result:
    member = tree.members.get(call.params["AccountId"])
    if member is None:
        raise not_found("Account", "an account")
    return {"Account": _account(tree, member)}


def _list_roots(tree: OrganizationTree, call: Call) -> Result:
    shown, more = one_page(call, [tree.root_id], tree.empty_pages)
    types = [{"Type": kind, "Status": status} for kind, status in tree.policies.types.items()]
    root = {"Arn": tree.arn("root", tree.root_id), "Name": "Root", "PolicyTypes": types}
    return {"Roots": [{"Id": root_id, **root} for root_id in shown], **more}


def _list_units_for_parent(tree: OrganizationTree, call: Call) -> Result:
    """Those directly in it, not those of units further down."""
    children = [child for child in _children(tree, call) if child in tree.units]
    shown, more = one_page(call, children, tree.empty_pages)
    return {"OrganizationalUnits": [_unit(tree, unit_id) for unit_id in shown], **more}


def _describe_unit(tree: OrganizationTree, call: Call) -> Result:
    unit_id = call.params["OrganizationalUnitId"]
    if unit_id not in tree.units:
        raise not_found("OrganizationalUnit", "an organizational unit")
    return {"OrganizationalUnit": _unit(tree, unit_id)}


def _list_parents(tree: OrganizationTree, call: Call) -> Result:
    """AWS pages even these, of which there is never more than one."""
    if call.params["ChildId"] not in tree.parents:
        raise not_found("Child", "a child")
    shown, more = one_page(call, [tree.parents[call.params["ChildId"]]], tree.empty_pages)
    kinds = {tree.root_id: "ROOT"}
    return {"Parents": [{"Id": one, "Type": kinds.get(one, "ORGANIZATIONAL_UNIT")} for one in shown], **more}


def _list_tags_for_resource(tree: OrganizationTree, call: Call) -> Result:
    """Of accounts, units and the root. This call has no MaxResults."""
    resource = call.params["ResourceId"]
    if resource not in (tree.root_id, *tree.parents):
        raise not_found("Target", "a target")
    tags = tree.tags(resource)
    shown, more = one_page(call, list(tags), tree.empty_pages)
    return {"Tags": [{"Key": key, "Value": tags[key]} for key in shown], **more}


def _list_delegated_administrators(tree: OrganizationTree, call: Call) -> Result:
    """Of one service, or of any. These accounts have no Paths."""
    service = call.params.get("ServicePrincipal")
    since = {
        account_id: min(one.since for one in delegations if service in (None, one.service))
        for account_id, delegations in list(tree.delegations.items())
        if any(service in (None, one.service) for one in delegations)
    }
    shown, more = one_page(call, since, tree.empty_pages)
    found = []
    for account_id in shown:
        account = {**_account(tree, tree.members[account_id]), "DelegationEnabledDate": since[account_id].timestamp()}
        found.append({name: value for name, value in account.items() if name != "Paths"})
    return {"DelegatedAdministrators": found, **more}


def _list_delegated_services(tree: OrganizationTree, call: Call) -> Result:
    """Those of one account."""
    account_id = call.params["AccountId"]
    if not re.fullmatch(r"[0-9]{12}", account_id):
        raise invalid_input("INVALID_PATTERN: AccountId")
    if account_id not in tree.members:
        raise not_found("Account", "an account")
    since = {one.service: one.since for one in tree.delegations.get(account_id, ())}
    if not since:
        text = "The specified account is not a delegated administrator for this AWS service."
        raise AwsError("AccountNotRegisteredException", text)
    shown, more = one_page(call, since, tree.empty_pages)
    services = [{"ServicePrincipal": one, "DelegationEnabledDate": since[one].timestamp()} for one in shown]
    return {"DelegatedServices": services, **more}


def _accounts(tree: OrganizationTree, call: Call, ids: list[str]) -> Result:
    shown, more = one_page(call, ids, tree.empty_pages, repeats=tree.repeats)
    return {"Accounts": [_account(tree, tree.members[account_id]) for account_id in shown], **more}


def _account(tree: OrganizationTree, member: Member) -> Result:
    members = {
        "Id": member.id,
        "Arn": tree.arn("account", member.id),
        "Email": member.address,
        "Name": member.known_as,
        "Status": _OLD_STATUS.get(member.state, member.state),
        "State": member.state,
        "Paths": ["/".join([tree.id, *tree.ids_above(member.id), ""])],
        "JoinedMethod": member.joined_method,
        "JoinedTimestamp": member.joined.timestamp(),
    }
    return {name: value for name, value in members.items() if name not in tree.hidden}


def _unit(tree: OrganizationTree, unit_id: str) -> Result:
    path = "/".join([tree.id, *tree.ids_above(unit_id), ""])
    return {"Id": unit_id, "Arn": tree.arn("ou", unit_id), "Name": tree.units[unit_id].name, "Path": path}


def _children(tree: OrganizationTree, call: Call) -> list[str]:
    parent = call.params["ParentId"]
    if parent not in (tree.root_id, *tree.units):
        raise not_found("Parent", "a parent")
    return list(tree.children(parent))


OPERATIONS: Mapping[str, Operation] = {
    "organizations:DescribeAccount": _operation(_describe_account),
    "organizations:DescribeOrganization": _operation(_describe_organization, for_members=True),
    "organizations:DescribeOrganizationalUnit": _operation(_describe_unit),
    "organizations:ListAccounts": _operation(_list_accounts),
    "organizations:ListAccountsForParent": _operation(_list_accounts_for_parent),
    "organizations:ListDelegatedAdministrators": _operation(_list_delegated_administrators),
    "organizations:ListDelegatedServicesForAccount": _operation(_list_delegated_services),
    "organizations:ListOrganizationalUnitsForParent": _operation(_list_units_for_parent),
    "organizations:ListParents": _operation(_list_parents),
    "organizations:ListRoots": _operation(_list_roots),
    "organizations:ListTagsForResource": _operation(_list_tags_for_resource),
    **{action: _operation(answer) for action, answer in ANSWERS.items()},
}
