"""An organization with policies of several types, and an account that administers services for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random
from typing import Any, Final

from embedded_aws.scenarios.many_accounts import ManyAccounts
from embedded_aws.scenarios.member_accounts import Account, account_ids
from embedded_aws.scenarios.seed_ec2 import plant_ec2
from embedded_aws.scenarios.seed_identity_center import People, open_identity_center
from embedded_aws.scenarios.seed_policies import plant_aws_policies
from embedded_aws.scenarios.seed_roles import plant_roles
from embedded_aws.scenarios.seed_sign_ins import plant_sign_ins
from embedded_aws.server.organization import Member, Organization, Policy, Unit

SERVICES: Final = ("config.amazonaws.com", "guardduty.amazonaws.com")
# Of a type that nobody has enabled, and of one that is not enabled yet: no sync has them.
DISABLED: Final = ("nightly", "chat")
_TAGS: Final = {"tags": {"team": {"tag_key": {"@@assign": "Team"}, "tag_value": {"@@assign": ["core", "100%25"]}}}}
_BACKUP: Final = {"plans": {"nightly": {"regions": {"@@assign": ["eu-west-1"]}}}}


def company(accounts: Sequence[Member | str], administrator: str, controls: int = 1) -> Organization:
    """`accounts` are in a unit inside a unit. `administrator`, under the root, administers two services.

    There are so many service control policies of its own, each attached to the inner unit.
    """
    return Organization(
        accounts=[administrator],
        units=[Unit("Production", units=[Unit("Europe", accounts=accounts)])],
        delegated={administrator: SERVICES},
        policy_types={
            "SERVICE_CONTROL_POLICY": "ENABLED",
            "RESOURCE_CONTROL_POLICY": "ENABLED",
            "TAG_POLICY": "ENABLED",
            "CHATBOT_POLICY": "PENDING_ENABLE",
        },
        policies=[
            *(_control(number) for number in range(controls)),
            Policy(
                "own-organization-only",
                _document(_statement("Deny", "s3:*", Principal="*", Condition=_OTHERS)),
                type="RESOURCE_CONTROL_POLICY",
                targets=["", "Production"],
            ),
            Policy("team", json.dumps(_TAGS), "TAG_POLICY", ["", administrator], description="Everything has a team."),
            Policy(DISABLED[0], json.dumps(_BACKUP), "BACKUP_POLICY", [""]),
            Policy(DISABLED[1], "{}", "CHATBOT_POLICY", [""]),
        ],
    )


def open_company(
    aws: ManyAccounts, external_id: str, people: People | None = None, *, sign_ins: bool = True
) -> list[str]:
    """Put the home account and four more into an organization, whose people use IAM Identity Center.

    Returns the ids of all five. The role of each of the four has this external id.
    """
    ids = account_ids(len(_NAMES))
    aws.open_accounts(Account(one, users=10, groups=2, events=200, external_id=external_id) for one in ids)
    for one in ids:
        plant_machines(aws, one)
    named = [Member(one, name, tags={"stage": name}) for one, name in zip(ids, _NAMES, strict=True)]
    aws.organize(company(named[1:], ids[0]))
    every = [aws.account_id, *ids]
    instance = open_identity_center(aws, every, people)
    if sign_ins:
        plant_sign_ins(aws, instance, every)
    return every


def plant_machines(aws: ManyAccounts, account_id: str) -> None:
    """Plant EC2 with a role for its instances, as in the home account."""
    account, rng, now = aws.within(account_id), Random(account_id), aws.moto_now()  # noqa: S311 - reproducible
    backend = account.iam()
    plant_roles(backend, count=1, own=[], of_aws=plant_aws_policies(backend, []), rng=rng, now=now)
    plant_ec2(account, 0, now, management=aws.account_id)


_NAMES: Final = ("security", "production", "staging", "data")
_OTHERS: Final = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}


def _control(number: int) -> Policy:
    """The text of an SCP is no URL: what looks like an escaped character in it is meant as it stands."""
    actions = [f"ec2:Run*{number}", "s3:Put%2A"]
    document = _document(_statement("Deny", actions, Sid=f"Control{number}"), _statement("Allow", "*"))
    return Policy(f"control-{number:02}", document, targets=["Production/Europe"], description=f"No {number} [ö]")


def _statement(effect: str, action: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": "*", **more}


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [*statements]})
