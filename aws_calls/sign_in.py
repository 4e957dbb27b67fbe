"""The environment's credentials: found when they are first needed, and again where AWS no longer accepts them."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aws_calls.core import SignInSession
from aws_calls.errors import AwsError, Target
from aws_calls.in_time import TooSlowError, within
from aws_calls.providers import UnusableKeyError, providers
from aws_calls.sign_in_answers import credentials_rejected
from aws_calls.sign_in_failures import UNUSABLE, failed, not_found, too_slow
from aws_calls.sources import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.config import Config
    from botocore.credentials import ReadOnlyCredentials

# All streams need the same credentials. For this long, the others get the failure of the first one at once.
SECONDS_BETWEEN_FAILURES: Final = 60
# A provider's own timeout comes first, so that the message can name it.
GRACE: Final = 5


@dataclass(frozen=True)
class SignIn:
    """How to sign in with the environment's credentials: through which endpoint, and in which time.

    `config` has the timeouts of each of botocore's calls, `seconds` is the time for all of it.
    """

    region: str
    endpoint_url: str | None
    config: Config
    seconds: float

    @property
    def target(self) -> Target:
        """The first call that needs the credentials, for messages."""
        return Target("sts:GetCallerIdentity", account_id="", region=self.region, endpoint=self.endpoint_url or "")

    def session(self) -> SignInSession:
        """Return a new session, which has read no settings yet."""
        return SignInSession(region=self.region, endpoint_url=self.endpoint_url, config=self.config)


class EnvironmentCredentials:
    """The credentials of the process's environment, in botocore's order. Thread-safe."""

    def __init__(self, sign_in: SignIn, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock`, in seconds, says how long ago a failure was."""
        self._sign_in = sign_in
        self._clock = clock
        self._lock = threading.Lock()
        self._chain = _Chain(sign_in)
        self._failure: tuple[float, AwsError] | None = None

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """Return the credentials for a request that is sent now, renewed if it is time to. Raises AwsError."""
        with self._lock:
            return self._frozen()

    def renew(self, rejected: ReadOnlyCredentials) -> None:
        """Read the environment again if these credentials are still in use: they may have been replaced there."""
        with self._lock:
            if self._frozen() == rejected:
                self._chain = _Chain(self._sign_in)

    def rejection(self, error: Exception, target: Target) -> AwsError | None:
        """Return the AwsError for `error` if AWS rejected the credentials with it, else None."""
        return credentials_rejected(error, self._chain.source, target)

    def _frozen(self) -> ReadOnlyCredentials:
        if self._failure and self._clock() - self._failure[0] < SECONDS_BETWEEN_FAILURES:
            raise self._failure[1].with_traceback(None)
        chain = self._chain
        try:
            return within(self._sign_in.seconds + GRACE, chain.frozen)
        except TooSlowError:
            failure = too_slow(chain.source, self._sign_in.target, self._sign_in.seconds)
        except UNUSABLE as error:
            failure = failed(error, chain.source, self._sign_in.target)
        except AwsError as error:
            failure = error
        # The thread of a provider that takes too long may continue, and uses the old chain alone.
        self._chain = _Chain(self._sign_in)
        self._failure = (self._clock(), failure)
        raise failure


class _Chain:
    """The chain of credential providers, gone through once, and the credentials that it found."""

    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in
        self._found: Any = None
        self.source = Source("iam-role", "default")

    def frozen(self) -> ReadOnlyCredentials:
        """Return the credentials for a request that is sent now. Raises what botocore raises."""
        if self._found is None:
            self._found = self._find()
        frozen: ReadOnlyCredentials = self._found.get_frozen_credentials()
        parts: tuple[Any, ...] = (*frozen[:2], frozen.token or "")
        if not all(isinstance(part, str) for part in parts):
            raise TypeError
        if not all(parts[:2]):
            raise UnusableKeyError("the access key id or the secret access key is empty")
        if not all(part.isascii() and part.isprintable() for part in parts):
            raise UnusableKeyError(
                "the key or the session token holds a line break or another character that AWS does not issue"
            )
        return frozen

    def _find(self) -> Any:
        session = self._sign_in.session()
        profile = session.get_config_variable("profile") or "default"
        for provider in providers(session, region=self._sign_in.region, seconds=self._sign_in.seconds):
            self.source = Source(provider.METHOD, profile)
            found = provider.load()
            if found is not None:
                return found
        raise not_found(self._sign_in.target)
