"""delegated_administrators, organization_policies and organization_policy_targets."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from embedded_aws.server.cloud import Cloud
from embedded_aws.server.organization import Policy
from embedded_aws.server.organization_tree import OrganizationTree
from embedded_aws.truth.statements import statement_columns
from embedded_aws.truth.values import Row

_ALL: Final = {"Effect": "Allow", "Action": "*", "Resource": "*"}
# What AWS attaches everywhere: type -> id, name, description, statement.
_OF_AWS: Final[Mapping[str, tuple[str, str, str, Row]]] = {
    "SERVICE_CONTROL_POLICY": ("p-FullAWSAccess", "FullAWSAccess", "Allows access to every operation", _ALL),
    "RESOURCE_CONTROL_POLICY": (
        *("p-RCPFullAWSAccess", "RCPFullAWSAccess", "Allows access to every resource"),
        {**_ALL, "Principal": "*"},
    ),
}


def delegated_administrators(aws: Cloud) -> Iterator[Row]:
    """One row per account and service."""
    tree = aws.organization
    if tree is None:
        return
    known = {truth["account_id"]: truth for truth in tree.accounts_truth()}
    for account_id, delegations in tree.delegations.items():
        for delegation in delegations:
            yield {
                "account_id": account_id,
                "service_principal": delegation.service,
                **{f"account_{name}": known[account_id][name] for name in ("arn", "name")},
                **{name: known[account_id][name] for name in ("email", "state", "joined_method")},
                "joined_at": known[account_id]["joined"],
                "account_delegation_enabled_date": min(one.since for one in delegations),
                "service_delegation_enabled_date": delegation.since,
            }


def organization_policies(aws: Cloud) -> Iterator[Row]:
    """Those of enabled types."""
    tree = aws.organization
    if tree is None:
        return
    for kind in _enabled(tree):
        if kind in _OF_AWS:
            policy_id, name, description, statement = _OF_AWS[kind]
            document = {"Version": "2012-10-17", "Statement": [statement]}
            yield {
                "policy_id": policy_id,
                "policy_arn": f"arn:{aws.partition}:organizations::aws:policy/{kind.lower()}/{policy_id}",
                **_described(name, description, kind, aws_managed=True),
                **_content(json.dumps(document)),
            }
        for policy in _own(tree, kind):
            arn = f"arn:{aws.partition}:organizations::{tree.management}:policy/{tree.id}/{kind.lower()}/{policy.id}"
            yield {
                "policy_id": policy.id,
                "policy_arn": arn,
                **_described(policy.name, policy.description, kind, aws_managed=False),
                **_content(policy.content),
            }


def organization_policy_targets(aws: Cloud) -> Iterator[Row]:
    """The targets of those."""
    tree = aws.organization
    if tree is None:
        return
    places = _places(tree)
    for kind in _enabled(tree):
        attached = [(policy.id, policy.name, target) for policy in _own(tree, kind) for target in policy.targets]
        if kind in _OF_AWS:
            attached += [(*_OF_AWS[kind][:2], target) for target in places]
        for policy_id, name, target in attached:
            yield {"policy_id": policy_id, "policy_name": name, "policy_type": kind, **places[target]}


def _enabled(tree: OrganizationTree) -> list[str]:
    return [kind for kind, status in tree.policies.types.items() if status == "ENABLED"]


def _own(tree: OrganizationTree, kind: str) -> list[Policy]:
    return [policy for policy in tree.policies.own.values() if policy.type == kind]


def _described(name: str, description: str, kind: str, *, aws_managed: bool) -> Row:
    return {"policy_name": name, "description": description, "policy_type": kind, "aws_managed": aws_managed}


def _content(text: str) -> Row:
    try:
        content: Any = json.loads(text)
    except ValueError:
        content = None
    found = content.get("Statement") if isinstance(content, dict) else None
    return {
        "content": content,
        "content_text": text if content is None else None,
        "statements": None if found is None else statement_columns(found),
        "unavailable_fields": [],
    }


def _places(tree: OrganizationTree) -> dict[str, Row]:
    """Everything that a policy can be attached to, by id, with the path down to its unit."""
    top = f"{tree.id}/{tree.root_id}/"
    found = {tree.root_id: _place("ROOT", tree.root_id, tree.arn("root", tree.root_id), "Root", top)}
    for kind, key, truth in (
        *(("ORGANIZATIONAL_UNIT", unit["id"], unit) for unit in tree.units_truth()),
        *(("ACCOUNT", account["account_id"], account) for account in tree.accounts_truth()),
    ):
        below = "".join(f"{unit_id}/" for unit_id in truth["unit_ids"])
        found[key] = _place(kind, key, truth["arn"], truth["name"], top + below)
    return found


def _place(kind: str, target_id: str, arn: str, name: str, path: str) -> Row:
    return {
        "target_id": target_id,
        "target_arn": arn,
        "target_name": name,
        "target_type": kind,
        "path": path,
        "unavailable_fields": [],
    }
