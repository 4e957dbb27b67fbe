"""A month of CloudTrail events: most of them in working hours, some seconds full, in three unequal Regions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from moto.iam.models import IAMBackend

from embedded_aws.scenarios.actors import Actor, Stage
from embedded_aws.scenarios.event_templates import INSIGHT, TEMPLATES, Template
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.event_history import as_event_time
from embedded_aws.server.event_shape import Record

_ALL = (*TEMPLATES, INSIGHT)
_REGION_WEIGHTS = (60, 25, 15)
_HOUR_WEIGHTS = (1, 1, 1, 1, 1, 2, 3, 6, 12, 14, 14, 12, 8, 12, 14, 14, 12, 8, 5, 3, 2, 2, 1, 1)
_CROWD = 120
"""Events in the busiest second: more than one LookupEvents page in the busiest Region."""

_SAME_SECOND = 0.3
"""How many events fall into the same second as the one before them."""

_NEWEST = timedelta(minutes=1)
_DAY = 86_400


def plant_events(cloud: Cloud, count: int, days: int, rng: Random) -> None:
    stage = stage_of(cloud, rng)
    templates = rng.choices(_ALL, [template.weight for template in _ALL], k=count)
    regions = rng.choices(cloud.regions, _region_weights(len(cloud.regions)), k=count)
    times = sorted(times_of(cloud.now(), days, count, rng))
    crowd = times[count // 2] if times else 0
    for number, (time, region, template) in enumerate(zip(times, regions, templates, strict=True)):
        crowded = abs(number - count // 2) < _CROWD // 2
        cloud.events.add(record_of(stage, template, crowd if crowded else time, region, cloud.regions[0]))


def stage_of(cloud: Cloud, rng: Random) -> Stage:
    """The account's own users act, those with access keys first of all."""
    return Stage(cloud.account_id, cloud.partition, tuple(_actors(cloud.iam())), rng)


def record_of(stage: Stage, template: Template, time: int, region: str, global_region: str) -> Record:
    """A full record: what the template says, within what every record has."""
    rng = stage.rng
    record: Record = {
        "eventVersion": rng.choice(("1.08", "1.09", "1.10", "1.11")),
        "eventTime": as_event_time(time),
        "awsRegion": global_region if template.is_global else region,
        "requestID": f"{rng.getrandbits(128):032x}",
        "eventID": stage.uuid(),
        "managementEvent": True,
        "recipientAccountId": stage.account_id,
        "eventCategory": "Management",
        **template.write(stage),
    }
    service = (record.get("userIdentity") or {}).get("invokedBy")
    if "userIdentity" in record:
        record["sourceIPAddress"] = service or f"198.51.100.{rng.randrange(1, 255)}"
        record["userAgent"] = service or rng.choice(("Boto3/1.44.5", "aws-cli/2.15.0", "console.amazonaws.com"))
    if record["eventType"] == "AwsApiCall" and not service:
        host = record["eventSource"].replace(".amazonaws", f".{record['awsRegion']}.amazonaws")
        tls = {
            "tlsVersion": "TLSv1.3",
            "cipherSuite": "TLS_AES_128_GCM_SHA256",
            "clientProvidedHostHeader": host,
        }
        record["tlsDetails"] = tls
    if record.get("userAgent") == "console.amazonaws.com":
        record["sessionCredentialFromConsole"] = "true"
    if rng.random() < 0.002:
        record["addendum"] = {"reason": "DELIVERY_DELAY"}
    return record


def _actors(backend: IAMBackend) -> Iterator[Actor]:
    for user in backend.users.values():
        for key in user.access_keys:
            yield Actor(user.name, user.id, user.arn, key.access_key_id)


def _region_weights(count: int) -> list[float]:
    """60, 25 and 15 %; Regions beyond the third have a handful each."""
    return [float(weight) for weight in (*_REGION_WEIGHTS, *[1] * count)][:count]


def times_of(now: datetime, days: int, count: int, rng: Random) -> Iterator[int]:
    """When `count` events happened, in no order."""
    newest = int((now - _NEWEST).timestamp())
    oldest = newest - days * _DAY
    midnight = oldest - oldest % _DAY
    time = newest
    for hour in rng.choices(range(24), _HOUR_WEIGHTS, k=count):
        if rng.random() >= _SAME_SECOND:
            time = midnight + rng.randrange(days + 1) * _DAY + hour * 3600 + rng.randrange(3600)
        yield time if oldest <= time <= newest else rng.randrange(oldest, newest)
