"""From settings to calls: who signs, with what, and where to. One Session is one account."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

import boto3
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError
from botocore.session import Session as CoreSession

from source_aws_iam import __version__
from source_aws_iam.aws.calls import Caller
from source_aws_iam.aws.credentials import RoleCredentials
from source_aws_iam.aws.errors import Target, from_aws
from source_aws_iam.aws.pacing import Pacer, pace
from source_aws_iam.aws.side_by_side import side_by_side
from source_aws_iam.aws.values import utc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from source_aws_iam.settings import Role, Settings

T = TypeVar("T")
Item = TypeVar("Item")
logger = logging.getLogger("airbyte.source_aws_iam")

# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
CHAINED_SESSION: Final = timedelta(hours=1)
# More than all threads together ever use at once: a connection costs nothing until then.
CONNECTIONS: Final = 128


class Session:
    """Calls into one account, with credentials that all its threads share. Makes no call before it has to."""

    def __init__(self, settings: Settings, *, attempts: int = 10) -> None:
        """`attempts` is how often botocore tries one call that is throttled, cut off or answered with 5xx."""
        self._settings = settings
        role = self._role = settings.role
        self._config = Config(
            retries={"mode": "standard", "total_max_attempts": attempts},
            connect_timeout=10,
            read_timeout=60,
            max_pool_connections=CONNECTIONS,
            user_agent_extra=f"source-aws-iam/{__version__}",
        )
        self._credentials = (
            RoleCredentials(refresh_using=lambda: self._assume(role), method="assume-role") if role else None
        )
        self._lookup_heard: Callable[[float], None] = lambda _: None
        self._results: dict[object, Any] = {}
        self._locks: dict[object, threading.Lock] = {}
        self._lock = threading.Lock()
        self._making = threading.Lock()

    @property
    def settings(self) -> Settings:
        """What this connection reads."""
        return self._settings

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
        return self.once("identity", lambda: _identity(self._caller("sts", self.region, account_id="")))

    def caller(self, service: str, region: str | None = None) -> Caller:
        """Return what calls `service` ("iam") in `region`, the home Region by default."""
        return self._caller(service, region or self.region, account_id=self.account_id)

    def once(self, key: object, produce: Callable[[], T]) -> T:
        """Return what `produce` returned the first time for `key`. Other threads wait; a failure is not kept."""
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._results:
                self._results[key] = produce()
            result: T = self._results[key]
            return result

    def side_by_side(self, function: Callable[[Item], T], items: Iterable[Item]) -> Iterator[T]:
        """Yield `function` of each item, in their order, made by as many threads as there are workers."""
        workers = self._settings.workers
        executor = self.once("executor", lambda: ThreadPoolExecutor(workers, thread_name_prefix="aws"))
        return side_by_side(executor, function, items, ahead=2 * workers)

    def _caller(self, service: str, region: str, *, account_id: str) -> Caller:
        client = self._client(service, region)
        if service == "cloudtrail":
            self._lookup_pacer(region)
        if service == "iam":
            self.once("iam pacer", lambda: pace(client, None, Pacer(self._settings.iam_calls_per_second)))
        return Caller(client, region=region, account_id=account_id, credentials=self._credentials)

    def lookup_chains(self, region: str) -> int:
        """How many chains of LookupEvents pages it takes to use the whole pace of `region`."""
        return self._lookup_pacer(region).chains

    def lookups_are_slow(self, region: str) -> bool:
        """Whether LookupEvents takes long to answer in `region`."""
        return self._lookup_pacer(region).slow

    def hear_lookups(self, heard: Callable[[float], None]) -> None:
        """Tell `heard`, set before the first lookup, of every answer: how many seconds AWS's throttling holds us up."""
        self._lookup_heard = heard

    def _lookup_pacer(self, region: str) -> Pacer:
        client = self._client("cloudtrail", region)
        pacer = Pacer(self._settings.lookups_per_second, heard=self._lookup_heard)
        return self.once(("pacer", region), lambda: pace(client, "LookupEvents", pacer))

    def _client(self, service: str, region: str) -> Any:
        return self.once(("client", service, region), lambda: self._make_client(self._core(), service, region))

    def _core(self) -> CoreSession:
        return self.once("core", lambda: _core_session(self._credentials) if self._role else self._base())

    def _base(self) -> CoreSession:
        """The configured key, or the environment's identity in botocore's usual order."""
        key = self._settings.key
        fixed = Credentials(key.access_key_id, key.secret_access_key, key.session_token) if key else None
        return _core_session(fixed)

    def _make_client(self, core: CoreSession, service: str, region: str) -> Any:
        try:
            # Clients may be shared between threads, but botocore's sessions may not make two of them at once.
            with self._making:
                make: Any = boto3.Session(botocore_session=core).client
                return make(service, region_name=region, endpoint_url=self._settings.endpoint_url, config=self._config)
        except BotoCoreError as error:
            raise from_aws(error, Target(action=f"{service}:*", account_id="", region=region)) from None

    def _assume(self, role: Role) -> Mapping[str, Any]:
        """Fetch one session (sts:AssumeRole), in the form that botocore's refreshable credentials take."""
        client = self.once("base", lambda: self._make_client(self._base(), "sts", self.region))
        base = Caller(client, region=self.region, account_id=role.account_id, credentials=None)
        request: dict[str, Any] = {
            "RoleArn": role.arn,
            "RoleSessionName": role.session_name,
            "DurationSeconds": self.once("duration", lambda: _duration(role, base)),
        }
        if role.external_id:
            request["ExternalId"] = role.external_id
        issued = base.call("assume_role", expect="Credentials", **request)["Credentials"]
        return {
            "access_key": issued["AccessKeyId"],
            "secret_key": issued["SecretAccessKey"],
            "token": issued["SessionToken"],
            "expiry_time": utc(issued["Expiration"]),
        }


def _identity(sts: Caller) -> Mapping[str, str]:
    answer = sts.call("get_caller_identity", expect="Arn")
    return {"account_id": answer["Account"], "partition": answer["Arn"].split(":")[1], "arn": answer["Arn"]}


def _duration(role: Role, base: Caller) -> int:
    """Return DurationSeconds for `role`: at most an hour when its base identity is a role session too."""
    if role.duration_seconds <= CHAINED_SESSION.total_seconds():
        return role.duration_seconds
    arn = _identity(base)["arn"]
    if ":assumed-role/" not in arn:
        return role.duration_seconds
    logger.warning(
        "duration_seconds is %d, but the base identity %s is itself a role session, and AWS ends sessions of chained "
        "roles after one hour. Sessions of one hour are used, and renewed when they end.",
        role.duration_seconds,
        arn,
    )
    return int(CHAINED_SESSION.total_seconds())


@lru_cache
def _models() -> Any:
    """Return AWS's service models, read once for all accounts: each would need nine megabytes for its own."""
    return CoreSession().get_component("data_loader")


def _core_session(credentials: Credentials | None) -> CoreSession:
    session = CoreSession()
    session.register_component("data_loader", _models())
    if credentials is not None:
        # botocore has no public way to be given credentials that refresh; its own assume-role code sets this too.
        session._credentials = credentials  # type: ignore[attr-defined] # noqa: SLF001
    return session
