"""EC2 key pairs in two of the Regions."""

from __future__ import annotations

from datetime import datetime, timezone
from random import Random
from typing import Any

from embedded_aws.scenarios.seed_times import past
from embedded_aws.server.cloud import Cloud

_PAIRS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("deploy", "ed25519", {"Team": "Plattform ✓"}),
    ("Alte Schlüssel/2019", "rsa", {}),
    ("deploy", "rsa", {"Team": "", "aws:cloudformation:stack-name": "base"}),
)


def plant_key_pairs(cloud: Cloud, rng: Random, now: datetime) -> None:
    """Plant the first two in the first Region, and the third, of the same name, in the second."""
    for number, (name, kind, tags) in enumerate(_PAIRS):
        region = cloud.regions[number // 2 % len(cloud.regions)]
        pair: dict[str, Any] = {
            "KeyPairId": f"key-{rng.getrandbits(68):017x}",
            "KeyName": name,
            "KeyType": kind,
            "KeyFingerprint": f"{rng.getrandbits(160):040x}",
            "CreateTime": past(rng, now).replace(tzinfo=timezone.utc),
            "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
        }
        cloud.ec2[cloud.account_id, region]["KeyPairs"].append(pair)
