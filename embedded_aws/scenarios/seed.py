"""What a fresh embedded AWS contains."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from embedded_aws.scenarios.seed_account import plant_account
from embedded_aws.scenarios.seed_analyzers import plant_analyzers
from embedded_aws.scenarios.seed_credentials import plant_credentials
from embedded_aws.scenarios.seed_ec2 import plant_ec2
from embedded_aws.scenarios.seed_events import plant_events
from embedded_aws.scenarios.seed_identities import WORKERS, plant_identities
from embedded_aws.scenarios.seed_last_accessed import plant_last_accessed
from embedded_aws.scenarios.seed_policies import add_history, plant_aws_policies
from embedded_aws.scenarios.seed_roles import plant_roles
from embedded_aws.server.cloud import Cloud


@dataclass(frozen=True)
class Seed:
    """How much to plant. Equal seeds plant equal accounts; times are relative to the moment of planting."""

    users: int = 1000
    groups: int = 40
    roles: int = 40
    policies: int = 12
    events: int = 20_000
    days: int = 30
    seed: int = 7


def plant(seed: Seed, cloud: Cloud) -> None:
    """Fill the home account."""
    rng = Random(seed.seed)  # noqa: S311 - reproducible, not secret
    # A source of its own: how much else there is must not change users, groups and events.
    others = Random(seed.seed)  # noqa: S311
    backend, now = cloud.iam(), cloud.moto_now()
    planted = plant_identities(
        backend, users=seed.users, groups=seed.groups, roles=seed.roles, policies=seed.policies, rng=rng, now=now
    )
    add_history(backend, planted.policies, others, now)
    of_aws = plant_aws_policies(backend, planted.users)
    more = max(0, seed.roles - len(WORKERS))
    plant_roles(backend, count=more, own=planted.policies, of_aws=of_aws, rng=others, now=now)
    plant_credentials(cloud, planted.users, planted.with_mfa, others)
    plant_account(backend, others, now)
    plant_ec2(cloud, seed.seed, now, management=cloud.account_id)
    plant_analyzers(cloud, Random(seed.seed), now)  # noqa: S311
    plant_last_accessed(cloud, Random(seed.seed), now)  # noqa: S311
    plant_events(cloud, seed.events, seed.days, rng)
