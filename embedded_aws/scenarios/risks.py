"""Findings for a review of an account: administrators without MFA, of each kind, a policy that makes administrators,
and roles open to any principal, or to one that was deleted.

Seeds have none of them. No user and no group is added.
"""

from __future__ import annotations

from embedded_aws.scenarios.seed_documents import text
from embedded_aws.server.aws_policies import provide
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.iam_ids import unique_id
from embedded_aws.server.iam_users import set_boundary

_EVERYTHING = text({"Effect": "Allow", "Action": "*", "Resource": "*"})
_EVERY_ACTION = text({"Effect": "Allow", "Action": ["*:*"], "Resource": ["*"]})
_NOT_QUITE = text({"Effect": "Allow", "Action": ["iam:*", "s3:*"], "Resource": "*"})
_ASSUME = {"Effect": "Allow", "Action": "sts:AssumeRole"}
_ONLY_AT_WORK = text(
    {
        "Effect": "Allow",
        "Action": ["*:*"],
        "Resource": ["*"],
        "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
    }
)


def plant_risks(cloud: Cloud) -> None:
    """Add the findings to a seeded account, each beside similar entities that are none."""
    backend = cloud.iam()
    without_password = [user for user in backend.users.values() if not user.password]
    key_only, nothing = (
        next(user for user in without_password if signs is any(key.status == "Active" for key in user.access_keys))
        for signs in (True, False)
    )
    users = [user for user in backend.users.values() if user.password]
    open_, protected = ([user for user in users if bool(user.mfa_devices) is mfa] for mfa in (False, True))
    administrator = f"arn:{cloud.partition}:iam::aws:policy/AdministratorAccess"
    provide(backend, administrator)
    for user in (*open_[:2], protected[0], key_only, nothing):
        backend.managed_policies[administrator].attach_to(user)
    open_[1].put_policy("everything-too", _EVERYTHING)
    open_[2].put_policy("everything-at-work", _ONLY_AT_WORK)
    open_[3].put_policy("not-quite-everything", _NOT_QUITE)
    open_[4].put_policy("every-action", _EVERY_ACTION)
    set_boundary(open_[5], administrator)
    smallest = min((group for group in backend.groups.values() if group.users), key=lambda group: len(group.users))
    smallest.put_policy("break-glass", _EVERYTHING)
    held, limit = (
        backend.create_policy("", "/", _EVERY_ACTION, name, []) for name in ("every-action-held", "every-action-limit")
    )
    for policy in (held, limit):
        policy.id = unique_id("ANPA")
    held.attach_to(protected[0])
    set_boundary(protected[1], limit.arn)
    own = {"AWS": f"arn:{cloud.partition}:iam::{cloud.account_id}:root"}
    deleted = {"AWS": [own["AWS"], unique_id("AIDA")]}
    for name, trusted in (
        ("open-to-everybody", {"Principal": "*"}),
        ("open-to-all-others", {"NotPrincipal": own}),
        ("open-to-the-deleted", {"Principal": deleted}),
    ):
        role = backend.create_role(name, text({**_ASSUME, **trusted}), "/", None, "", [], "3600")
        role.create_date = cloud.moto_now()
