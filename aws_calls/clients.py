"""The boto3 clients of one sync: one per service and Region, shared by all accounts and threads."""

from __future__ import annotations

import threading
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.credentials import CredentialResolver, Credentials
from botocore.exceptions import BotoCoreError

from aws_calls.answers import from_aws
from aws_calls.call_identity import CallIdentity
from aws_calls.core import CoreSession
from aws_calls.errors import Target
from aws_calls.rate_limits import RateLimits
from aws_calls.request_path import RequestPath
from aws_calls.retrying import retry_each_call
from aws_calls.sign_in import EnvironmentCredentials, SignIn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws_calls.operation import Quota
    from aws_calls.options import Options

# botocore waits up to 20 seconds before each of the later ones.
ATTEMPTS: Final = 10
# More than all threads together use at once. A connection that is not open costs nothing.
CONNECTIONS: Final = 128
# STS answers at once or not at all.
SIGN_IN_READ_TIMEOUT: Final = 10
SIGN_IN_SECONDS: Final = 60


class Clients:
    """Makes each client when it is first needed. At most `options.workers` requests are on the wire.

    Whoever calls AWS has a class of its own, with the name of its distribution in `product`.
    """

    product: ClassVar[str]

    def __init__(
        self,
        options: Options,
        *,
        attempts: int = ATTEMPTS,
        read_timeout: int = 60,
        core: CoreSession | None = None,
        listeners: Mapping[Quota, Callable[[float], None]] | None = None,
    ) -> None:
        """`attempts` is how often botocore sends one call that is throttled, cut off or answered with 5xx.

        `read_timeout`, in seconds, bounds each attempt. `core` makes the clients; by default it is `unsigned_session`,
        made with the first client. `listeners` are called after every answer to a call under their quota: with the
        seconds for which throttling holds up the next call, or 0.
        """
        self.options = options
        self._listeners = listeners or {}
        self._attempts = attempts
        self._read_timeout = read_timeout
        make: Any = Config
        self._config: Config = make(
            retries={"mode": "standard", "total_max_attempts": attempts},
            connect_timeout=10,
            read_timeout=read_timeout,
            max_pool_connections=CONNECTIONS,
            user_agent_extra=f"{self.product}/{version(self.product)}",
            # With keys in the configuration, the endpoints of the environment are not meant for them.
            ignore_configured_endpoint_urls=bool(options.key) or None,
        )
        self._made: dict[tuple[str, str], Any] = {}
        self._making = threading.Lock()
        self._path = RequestPath(options.workers)
        self._core = core
        self._session: boto3.Session | None = None

    def client(self, service: str, region: str) -> Any:
        """Return the client of `service` ("iam") in `region`. Raises AwsError where the environment is unusable."""
        # Threads may share a client, but a botocore session may not make two clients at a time.
        with self._making:
            if (service, region) not in self._made:
                self._made[service, region] = self._make(service, region)
            return self._made[service, region]

    def base(self) -> CallIdentity:
        """Return the call identity of the configured key, or else of the environment, in botocore's usual order."""
        key = self.options.key
        if key:
            return CallIdentity(Credentials(key.access_key_id, key.secret_access_key, key.session_token))
        timeout = min(self._read_timeout, SIGN_IN_READ_TIMEOUT)
        sign_in = SignIn(
            region=self.options.region,
            endpoint_url=self.options.endpoint_url,
            config=self._config.merge(Config(read_timeout=timeout)),
            seconds=min(self._attempts * self._read_timeout, SIGN_IN_SECONDS),
        )
        return CallIdentity(EnvironmentCredentials(sign_in))

    def new_limits(self) -> RateLimits:
        """Return rate limits for one more account."""
        return RateLimits(self.options.rates, self._listeners)

    def adapt(self, client: Any) -> None:
        """Change how a new client reads answers. Nothing, by default."""

    def _make(self, service: str, region: str) -> Any:
        try:
            if self._session is None:
                core = self._core or unsigned_session(identity=self.options.key is None)
                # One for all: each adds boto3's methods of S3 to the clients of the core, and may do so only once.
                self._session = boto3.Session(botocore_session=core)
            make: Any = self._session.client
            config = self._config
            if service == "s3" and self.options.endpoint_url:
                # A gateway has one name, and none for each bucket.
                config = config.merge(Config(s3={"addressing_style": "path"}))
            client = make(service, region_name=region, endpoint_url=self.options.endpoint_url, config=config)
            _ = urlsplit(client.meta.endpoint_url).port  # botocore looks at it when it signs
        except (BotoCoreError, OSError, ValueError) as error:
            endpoint = self.options.endpoint_url or ""
            target = Target(action=f"{service}:*", account_id="", region=region, endpoint=endpoint)
            raise from_aws(error, target) from None
        retry_each_call(client, self._attempts)
        self._path.attach(client)
        self.adapt(client)
        return client


def unsigned_session(*, identity: bool) -> CoreSession:
    """Return a session whose clients have no credentials: each call brings its call identity.

    With `identity`, it also reads the profile and the endpoints of the environment.
    """
    session = CoreSession(identity=identity)
    session.register_component("credential_provider", CredentialResolver(providers=[]))
    return session
