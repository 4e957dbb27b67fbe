"""A lake of Security Lake: its bucket, and the role of a custom source as Security Lake makes it.

https://docs.aws.amazon.com/security-lake/latest/userguide/adding-custom-sources.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from moto.iam.models import Role

from embedded_aws.server.cloud import Cloud
from embedded_aws.server.s3_bucket import Bucket

BOUNDARY = "arn:aws:iam::aws:policy/AmazonSecurityLakePermissionsBoundary"


def create_lake(cloud: Cloud, *, region: str | None = None, account_id: str | None = None) -> Bucket:
    """Create the bucket, named as Security Lake does."""
    home = region or cloud.regions[0]
    name = f"aws-security-data-lake-{home}-abcdefghijklmnopqrstuvwxyz0123"
    return cloud.create_bucket(name, region=home, account_id=account_id)


def create_provider_role(cloud: Cloud, lake: Bucket, source: str, *, trusted: str, external_id: str) -> Role:
    """Create the role of a custom source: it may put objects of that source, and the boundary denies all else.

    `trusted` is the account that may assume it.
    """
    role = cloud.iam(lake.account_id).create_role(
        role_name=f"AmazonSecurityLake-Provider-{source}-{lake.region}",
        assume_role_policy_document=_policy(
            Effect="Allow",
            Principal={"AWS": trusted},
            Action="sts:AssumeRole",
            Condition={"StringEquals": {"sts:ExternalId": external_id}},
        ),
        path="/",
        permissions_boundary=BOUNDARY,
        description="",
        tags=[],
        max_session_duration="3600",
    )
    objects = f"arn:{cloud.partition}:s3:::{lake.name}/ext/{source}/*"
    role.put_policy("source", _policy(Effect="Allow", Action=["s3:PutObject"], Resource=objects))
    return role


def _policy(**statement: Any) -> str:
    document: Mapping[str, Any] = {"Version": "2012-10-17", "Statement": [statement]}
    return json.dumps(document)
