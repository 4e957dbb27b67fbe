"""What happens to an account between two syncs, and a record of it to compare the second sync with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random

from embedded_aws.scenarios.event_templates import TEMPLATES
from embedded_aws.scenarios.seed_events import record_of, stage_of
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.iam_ids import unique_id

_EVENTS = 50
_SECONDS = 10
"""The new events happened within the last so many seconds. Of the present one, a sync reads nothing yet."""

_LATE_BY = timedelta(minutes=30)


@dataclass(frozen=True)
class Changes:
    """Done by `changes`. Event ids are of events that became visible by it."""

    created_users: tuple[str, ...]
    left_group: str
    left_user: str
    new_event_ids: tuple[str, ...]
    late_event_id: str


def changes(cloud: Cloud, seed: int = 8) -> Changes:
    """Three users join, one member leaves the largest group, 50 events happen, and one event is delivered late.

    It needs a seeded account, with a user in a group.
    """
    rng = Random(seed)  # noqa: S311 - reproducible, not secret
    joined = tuple(_join(cloud, f"joined-later-{number}") for number in range(1, 4))
    group = max(cloud.iam().groups.values(), key=lambda group: len(group.users))
    leaver = group.users.pop(rng.randrange(len(group.users)))
    now = cloud.now()
    new = [_happen(cloud, rng, int(now.timestamp()) - rng.randrange(1, _SECONDS)) for _ in range(_EVENTS)]
    late = _happen(cloud, rng, int((now - _LATE_BY).timestamp()))
    return Changes(joined, group.name, leaver.name, tuple(new), late)


def _join(cloud: Cloud, name: str) -> str:
    user = cloud.iam().create_user(cloud.regions[0], name, "/people/")
    user.id, user.create_date = unique_id("AIDA"), cloud.moto_now()
    return name


def _happen(cloud: Cloud, rng: Random, time: int) -> str:
    """An event in a Region of its choice; returns its id."""
    template, region = rng.choice(TEMPLATES), rng.choice(cloud.regions)
    record = record_of(stage_of(cloud, rng), template, time, region, cloud.regions[0])
    cloud.events.add(record)
    event_id: str = record["eventID"]
    return event_id
