"""From settings to calls: who signs, with what, and where to. One Session is one account."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, TypeVar

from source_aws_iam.aws.assuming import Assumption, who
from source_aws_iam.aws.calls import Caller
from source_aws_iam.aws.clients import Clients
from source_aws_iam.aws.credentials import RoleCredentials
from source_aws_iam.aws.errors import AwsError
from source_aws_iam.aws.pacing import Pacer
from source_aws_iam.aws.principal import Principal
from source_aws_iam.aws.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from source_aws_iam.settings import Role, Settings

T = TypeVar("T")
Item = TypeVar("Item")

# As many threads keep IAM's pace of 20 calls a second while an answer takes 200 ms. Of many accounts none needs more,
# because others are read beside it.
MEMBER_THREADS: Final = 4


class Session:
    """Calls into one account, with credentials that all its threads share. Makes no call before it has to."""

    def __init__(
        self,
        settings: Settings,
        *,
        role: Role | None = None,
        hub: Session | None = None,
        clients: Clients | None = None,
    ) -> None:
        """Sign as `role`, which the session `hub` assumes.

        Without a hub, sign as the configured role, which the key or the environment's identity assumes, or as that
        identity itself.
        """
        self._settings = settings
        self._clients: Clients = hub.clients if hub else clients or Clients(settings)
        self._role = role if hub else settings.role
        base = hub.principal if hub else self._clients.base()
        self._principal = self._signing_as(self._role, base) if self._role else base
        self._threads = min(settings.workers, MEMBER_THREADS) if hub else settings.workers
        self._lookup_heard: Callable[[float], None] = lambda _: None
        self._results: dict[object, Any] = {}
        self._locks: dict[object, threading.Lock] = {}
        self._lock = threading.Lock()

    @property
    def settings(self) -> Settings:
        """What this connection reads."""
        return self._settings

    @property
    def clients(self) -> Clients:
        """The clients that this session shares with those of other accounts."""
        return self._clients

    @property
    def principal(self) -> Principal:
        """In whose name this session calls."""
        return self._principal

    @property
    def region(self) -> str:
        """The home Region: STS and global services are called there."""
        return self._settings.region

    @property
    def account_id(self) -> str:
        """The account whose data this session reads. A role's ARN says it; for a key AWS is asked."""
        return self._role.account_id if self._role else self.identity["account_id"]

    @property
    def partition(self) -> str:
        """The partition of that account: "aws", "aws-us-gov", …"""
        return self._role.partition if self._role else self.identity["partition"]

    @property
    def identity(self) -> Mapping[str, str]:
        """Who signs the calls, as {"account_id", "partition", "arn"} (sts:GetCallerIdentity)."""
        return self.settled("identity", lambda: who(self._caller("sts", self.region, account_id="")))

    def caller(self, service: str, region: str | None = None, *, enabled: bool = False) -> Caller:
        """Return what calls `service` ("iam") in `region`, the home Region by default.

        `enabled` says that AWS has named the Region as one that is enabled in the account.
        """
        return self._caller(service, region or self.region, account_id=self.account_id, enabled=enabled)

    def sign_in(self) -> None:
        """Assume the role now, where there is one, instead of with the first call. Raises AwsError."""
        if self._role:
            self.settled("sign-in", self._assume)

    def once(self, key: object, produce: Callable[[], T]) -> T:
        """Return what `produce` returned the first time for `key`. Other threads wait; a failure is not kept."""
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._results:
                self._results[key] = produce()
            result: T = self._results[key]
            return result

    def settled(self, key: object, produce: Callable[[], T]) -> T:
        """Return or raise what `produce` did the first time for `key`. What took minutes to fail is not tried again."""

        def outcome() -> T | AwsError:
            try:
                return produce()
            except AwsError as error:
                return error

        found = self.once(key, outcome)
        if isinstance(found, AwsError):
            # Raised by every stream: each would add its frames to those of the last one.
            raise found.with_traceback(None)
        return found

    def side_by_side(self, function: Callable[[Item], T], items: Iterable[Item]) -> Iterator[T]:
        """Yield `function` of each item, in their order, made by as many threads as there are workers."""
        executor = self.once("executor", lambda: ThreadPoolExecutor(self._threads, thread_name_prefix="aws"))
        return side_by_side(executor, function, items, ahead=2 * self._threads)

    def release(self) -> None:
        """Drop all but the credentials, while nobody reads the account. Reading on is possible, and starts anew."""
        with self._lock:
            executor = self._results.pop("executor", None)
            self._results.clear()
            self._locks.clear()
        self._principal.forget_pace()
        if executor:
            executor.shutdown(wait=False)

    def lookup_chains(self, region: str) -> int:
        """How many chains of LookupEvents pages it takes to use the whole pace of `region`."""
        return self._lookup_pacer(region).chains

    def lookups_are_slow(self, region: str) -> bool:
        """Whether LookupEvents takes long to answer in `region`."""
        return self._lookup_pacer(region).slow

    def hear_lookups(self, heard: Callable[[float], None]) -> None:
        """Tell `heard`, set before the first lookup, of every answer: how many seconds AWS's throttling holds us up."""
        self._lookup_heard = heard

    def _assume(self) -> None:
        self._principal.frozen()

    def _caller(self, service: str, region: str, *, account_id: str, enabled: bool = False) -> Caller:
        if service == "cloudtrail":
            self._lookup_pacer(region)
        client = self._clients.client(service, region)
        return Caller(client, region=region, account_id=account_id, principal=self._principal, enabled=enabled)

    def _lookup_pacer(self, region: str) -> Pacer:
        return self._principal.pacer(
            ("lookups", region), lambda: Pacer(self._settings.lookups_per_second, heard=self._lookup_heard)
        )

    def _signing_as(self, role: Role, base: Principal) -> Principal:
        def sts() -> Caller:
            client = self._clients.client("sts", self.region)
            return Caller(client, region=self.region, account_id=role.account_id, principal=base)

        return Principal(RoleCredentials(refresh_using=Assumption(role, sts), method="assume-role"))
