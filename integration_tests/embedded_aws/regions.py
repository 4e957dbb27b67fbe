"""EC2 DescribeRegions: which Regions the account has enabled."""

from __future__ import annotations

from typing import Any

from integration_tests.embedded_aws.calls import Call
from integration_tests.embedded_aws.cloud import Cloud
from integration_tests.embedded_aws.errors import AwsError
from integration_tests.embedded_aws.principals import Principal


def describe_regions(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """Exactly the enabled ones; asking for another by name is an error, as it is for a Region that does not
    exist.
    """
    enabled = cloud.regions_of(caller.account_id)
    asked = call.params.get("RegionNames") or list(enabled)
    unknown = [name for name in asked if name not in enabled]
    if unknown:
        raise AwsError("InvalidParameterValue", f"Invalid region provided: {unknown[0]}")
    return {
        "Regions": [
            {
                "RegionName": name,
                "Endpoint": f"ec2.{name}.amazonaws.com",
                "OptInStatus": "opt-in-not-required",
            }
            for name in asked
        ]
    }
