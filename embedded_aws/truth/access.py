"""What identities may do: which statement is theirs on which path, and who can do an action on a resource."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from embedded_aws.server.cloud import Cloud
from embedded_aws.truth.organization_policies import organization_policies, organization_policy_targets
from embedded_aws.truth.policy_logic import (
    Answer,
    Question,
    Statement,
    has_condition,
    several,
)
from embedded_aws.truth.principals import Assigned, Policy, Principal, document_statements
from embedded_aws.truth.trusts import Trusts
from embedded_aws.truth.values import Row

_CONTROLS: Final = {"SERVICE_CONTROL_POLICY": "service_control", "RESOURCE_CONTROL_POLICY": "resource_control"}
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
_LIMITED_SERVICES: Final = {"s3", "sts", "kms", "sqs", "secretsmanager"}


@dataclass(frozen=True)
class Way:
    """An identity, and a principal that it acts as."""

    kind: str
    key: str
    name: str
    arn: str
    path: str
    principal: Principal
    answer: Answer = Answer.YES
    assigned: Assigned | None = None
    assumed_from: Principal | None = None


class Access:
    """The access of all identities of some accounts."""

    def __init__(self, aws: Cloud, accounts: Sequence[str]) -> None:
        self.trusts = Trusts(aws, accounts)
        self.assumptions = list(self.trusts.assumptions())
        self._controls = _controls(aws, accounts)
        self.ways = list(self._ways())

    def grants(self) -> Iterator[Row]:
        """The rows of access_grants, with lists as lists."""
        for way in self.ways:
            for policy in way.principal.policies:
                for index, statement in enumerate(policy.statements):
                    yield {
                        **_way(way, policy),
                        "policy_kind": policy.kind,
                        "policy_name": policy.name,
                        "policy_arn": policy.arn,
                        "statement_index": index,
                        "sid": statement.get("Sid"),
                        "effect": statement["Effect"],
                        "actions": several(statement.get("Action")),
                        "not_actions": several(statement.get("NotAction")),
                        "resources": several(statement.get("Resource")),
                        "not_resources": several(statement.get("NotResource")),
                        "conditions": statement.get("Condition"),
                        "has_conditions": has_condition(statement),
                        **self._limits(way.principal),
                    }

    def who_can(self, action: str, resource: str) -> Iterator[Row]:
        """The answers for each identity and path on which a policy allows it."""
        question = Question(action, resource)
        for way in self.ways:
            principal = way.principal
            denied = question.denies(principal.statements).otherwise
            by_path: dict[tuple[Any, ...], tuple[Row, Answer]] = {}
            for policy in principal.policies:
                columns = _way(way, policy)
                key = tuple(columns.values())
                found = max(question.allows(policy.statements), by_path.get(key, (columns, Answer.NO))[1])
                by_path[key] = columns, found
            for columns, allowed in by_path.values():
                if allowed:
                    layers = {
                        "by_path": way.answer,
                        "by_policies": min(allowed, denied),
                        "by_boundary": question.permits(principal.boundary_statements) if principal.boundary else None,
                        **self._controlled(principal, question),
                    }
                    answer = min(one for one in layers.values() if one is not None)
                    yield {**columns, "answer": answer, **layers}

    def _ways(self) -> Iterator[Way]:
        known = self.trusts.principals
        acting = [Way(one.kind, one.id, one.name, one.arn, "", one) for one in known.values()]
        for one in self.trusts.assigned:
            role = known[one.role_id]
            names = ("Identity Center user", one.key, one.name, one.arn)
            acting.append(Way(*names, "identity_center", role, assigned=one))
        yield from acting
        onward = defaultdict(list)
        for step in self.assumptions:
            if step.source.principal:
                onward[step.source.key].append(step)
        for way in acting:
            for step in onward[way.principal.id]:
                names = (way.kind, way.key, way.name, way.arn)
                yield Way(*names, "role_trust", step.role, step.answer, way.assigned, way.principal)

    def _limits(self, principal: Principal) -> Row:
        """What stands in the way, by name. AWS's own policies allow everything."""
        limits: Row = {"permissions_boundary": principal.boundary}
        for kind in _CONTROLS.values():
            levels = {} if principal.is_service_linked else self._controls[kind].get(principal.account_id, {})
            own = {name for policies in levels.values() for name, of_aws, _ in policies if not of_aws}
            limits[f"{kind}_policies"] = ", ".join(sorted(own)) or None
        return limits

    def _controlled(self, principal: Principal, question: Question) -> dict[str, Answer | None]:
        """Service control policies have to allow it on every level. Resource control policies only deny, and are of the
        account of the resource.
        """
        none: dict[str, Answer | None] = {"by_service_control": None, "by_resource_control": None}
        if principal.is_service_linked:
            return none
        place = question.resource.split(":")[4] or principal.account_id
        service = self._controls["service_control"].get(principal.account_id)
        resources = self._controls["resource_control"].get(place)
        if service:
            none["by_service_control"] = min(question.permits(_statements(policies)) for policies in service.values())
        if resources:
            every = [one for policies in resources.values() for one in _statements(policies)]
            left = question.denies(every).otherwise
            is_limited = question.action.lower().partition(":")[0] in _LIMITED_SERVICES
            none["by_resource_control"] = left if is_limited else max(left, Answer.CONDITIONAL)
        return none


_Policies = list[tuple[str, bool, Sequence[Statement]]]


def _statements(policies: _Policies) -> list[Statement]:
    return [statement for _, _, statements in policies for statement in statements]


def _controls(aws: Cloud, accounts: Sequence[str]) -> dict[str, dict[str, dict[str, _Policies]]]:
    """Kind -> account -> what a policy is attached to -> name, whether it is AWS's, statements."""
    tree = aws.organization
    found: dict[str, dict[str, dict[str, _Policies]]] = {kind: {} for kind in _CONTROLS.values()}
    policies = {policy["policy_id"]: policy for policy in organization_policies(aws)}
    for target in organization_policy_targets(aws):
        kind = _CONTROLS.get(target["policy_type"])
        for account_id in accounts if kind and tree else ():
            if tree and kind and account_id != tree.management and target["target_id"] in tree.ids_above(account_id):
                policy = policies[target["policy_id"]]
                levels = found[kind].setdefault(account_id, defaultdict(list))
                statements = document_statements(json.dumps(policy["content"]))
                levels[target["target_id"]].append((policy["policy_name"], policy["aws_managed"], statements))
    return found


def _way(way: Way, policy: Policy) -> Row:
    one = way.assigned
    own = "root" if way.kind == "root user" else "group" if policy.group_id else "direct"
    return {
        "identity_kind": way.kind,
        "identity_key": way.key,
        "identity_name": way.name,
        "identity_arn": way.arn,
        "account_id": way.principal.account_id,
        "path": way.path or own,
        "group_name": one.group_name if one else policy.group_name,
        "permission_set_name": one.permission_set_name if one else None,
        "assumed_from_id": way.assumed_from.id if way.assumed_from else None,
        "principal_id": way.principal.id,
        "principal_name": way.principal.name,
        "principal_arn": way.principal.arn,
    }
