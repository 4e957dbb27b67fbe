"""EC2 of one Region of an account. `Cloud.key_pairs` has what is there."""

from __future__ import annotations

from typing import Any

from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.errors import AwsError
from embedded_aws.server.principals import Principal


def describe_regions(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """Return the enabled ones, and with AllRegions the others too; to name one that is not among them is an error."""
    statuses = dict.fromkeys(cloud.regions_of(caller.account_id), "opt-in-not-required")
    if str(call.params.get("AllRegions", "")).lower() == "true":
        statuses = {**dict.fromkeys(cloud.accounts.not_enabled.get(caller.account_id, []), "not-opted-in"), **statuses}
    asked = call.params.get("RegionNames") or list(statuses)
    unknown = [name for name in asked if name not in statuses]
    if unknown:
        raise AwsError("InvalidParameterValue", f"Invalid region provided: {unknown[0]}")
    return {
        "Regions": [
            {"RegionName": name, "Endpoint": f"ec2.{name}.amazonaws.com", "OptInStatus": statuses[name]}
            for name in asked
        ]
    }


def describe_key_pairs(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """Return all of the Region in one answer: AWS does not page them. Public keys only come where they are asked for.

    A Region that is not enabled does not know the key.
    """
    if call.region in cloud.accounts.not_enabled.get(caller.account_id, []):
        raise AwsError("AuthFailure", "AWS was not able to validate the provided access credentials", status=401)
    return {"KeyPairs": cloud.key_pairs.get((caller.account_id, call.region), [])}
