"""Users, groups, roles and policies of a realistic account, written directly into moto's backend."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from moto.iam.models import AccessKeyLastUsed, Group, IAMBackend, ManagedPolicy, User

from embedded_aws.scenarios.seed_documents import text, trust_of_services
from embedded_aws.scenarios.seed_times import between, past
from embedded_aws.server.iam_ids import unique_id
from embedded_aws.server.iam_users import set_boundary

LARGE_GROUP = "engineering"
LARGE_GROUP_SIZE = 101
"""One more than the default page of GetGroup: a client that does not page loses exactly one member."""

GROUPS_PER_USER = 10
"""IAM's quota; one user reaches it."""

_FIRST = (
    "ana",
    "bo",
    "chidi",
    "dana",
    "elif",
    "farid",
    "grace",
    "hiro",
    "ines",
    "juan",
    "kofi",
    "lena",
    "mei",
    "noor",
)
_LAST = (
    "adams",
    "brandt",
    "cruz",
    "diaz",
    "evans",
    "fox",
    "gupta",
    "haas",
    "ito",
    "jones",
    "kim",
    "lopez",
    "meyer",
)
_NAMES = (
    "{first}.{last}{n}",
    "{first}_{last}{n}@example.com",
    "{last},{first}{n}",
    "ci+{last}=deploy-{n}",
    "svc-{first}-{n}",
    "{first}{n}",
)
"""Between them, every character that IAM allows in a name."""

_PATHS = ("/", "/", "/people/", "/people/engineering/", "/service/", "/contractors/acme/")
_GROUPS = (
    "admins",
    "auditors",
    "billing",
    "data",
    "developers",
    "finance",
    "ops",
    "readonly",
    "sales",
    "security",
)
_EMPTY_GROUPS = 5
_TEAMS = ("platform", "payments", "search", "Müller & Söhne", "")
WORKERS = ("ec2", "lambda", "ecs-tasks", "glue")
"""Services with a role each."""

_SERVICES = ("s3", "ec2", "iam", "sts", "cloudtrail")


@dataclass
class Planted:
    """What is planted here, for those who plant more."""

    policies: list[ManagedPolicy]
    users: list[User]
    with_mfa: list[User]
    """To be given devices."""


def plant_identities(
    backend: IAMBackend, *, users: int, groups: int, roles: int, policies: int, rng: Random, now: datetime
) -> Planted:
    """`now` (naive UTC, as moto's objects hold it) is the newest creation time, five years before it the
    oldest.
    """
    planter = _Planter(backend, rng, now)
    planter.policies = [planter.policy(number) for number in range(policies)]
    planted = [planter.user(number) for number in range(users)]
    planter.groups(groups, planted)
    planter.roles(roles)
    return Planted(planter.policies, planted, planter.with_mfa)


@dataclass
class _Planter:
    backend: IAMBackend
    rng: Random
    now: datetime
    policies: list[ManagedPolicy] = field(default_factory=list)
    with_mfa: list[User] = field(default_factory=list)

    def policy(self, number: int) -> ManagedPolicy:
        policy = self.backend.create_policy(
            description=f"Customer-managed policy {number}",
            path=self.rng.choice(("/", "/teams/")),
            policy_document=self._document(),
            policy_name=f"team-policy-{number}",
            tags=[{"Key": "Team", "Value": "platform"}] if number % 2 else [],
        )
        policy.id = unique_id("ANPA")
        policy.create_date = policy.update_date = policy.versions[0].create_date = past(self.rng, self.now)
        for _ in range(number % 3):
            self.backend.create_policy_version(policy.arn, self._document(), set_as_default=True)
        return policy

    def user(self, number: int) -> User:
        rng = self.rng
        name = rng.choice(_NAMES).format(first=rng.choice(_FIRST), last=rng.choice(_LAST), n=number)
        tags = {
            "Team": rng.choice(_TEAMS),
            "CostCenter": str(number % 97),
            "Owner": f"{rng.choice(_FIRST)}@x",
        }
        chosen = rng.sample(sorted(tags), rng.choice((0, 0, 1, 2, 3)))
        tag_list = [{"Key": key, "Value": tags[key]} for key in chosen]
        user = self.backend.create_user(self.backend.region_name, name, rng.choice(_PATHS), tag_list)
        user.id = unique_id("AIDA")
        user.create_date = past(self.rng, self.now)
        if rng.random() < 0.2:
            user.put_policy(f"inline-{number}", self._document())
        if rng.random() < 0.5 and self.policies:
            rng.choice(self.policies).attach_to(user)
        if rng.random() < 0.1 and self.policies:
            set_boundary(user, self.policies[0].arn)
        self._credentials(user)
        return user

    def _credentials(self, user: User) -> None:
        """Half of the users can sign in, some never did; there is an access key for every other user."""
        rng = self.rng
        if rng.random() < 0.5:
            user.password = "planted"
            if rng.random() < 0.7:
                used = between(rng, user.create_date, self.now)
                user.password_last_used = used  # type: ignore[assignment]
            if rng.random() < 0.5:
                self.with_mfa.append(user)
        for _ in range(rng.choice((0, 0, 0, 0, 0, 0, 1, 1, 1, 2))):
            status = rng.choice(("Active", "Active", "Active", "Inactive"))
            key = self.backend.create_access_key(user.name, status=status)
            key.create_date = between(rng, user.create_date, self.now)
            if rng.random() < 0.7:
                used = between(rng, key.create_date, self.now)
                key.last_used = AccessKeyLastUsed(used, rng.choice(_SERVICES), "us-east-1")
        if len({key.create_date for key in user.access_keys}) < len(user.access_keys):
            user.access_keys[0].create_date -= timedelta(seconds=1)

    def groups(self, count: int, users: list[User]) -> None:
        """The large group, groups of random size, and at the end empty groups.

        The first user is in as many groups as the quota allows, the last seventh of the users in none.
        """
        names = [LARGE_GROUP, *_GROUPS, *(f"team-{number:02}" for number in range(count))][:count]
        groups = [self._group(name) for name in names]
        busiest, others = users[:1], users[1 : len(users) * 6 // 7]
        places = {user.name: GROUPS_PER_USER - 1 for user in others}
        for number, group in enumerate(groups[: -_EMPTY_GROUPS or None]):
            size = LARGE_GROUP_SIZE if number == 0 else self.rng.randrange(1, 60)
            group.users += busiest if number < GROUPS_PER_USER else []
            free = [user for user in others if places[user.name]]
            for member in self.rng.sample(free, min(size - len(group.users), len(free))):
                group.users.append(member)
                places[member.name] -= 1

    def _group(self, name: str) -> Group:
        group = self.backend.create_group(name, self.rng.choice(("/", "/org/")))
        group.id = unique_id("AGPA")
        group.create_date = past(self.rng, self.now)
        if self.rng.random() < 0.5:
            group.put_policy("group-inline", self._document())
        for policy in self.rng.sample(self.policies, min(self.rng.choice((0, 1, 2)), len(self.policies))):
            policy.attach_to(group)
        return group

    def roles(self, count: int) -> None:
        for number, service in enumerate(WORKERS[:count]):
            policy = self.policies[number % len(self.policies)] if self.policies else None
            role = self.backend.create_role(
                role_name=f"{service}-worker",
                assume_role_policy_document=text(trust_of_services(service)),
                path="/service-role/",
                permissions_boundary=self.policies[1 % len(self.policies)].arn if policy and number % 2 else None,
                description=f"Assumed by {service}",
                tags=[{"Key": "Service", "Value": service}],
                max_session_duration="3600",
            )
            if policy:
                policy.attach_to(role)
            role.create_date = past(self.rng, self.now)
            role.last_used = self.now - timedelta(days=number)

    def _document(self) -> str:
        """A policy document; its resource has characters that must survive URL-encoding."""
        statement = {
            "Sid": f"Read{self.rng.randrange(1000)}",
            "Effect": "Allow",
            "Action": [f"{self.rng.choice(_SERVICES)}:Get*", f"{self.rng.choice(_SERVICES)}:List*"],
            "Resource": "arn:aws:s3:::bücket/a b+c/%20*",
        }
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
