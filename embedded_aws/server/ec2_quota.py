"""EC2's quotas: each operation has a token bucket of its own, per account and Region.

https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
"""

from __future__ import annotations

from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.ec2_pages import arguments_of
from embedded_aws.server.errors import AwsError
from embedded_aws.server.principals import Principal

_BUCKET = (100, 20)
"""How many requests it holds, and how many come back each second."""
_BUCKET_OF_ALL = (50, 10)
"""Of requests for everything at once."""
_UNPAGED = ("DescribeAddresses", "DescribeKeyPairs", "DescribeRegions")


def take_token(cloud: Cloud, call: Call, caller: Principal) -> None:
    """Raise where the bucket is empty."""
    members = arguments_of(call)
    for_all = call.operation in _UNPAGED or ("MaxResults" in members and "MaxResults" not in call.params)
    capacity, per_second = _BUCKET_OF_ALL if for_all else _BUCKET
    key = (caller.account_id, f"{call.region} {call.operation}")
    if not cloud.tokens.admits(key, capacity, per_second, cloud.now()):
        raise AwsError("RequestLimitExceeded", "Request limit exceeded.", status=503)
