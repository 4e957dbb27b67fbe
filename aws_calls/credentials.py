"""Credentials that renew themselves, one object per account."""

from __future__ import annotations

import threading
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final

from botocore.credentials import Credentials, RefreshableCredentials

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from botocore.credentials import ReadOnlyCredentials

# Seconds before the end of a session. From the first on, one thread renews it, and the others sign with the old one;
# from the second on, all wait for the new one. With botocore's own 15 minutes, sessions of DurationSeconds=900 would be
# renewed at every signing.
ADVISORY: Final = 300
MANDATORY: Final = 120
_LONG_AGO: Final = datetime.fromtimestamp(0, timezone.utc)


class RoleCredentials(Credentials):
    """Credentials of an assumed role, fetched when they are first used. Thread-safe.

    They are renewed before they expire, and on demand when AWS ended the session early.
    """

    def __init__(
        self,
        *,
        refresh_using: Callable[[], Mapping[str, Any]],
        method: str,
        clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        """`refresh_using` fetches one session, in the form that botocore's refreshable credentials take."""
        # These are not used: signing calls get_frozen_credentials.
        super().__init__(access_key="", secret_key="", method=method)
        self._refresh_using = refresh_using
        self._clock = clock
        self._lock = threading.Lock()
        self._session = self._to_be_fetched()

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """Return the credentials for a request that is sent now, renewed if it is time to. Raises AwsError."""
        return self._session.get_frozen_credentials()

    def renew(self, rejected: ReadOnlyCredentials) -> None:
        """Assume the role again, unless another thread has already replaced the credentials that AWS rejected."""
        with self._lock:
            if self._session.get_frozen_credentials() == rejected:
                self._session = self._to_be_fetched()
                self._session.get_frozen_credentials()

    def _to_be_fetched(self) -> RefreshableCredentials:
        """Return a session that ended long ago: its first user fetches a new one, and all others wait for it."""
        return RefreshableCredentials(
            access_key="",
            secret_key="",
            token="",
            expiry_time=_LONG_AGO,
            refresh_using=self._refresh_using,
            method=self.method,
            time_fetcher=self._clock,
            advisory_timeout=ADVISORY,
            mandatory_timeout=MANDATORY,
        )
