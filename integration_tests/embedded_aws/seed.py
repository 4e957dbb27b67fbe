"""What a fresh embedded AWS contains."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from integration_tests.embedded_aws.cloud import Cloud
from integration_tests.embedded_aws.seed_events import plant_events
from integration_tests.embedded_aws.seed_identities import plant_identities


@dataclass(frozen=True)
class Seed:
    """How much to plant. Equal seeds plant equal accounts; times are relative to the moment of planting."""

    users: int = 1000
    groups: int = 40
    events: int = 20_000
    days: int = 30
    seed: int = 7


def plant(seed: Seed, cloud: Cloud) -> None:
    """Fill the home account."""
    rng = Random(seed.seed)  # noqa: S311 - reproducible, not secret
    plant_identities(cloud.iam(), seed.users, seed.groups, rng, cloud.moto_now())
    plant_events(cloud, seed.events, seed.days, rng)
