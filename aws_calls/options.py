"""How AWS is called: the part of the configuration that this package needs, as types."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_calls.operation import Quota


@dataclass(frozen=True, repr=False)
class AccessKey:
    """An access key, or a temporary one with its session token. It has no repr, so that it cannot reach a log."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


@dataclass(frozen=True, repr=False)
class Role:
    """A role to assume. It has no repr, because the external id is a secret."""

    arn: str
    external_id: str | None
    session_name: str
    duration_seconds: int

    @property
    def account_id(self) -> str:
        """The account of the role."""
        return self.arn.split(":")[4]

    @property
    def partition(self) -> str:
        """The partition of the role, e.g. "aws-us-gov"."""
        return self.arn.split(":")[1]


@dataclass(frozen=True, repr=False)
class Options:
    """How AWS is called. `key` is None where the environment's credentials are used, `role` where none is assumed.

    `region` is the home Region. At most `workers` requests are on the wire at a time. `rates` are calls per second, for
    the quotas whose rate is not AWS's own.
    """

    key: AccessKey | None = None
    role: Role | None = None
    region: str = "us-east-1"
    endpoint_url: str | None = None
    workers: int = 10
    rates: Mapping[Quota, float] = field(default_factory=dict)
