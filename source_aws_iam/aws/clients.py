"""The clients of one connection: one per service and Region, shared by all accounts and threads."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError
from botocore.handlers import json_decode_policies

from source_aws_iam import __version__
from source_aws_iam.aws.answers import from_aws
from source_aws_iam.aws.core import CoreSession
from source_aws_iam.aws.errors import Target
from source_aws_iam.aws.lookup_events import keep_odd_events
from source_aws_iam.aws.pacing import Pacer, pace
from source_aws_iam.aws.principal import Principal, Signing, calling
from source_aws_iam.aws.retrying import retry_each_call
from source_aws_iam.aws.sign_in import EnvironmentCredentials, SignIn

if TYPE_CHECKING:
    from source_aws_iam.settings import Settings

# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
ORGANIZATIONS_CALLS_PER_SECOND: Final = 8.0
# More than all threads together ever use at once: a connection costs nothing until then.
CONNECTIONS: Final = 128
# STS answers at once, or is out of order. A person who waits for a connection test waits less.
SIGN_IN_READ_TIMEOUT: Final = 10
SIGN_IN_SECONDS: Final = 60


class Clients:
    """Makes each client when it is first asked for. At most `num_workers` of their calls are under way at a time."""

    def __init__(self, settings: Settings, *, attempts: int = 10, read_timeout: int = 60) -> None:
        """`attempts` is how often botocore tries one call that is throttled, cut off or answered with 5xx.

        `read_timeout`, in seconds, is how long one of the tries may take.
        """
        self._settings = settings
        self._attempts = attempts
        self._read_timeout = read_timeout
        make: Any = Config
        self._config: Config = make(
            retries={"mode": "standard", "total_max_attempts": attempts},
            connect_timeout=10,
            read_timeout=read_timeout,
            max_pool_connections=CONNECTIONS,
            user_agent_extra=f"source-aws-iam/{__version__}",
            # With keys in the configuration, the environment's addresses are not theirs.
            ignore_configured_endpoint_urls=bool(settings.key) or None,
        )
        self._made: dict[tuple[str, str], Any] = {}
        self._making = threading.Lock()
        self._slots = _Slots(settings.workers)
        self._core: CoreSession | None = None

    def client(self, service: str, region: str) -> Any:
        """Return the client of `service` ("iam") in `region`. Raises AwsError where the environment is unusable."""
        # Clients may be shared between threads, but botocore's sessions may not make two of them at once.
        with self._making:
            if (service, region) not in self._made:
                self._made[service, region] = self._make(service, region)
            return self._made[service, region]

    def base(self) -> Principal:
        """Return the configured key, or the environment's identity in botocore's usual order."""
        key = self._settings.key
        if key:
            return Principal(Credentials(key.access_key_id, key.secret_access_key, key.session_token))
        timeout = min(self._read_timeout, SIGN_IN_READ_TIMEOUT)
        sign_in = SignIn(
            region=self._settings.region,
            endpoint_url=self._settings.endpoint_url,
            config=self._config.merge(Config(read_timeout=timeout)),
            seconds=min(self._attempts * self._read_timeout, SIGN_IN_SECONDS),
        )
        return Principal(EnvironmentCredentials(sign_in))

    def _make(self, service: str, region: str) -> Any:
        try:
            self._core = self._core or calling_session(identity=self._settings.key is None)
            make: Any = boto3.Session(botocore_session=self._core).client
            client = make(service, region_name=region, endpoint_url=self._settings.endpoint_url, config=self._config)
            _ = urlsplit(client.meta.endpoint_url).port  # botocore looks at it when it signs
        except (BotoCoreError, OSError, ValueError) as error:
            endpoint = self._settings.endpoint_url or ""
            target = Target(action=f"{service}:*", account_id="", region=region, endpoint=endpoint)
            raise from_aws(error, target) from None
        retry_each_call(client, self._attempts)
        # values.py decodes policy documents: botocore's way stops at one that is nested deep.
        client.meta.events.unregister("after-call.iam", json_decode_policies)
        operation = "LookupEvents" if service == "cloudtrail" else None
        self._slots.limit(client, operation)
        rates = {"iam": self._settings.iam_calls_per_second, "organizations": ORGANIZATIONS_CALLS_PER_SECOND}
        if service == "cloudtrail":
            keep_odd_events(client)
            pace(client, operation, lambda: calling().pacer(("lookups", region), _nobody_set_it))
        elif service in rates:
            pace(client, operation, lambda: calling().pacer(service, lambda: Pacer(rates[service])))
        return client


class _Slots:
    """Counts the requests that are on the wire. Whoever waits for a turn, a retry or a renewed session holds none."""

    def __init__(self, number: int) -> None:
        self._free = threading.Semaphore(number)
        self._held = threading.local()

    def limit(self, client: Any, operation: str | None) -> None:
        """Hold `operation` ("LookupEvents"; None: all) through `client` to the number of slots."""
        calls = ".".join(filter(None, (client.meta.service_model.service_id.hyphenize(), operation)))
        client.meta.events.register_first(f"before-send.{calls}", self._take)
        client.meta.events.register_first(f"response-received.{calls}", self._give)
        # An answer that botocore cannot read is no response to it.
        client.meta.events.register_first(f"after-call-error.{calls}", self._give)

    def _take(self, **_: Any) -> None:
        self._free.acquire()
        self._held.one = True

    def _give(self, **_: Any) -> None:
        # botocore tells of a response also where it failed before it could send.
        if getattr(self._held, "one", False):
            self._held.one = False
            self._free.release()


def _nobody_set_it() -> Pacer:
    raise RuntimeError("LookupEvents is called by sessions, which set its pace first")


def calling_session(*, identity: bool) -> CoreSession:
    """Return a session whose clients sign as whoever is calling. With `identity`, it reads what says who calls."""
    session = CoreSession(identity=identity)
    session.register_component("credential_provider", Signing())
    return session
