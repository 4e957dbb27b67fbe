"""Roles of every kind there is, and the instance profiles of some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from moto.iam.models import IAMBackend, ManagedPolicy, Role

from embedded_aws.scenarios.seed_documents import permissions, text, trust_of_services, trusts
from embedded_aws.scenarios.seed_ids import planted_id
from embedded_aws.scenarios.seed_policies import attach
from embedded_aws.scenarios.seed_times import between, past

_PERMISSION_SETS = ("AdministratorAccess", "Read_Only-2", "Billing")
_LINKED = ("autoscaling", "elasticloadbalancing", "support", "rds", "ecs")
_PATHS = ("/", "/", "/ci/", "/teams/payments/")
_DESCRIPTIONS = ("", "Für Müller & Söhne, 日本 <prod>", "Assumed by pipelines")
_TAGS: tuple[dict[str, str], ...] = ({}, {"Team": "payments", "Zweck": "Prüfung"}, {"Empty": ""})
_REGIONS = ("us-east-1", "eu-west-1")
_UNUSED = 3
"""Every third role was never used."""


def plant_roles(
    backend: IAMBackend,
    *,
    count: int,
    own: Sequence[ManagedPolicy],
    of_aws: Sequence[ManagedPolicy],
    rng: Random,
    now: datetime,
) -> None:
    """`count` roles more. Kinds take turns, so that the first dozen or so are all different."""
    planter = _Planter(backend, own, of_aws, rng, now)
    ways = trusts(backend.partition, backend.account_id)
    kinds = [*ways, "linked", "permission set"]
    for number in range(count):
        kind = kinds[number % len(kinds)]
        if kind == "linked":
            planter.service_linked(number)
        elif kind == "permission set":
            planter.permission_set(number)
        else:
            role = planter.role(number, f"{kind}-{number}", _PATHS[number % len(_PATHS)], text(*ways[kind]))
            if kind == "instance":
                planter.instance_profile(number, [role.name])
    planter.instance_profile(count, [])


@dataclass
class _Planter:
    backend: IAMBackend
    own: Sequence[ManagedPolicy]
    of_aws: Sequence[ManagedPolicy]
    rng: Random
    now: datetime

    def role(self, number: int, name: str, path: str, trust: str) -> Role:
        tags = _TAGS[number % len(_TAGS)]
        bounds = self.own[number % len(self.own)] if self.own and number % 7 == 3 else None
        role = self.backend.create_role(
            role_name=name,
            assume_role_policy_document=trust,
            path=path,
            permissions_boundary=bounds.arn if bounds else None,
            description=_DESCRIPTIONS[number % len(_DESCRIPTIONS)],
            tags=[{"Key": key, "Value": value} for key, value in tags.items()],
            max_session_duration=str(3600 * (1 + number % 12)),
        )
        self._date(role, number)
        if self.own and self.rng.random() < 0.6:
            attach(role, self.rng.sample(self.own, min(len(self.own), self.rng.choice((1, 1, 2)))))
        if self.rng.random() < 0.4:
            attach(role, [self.rng.choice(self.of_aws)])
        for inline in range(self.rng.choice((0, 0, 1, 2))):
            role.put_policy(f"inline-{inline}", permissions(number + inline))
        return role

    def service_linked(self, number: int) -> None:
        service = _LINKED[number % len(_LINKED)]
        role = self.backend.create_role(
            role_name=f"AWSServiceRoleFor{service.title()}_{number}",
            assume_role_policy_document=text(trust_of_services(service)),
            path=f"/aws-service-role/{service}.amazonaws.com/",
            permissions_boundary=None,
            description="",
            tags=[],
            max_session_duration="3600",
            linked_service=service,
        )
        self._date(role, number)

    def permission_set(self, number: int) -> None:
        name = _PERMISSION_SETS[number % len(_PERMISSION_SETS)]
        trust = trusts(self.backend.partition, self.backend.account_id)["saml"]
        path = "/aws-reserved/sso.amazonaws.com/eu-west-1/"
        self.role(number, f"AWSReservedSSO_{name}_{self.rng.getrandbits(64):016x}", path, text(*trust))

    def instance_profile(self, number: int, roles: list[str]) -> None:
        """With or without a role; a tag that no list of profiles shows."""
        tags = [{"Key": "Fleet", "Value": "größer"}] if number % 2 else []
        name, path = f"profile-{number}", ("/", "/fleet/")[number % 2]
        profile = self.backend.create_instance_profile(name, path, roles, tags)
        profile.id, profile.create_date = planted_id("AIPA"), past(self.rng, self.now)

    def _date(self, role: Role, number: int) -> None:
        role.create_date = past(self.rng, self.now)
        if number % _UNUSED:
            role.last_used = between(self.rng, role.create_date, self.now)
            role.last_used_region = self.rng.choice(_REGIONS)  # type: ignore[assignment]
