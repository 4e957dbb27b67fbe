"""The quotas of Organizations: each operation has a token bucket of its own, per account.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html#throttling-limits
"""

from __future__ import annotations

from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.errors import AwsError
from embedded_aws.server.principals import Principal

BUCKETS = {
    "DescribeOrganization": (2, 1),
    "DescribePolicy": (2, 2),
    "ListAccounts": (12, 8),
    "ListAccountsForParent": (8, 5),
    "ListDelegatedAdministrators": (8, 5),
    "ListDelegatedServicesForAccount": (3, 1),
    "ListOrganizationalUnitsForParent": (8, 5),
    "ListPolicies": (8, 5),
    "ListRoots": (2, 1),
    "ListTagsForResource": (15, 10),
    "ListTargetsForPolicy": (8, 5),
}
"""How many requests the bucket of an operation holds, and how many come back each second."""


def take_token(cloud: Cloud, call: Call, caller: Principal) -> None:
    """Raise where the bucket is empty."""
    if call.operation not in BUCKETS:
        return
    capacity, per_second = BUCKETS[call.operation]
    if not cloud.tokens.admits((caller.account_id, call.operation), capacity, per_second, cloud.now()):
        raise AwsError("TooManyRequestsException", "AWS Organizations can't complete your request at this time.")
