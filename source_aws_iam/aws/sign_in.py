"""The environment's identity: found when it is first needed, and found anew where AWS no longer accepts it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.aws.core import SignInSession
from source_aws_iam.aws.errors import AwsError, Target
from source_aws_iam.aws.in_time import TooSlowError, within
from source_aws_iam.aws.providers import UnusableKeyError, providers
from source_aws_iam.aws.sign_in_answers import key_refused
from source_aws_iam.aws.sign_in_failures import UNUSABLE, failed, not_found, too_slow
from source_aws_iam.aws.sources import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.config import Config
    from botocore.credentials import ReadOnlyCredentials

# All streams need the same identity: what one of them could not get, the others do not wait for again.
SECONDS_BETWEEN_FAILURES: Final = 60
# Whatever has a limit of its own is to be told by its own name.
GRACE: Final = 5


@dataclass(frozen=True)
class SignIn:
    """How the environment signs in: through which address, and in which time.

    `config` bounds each of botocore's calls, `seconds` all that it takes to have credentials.
    """

    region: str
    endpoint_url: str | None
    config: Config
    seconds: float

    @property
    def target(self) -> Target:
        """What the credentials are needed for first, for sentences about it."""
        return Target("sts:GetCallerIdentity", account_id="", region=self.region, endpoint=self.endpoint_url or "")

    def session(self) -> SignInSession:
        """Return a session that has read nothing yet."""
        return SignInSession(region=self.region, endpoint_url=self.endpoint_url, config=self.config)


class EnvironmentCredentials:
    """Credentials of the process's environment, in botocore's order. Thread-safe."""

    def __init__(self, sign_in: SignIn, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock`, in seconds, tells how long ago something failed."""
        self._sign_in = sign_in
        self._clock = clock
        self._lock = threading.Lock()
        self._look = _Look(sign_in)
        self._failure: tuple[float, AwsError] | None = None

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """Return what signs a request now, renewed if it is time to. Raises AwsError."""
        with self._lock:
            return self._frozen()

    def renew(self, refused: ReadOnlyCredentials) -> None:
        """Read the environment again where it gave what AWS refused: others may have written it. Raises AwsError."""
        with self._lock:
            if self._frozen() == refused:
                self._look = _Look(self._sign_in)

    def refusal(self, error: Exception, target: Target) -> AwsError | None:
        """Return what it means that AWS refused a call in this name, or None where it is not about the credentials."""
        return key_refused(error, self._look.source, target)

    def _frozen(self) -> ReadOnlyCredentials:
        if self._failure and self._clock() - self._failure[0] < SECONDS_BETWEEN_FAILURES:
            raise self._failure[1].with_traceback(None)
        look = self._look
        try:
            return within(self._sign_in.seconds + GRACE, look.frozen)
        except TooSlowError:
            failure = too_slow(look.source, self._sign_in.target, self._sign_in.seconds)
        except UNUSABLE as error:
            failure = failed(error, look.source, self._sign_in.target)
        except AwsError as error:
            failure = error
        # The thread of what takes too long may go on: it has the old look for itself.
        self._look = _Look(self._sign_in)
        self._failure = (self._clock(), failure)
        raise failure


class _Look:
    """One look into the environment, and what it found."""

    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in
        self._found: Any = None
        self.source = Source("iam-role", "default")

    def frozen(self) -> ReadOnlyCredentials:
        """Return what signs a request now. Raises whatever botocore does."""
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
