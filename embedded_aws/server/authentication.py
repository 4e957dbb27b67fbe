"""Authentication: the checks that AWS makes before it considers the call itself."""

from __future__ import annotations

from functools import cache

import botocore.session

from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.errors import (
    EXPIRED,
    NOT_SIGNED,
    UNKNOWN_KEY,
    WRONG_SCOPE,
    WRONG_SIGNATURE,
)
from embedded_aws.server.principals import Principal, find_user
from embedded_aws.server.signatures import is_signed_with

_GLOBAL = {"iam", "organizations", "s3", "sts"}
"""Reachable whatever Regions are enabled (in real life STS and S3 answer in all but the opt-in ones)."""


@cache
def _real_regions() -> frozenset[str]:
    partitions = botocore.session.get_session().get_data("endpoints")["partitions"]
    return frozenset(region for partition in partitions for region in partition["regions"])


def find_principal(cloud: Cloud, call: Call) -> Principal | None:
    """The owner of the access key in the call, before the signature is checked."""
    if call.signature is None:
        return None
    key_id = call.signature.access_key_id
    return cloud.sessions.find(key_id) or find_user(key_id, call.region)


def authenticate(cloud: Cloud, call: Call, principal: Principal | None) -> Principal:
    """The caller, if the call is signed with their secret, carries their token and their session has not
    ended.
    """
    if call.signature is None:
        raise NOT_SIGNED.to(call.protocol)
    if call.region not in _real_regions():
        raise WRONG_SCOPE.to(call.protocol)
    token = call.headers.get("x-amz-security-token")
    if principal is None or principal.key.session_token != token or not _enabled(cloud, call, principal):
        raise UNKNOWN_KEY.to(call.protocol)
    if not is_signed_with(call, call.signature, principal.key.secret_access_key):
        raise WRONG_SIGNATURE.to(call.protocol)
    if principal.expires_at is not None and cloud.now() >= principal.expires_at:
        raise EXPIRED.to(call.protocol)
    return principal


def _enabled(cloud: Cloud, call: Call, principal: Principal) -> bool:
    """A Region that is not enabled does not know the account's keys."""
    return call.service in _GLOBAL or call.region in cloud.regions_of(principal.account_id)
