"""Whose calls they are. Clients are shared by all accounts; each call says in whose name it is made.

A client costs a megabyte and its own connections, a name costs a few kilobytes: so a thousand accounts take as many
clients as one, and a connection to AWS that one account has opened serves the next.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from source_aws_iam.aws.credentials import RoleCredentials
from source_aws_iam.aws.sign_in import EnvironmentCredentials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.credentials import Credentials, ReadOnlyCredentials

    from source_aws_iam.aws.errors import AwsError, Target
    from source_aws_iam.aws.pacing import Pacer


class Principal:
    """Credentials, and the pace at which each kind of call is made with them. Thread-safe."""

    def __init__(self, credentials: Credentials | EnvironmentCredentials) -> None:
        """Sign with `credentials`."""
        self._credentials = credentials
        self._pacers: dict[object, Pacer] = {}
        self._lock = threading.Lock()

    @property
    def renewable(self) -> RoleCredentials | EnvironmentCredentials | None:
        """The credentials, if they can be renewed on demand."""
        found = self._credentials
        return found if isinstance(found, (RoleCredentials, EnvironmentCredentials)) else None

    def frozen(self) -> ReadOnlyCredentials:
        """Return what signs a request now, renewed if it is time to. Raises AwsError."""
        return self._credentials.get_frozen_credentials()

    def refusal(self, error: Exception, target: Target) -> AwsError | None:
        """Return what it means that AWS refused a call of `target`, if that is about the environment's credentials."""
        found = self._credentials
        return found.refusal(error, target) if isinstance(found, EnvironmentCredentials) else None

    def pacer(self, key: object, make: Callable[[], Pacer]) -> Pacer:
        """Return the pacer that `make` returned the first time for `key`."""
        with self._lock:
            found = self._pacers.get(key)
            if found is None:
                found = self._pacers[key] = make()
            return found

    def forget_pace(self) -> None:
        """Drop the pacers: nobody calls in this name for now."""
        with self._lock:
            self._pacers.clear()

    @contextmanager
    def calling(self) -> Iterator[None]:
        """Make the calls inside in this name. They may need a call in another name first, to renew a session."""
        token = _CALLING.set(self)
        try:
            yield
        finally:
            _CALLING.reset(token)


_CALLING: Final[ContextVar[Principal]] = ContextVar("calling")


def calling() -> Principal:
    """Return in whose name this thread is making a call."""
    return _CALLING.get()


class Signing:
    """What clients take for their credentials: those of whoever is calling. It is its own credential provider."""

    method: Final = "principal"

    def load_credentials(self) -> Signing:
        """Return what signs, as botocore asks a provider for it."""
        return self

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """Return the credentials that sign this call."""
        return calling().frozen()

    def get_deferred_property(self, _: str) -> Callable[[], None]:
        """Return what finds a property of the credentials. There is none that would choose an endpoint."""
        return lambda: None
