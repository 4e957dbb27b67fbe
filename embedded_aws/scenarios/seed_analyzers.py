"""Analyzers of IAM Access Analyzer in two of the Regions. One has more findings than a page has room for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any

from embedded_aws.scenarios.seed_times import past
from embedded_aws.server.analyzer import Analyzer
from embedded_aws.server.cloud import Cloud

_MANY = 130
_EXTERNAL: tuple[Mapping[str, Any], ...] = (
    {
        "action": ["s3:GetObject"],
        "condition": {"aws:SourceVpce": "vpce-0a1b2c3d", "StrangeKey": "Zürich ✓"},
        "isPublic": False,
        "principal": {"AWS": "444455556666"},
        "resourceControlPolicyRestriction": "NOT_APPLICABLE",
        "sources": [{"type": "S3_ACCESS_POINT", "detail": {"accessPointAccount": "444455556666"}}, {"type": "POLICY"}],
    },
    {"condition": {}, "isPublic": True, "principal": {"AWS": "*"}},
)


def plant_analyzers(cloud: Cloud, rng: Random, now: datetime) -> None:
    """Plant two analyzers in the first Region, and one without findings in the second."""
    first, second = (cloud.regions[number % len(cloud.regions)] for number in (0, 1))
    external = _analyzer(cloud, first, "external", "ACCOUNT", past(rng, now))
    for number, details in enumerate(_EXTERNAL):
        finding = _finding(cloud, rng, now, "AWS::S3::Bucket", f"arn:{cloud.partition}:s3:::bucket-{number}")
        more = {"findingType": "ExternalAccess", "findingDetails": [{"externalAccessDetails": dict(details)}]}
        external.findings.append({**finding, **more})
    failed = _finding(cloud, rng, now, "AWS::KMS::Key")
    external.findings.append(
        {**failed, "error": "ACCESS_DENIED", "findingType": "ExternalAccess", "findingDetails": []}
    )
    unused = _analyzer(cloud, first, "unused", "ACCOUNT_UNUSED_ACCESS", past(rng, now))
    unused.findings += [_unused(cloud, rng, now, number) for number in range(_MANY)]
    _analyzer(cloud, second, "internal", "ACCOUNT_INTERNAL_ACCESS", past(rng, now))


def _analyzer(cloud: Cloud, region: str, name: str, kind: str, created: datetime) -> Analyzer:
    arn = f"arn:{cloud.partition}:access-analyzer:{region}:{cloud.account_id}:analyzer/{name}"
    about = {"name": name, "type": kind, "createdAt": created.replace(tzinfo=timezone.utc), "status": "ACTIVE"}
    analyzer = Analyzer({"arn": arn, **about, "tags": {}})
    cloud.analyzers.setdefault((cloud.account_id, region), []).append(analyzer)
    return analyzer


def _finding(cloud: Cloud, rng: Random, now: datetime, kind: str, resource: str | None = None) -> dict[str, Any]:
    created = past(rng, now).replace(tzinfo=timezone.utc)
    digits = f"{rng.getrandbits(128):032x}"
    lengths = ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32))
    return {
        "id": "-".join(digits[start:end] for start, end in lengths),
        "resourceType": kind,
        "resourceOwnerAccount": cloud.account_id,
        "status": rng.choice(["ACTIVE", "ARCHIVED", "RESOLVED"]),
        "createdAt": created,
        "updatedAt": created + timedelta(hours=2),
        "analyzedAt": created + timedelta(hours=3),
        **({"resource": resource} if resource else {}),
    }


def _unused(cloud: Cloud, rng: Random, now: datetime, number: int) -> dict[str, Any]:
    arn = f"arn:{cloud.partition}:iam::{cloud.account_id}:role/unused-{number:03}"
    finding = _finding(cloud, rng, now, "AWS::IAM::Role", arn)
    if number % 2:
        accessed = {"lastAccessed": finding["createdAt"]} if number % 3 else {}
        return {**finding, "findingType": "UnusedIAMRole", "findingDetails": [{"unusedIamRoleDetails": accessed}]}
    actions = [{"action": "s3:GetObject", "lastAccessed": finding["createdAt"]}, {"action": "s3:PutObject"}]
    details = {"serviceNamespace": "s3", "actions": actions}
    return {**finding, "findingType": "UnusedPermission", "findingDetails": [{"unusedPermissionDetails": details}]}
