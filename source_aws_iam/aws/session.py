"""Sessions: one account each, with its credentials, rate limits, readers and threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_calls.assuming import assumed, caller_identity
from aws_calls.calls import Caller
from aws_calls.clients import Clients
from aws_calls.errors import Where
from source_aws_iam.aws.memo import Memo
from source_aws_iam.aws.operations import OPERATIONS
from source_aws_iam.aws.pool import Pool
from source_aws_iam.aws.reader import Reader
from source_aws_iam.aws.regions import Regions, find_regions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_calls.call_identity import CallIdentity
    from aws_calls.errors import AwsError
    from aws_calls.operation import Operation, Quota
    from aws_calls.options import Role
    from aws_calls.rate_limits import RateLimiter

# Four threads make 20 calls a second, IAM's rate, while an answer takes 200 ms. With many accounts, none needs more,
# because others are read at the same time.
THREADS_PER_ACCOUNT: Final = 4


class Session:
    """The session of one account. Thread-safe. It makes no call before one is needed."""

    def __init__(
        self,
        clients: Clients,
        base: CallIdentity,
        *,
        role: Role | None = None,
        threads: int | None = None,
        operations: Mapping[str, Operation] = OPERATIONS,
    ) -> None:
        """Sign as `role`, which `base` assumes, or without a role as `base` itself.

        `threads` make several calls at a time; by default they are as many as there are workers. `operations` are the
        declarations of the operations that may be called.
        """
        self.options = clients.options
        self.operations = operations
        self._clients = clients
        self._role = role
        self._call_identity = self._signing_as(role, base) if role else base
        self._limits = clients.new_limits()
        self._memo = Memo()
        # `release` keeps these: they are small, and streams that read the account hours apart need them.
        self._kept = Memo()
        self.pool = Pool(threads or self.options.workers)

    @classmethod
    def of_credentials(cls, clients: Clients, operations: Mapping[str, Operation] = OPERATIONS) -> Session:
        """Return the session of the configured role, or without a role that of the key or the environment itself."""
        return cls(clients, clients.base(), role=clients.options.role, operations=operations)

    def assuming(self, role: Role) -> Session:
        """Return the session of the account of `role`, which this session assumes."""
        threads = min(self.options.workers, THREADS_PER_ACCOUNT)
        return Session(self._clients, self._call_identity, role=role, threads=threads, operations=self.operations)

    @property
    def region(self) -> str:
        """The home Region: STS and global services are called there."""
        return self.options.region

    @property
    def account_id(self) -> str:
        """The account that this session reads: that of the role's ARN, or of sts:GetCallerIdentity."""
        return self._role.account_id if self._role else self.identity["account_id"]

    @property
    def partition(self) -> str:
        """The partition of that account: "aws", "aws-us-gov", …"""
        return self._role.partition if self._role else self.identity["partition"]

    @property
    def identity(self) -> Mapping[str, str]:
        """The identity that signs the calls, as {"account_id", "partition", "arn"} (sts:GetCallerIdentity)."""
        return self._kept.settled("identity", lambda: caller_identity(self._caller("sts", self.region, account_id="")))

    def caller(self, service: str, region: str | None = None, *, enabled: bool = False) -> Caller:
        """Return the caller of `service` ("iam") in `region`, by default the home Region.

        `enabled` says that AWS has listed the Region as enabled in the account.
        """
        return self._caller(service, region or self.region, account_id=self.account_id, enabled=enabled)

    def reader(self, service: str, region: str | None = None, *, enabled: bool = False) -> Reader:
        """Return the reader of `service` in `region`, which all streams of the account share."""

        def make() -> Reader:
            caller = self.caller(service, region, enabled=enabled)
            return Reader(caller, account_id=self.account_id, partition=self.partition, memo=self._memo, pool=self.pool)

        return self._memo.once(("reader", service, region or self.region), make)

    def unavailable(self, service: str, region: str | None = None) -> Mapping[str, AwsError]:
        """Return the errors of the operations of `service` that are unavailable so far, without a call."""
        reader: Reader | None = self._memo.known(("reader", service, region or self.region))
        return reader.unavailable if reader else {}

    @property
    def regions(self) -> Regions:
        """The Regions of the account. AWS is asked once."""
        return self._kept.settled("regions", lambda: find_regions(self.reader("ec2")))

    def sign_in(self) -> None:
        """Assume the role now, where there is one, instead of with the first call. Raises AwsError."""
        if self._role:
            self._memo.settled("sign-in", self._call_identity.get_frozen_credentials)

    def release(self) -> None:
        """Drop what was read, except the identity and the Regions. Later reads start anew."""
        self._memo.clear()
        self._limits.forget()
        self.pool.release()

    def limiter(self, quota: Quota, region: str) -> RateLimiter:
        """Return the rate limiter of the calls under `quota`."""
        return self._limits.limiter(quota, region)

    def _caller(self, service: str, region: str, *, account_id: str, enabled: bool = False) -> Caller:
        client = self._clients.client(service, region)
        where = Where(account_id, region, enabled)
        return Caller(client, where, self._call_identity, self.operations, self._limits)

    def _signing_as(self, role: Role, base: CallIdentity) -> CallIdentity:
        def sts() -> Caller:
            client = self._clients.client("sts", self.region)
            return Caller(client, Where(role.account_id, self.region), base, self.operations)

        return assumed(role, sts)
