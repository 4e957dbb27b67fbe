"""Events for embedded AWS, in bulk: a thousand different ones per account, repeated with new ids and times."""

from __future__ import annotations

from datetime import datetime, timezone
from random import Random
from typing import TYPE_CHECKING, Any, Final

from embedded_aws.scenarios.actors import Actor, Stage
from embedded_aws.scenarios.event_templates import TEMPLATES
from embedded_aws.scenarios.seed_events import record_of, times_of
from embedded_aws.server.event_history import as_event_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from embedded_aws import EmbeddedAws

DIFFERENT: Final = 1000
ACTORS: Final = 50


def plant(aws: EmbeddedAws, account_id: str, counts: Mapping[str, int], days: float, seed: int = 7) -> None:
    """Give the account so many `counts` per Region, over the `days` up to now, crowded in working hours."""
    for _, record in events(account_id, counts, days, seed):
        aws.events.add(record)


def events(
    account_id: str, counts: Mapping[str, int], days: float, seed: int = 7
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (time, record) of so many events per Region, oldest first in each."""
    rng = Random(seed)  # noqa: S311 - reproducible, not secret
    stage = Stage(account_id, "aws", tuple(_actor(account_id, number) for number in range(ACTORS)), rng)
    weights = [template.weight for template in TEMPLATES]
    home = next(iter(counts))
    models = [record_of(stage, template, 0, home, home) for template in rng.choices(TEMPLATES, weights, k=DIFFERENT)]
    for region, count in counts.items():
        for time in sorted(times_of(datetime.now(timezone.utc), int(days), count, rng)):
            # Copies share what is inside them, so that 200,000 events fit into memory.
            own = {"eventTime": as_event_time(time), "eventID": stage.uuid(), "awsRegion": region}
            yield time, {**rng.choice(models), **own}


def _actor(account_id: str, number: int) -> Actor:
    name = f"user-{number:03}"
    return Actor(name, f"AIDA{number:017}", f"arn:aws:iam::{account_id}:user/{name}", f"AKIA{number:016}")
