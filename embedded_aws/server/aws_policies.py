"""AWS's own managed policies, as moto ships them.

moto either loads all of them into every account, at more than half a second each, or none. Here an account has
those that it uses: the first call that names one brings it in. So ListPolicies(Scope=AWS) has only these, where
AWS has more than a thousand.
"""

from __future__ import annotations

import json
import re
from base64 import b32encode
from functools import cache
from hashlib import sha256
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend

_ARN = re.compile(r"arn:aws[\w-]*:iam::aws:policy/(?:.+/)?(?P<name>[^/]+)")


@cache
def shipped() -> dict[str, Any]:
    """Return AWS's policies by name, as moto has them. They are parsed once in a process."""
    policies: dict[str, Any] = json.loads(aws_managed_policies_data)
    return policies


def aws_policy_id(arn: str) -> str:
    """The same in every account, as AWS has it."""
    return "ANPA" + b32encode(sha256(arn.encode()).digest()).decode()[:17]


def provide(backend: IAMBackend, arn: str) -> None:
    """Bring the policy into the account, if there is such a policy of AWS and it is not yet there."""
    match = _ARN.fullmatch(arn)
    if match is None or arn in backend.managed_policies or match["name"] not in shipped():
        return
    data = shipped()[match["name"]]
    policy = AWSManagedPolicy.from_data(match["name"], backend.account_id, backend.region_name, data)
    if policy.arn == arn:
        policy.id = aws_policy_id(arn)
        backend.managed_policies[arn] = policy
