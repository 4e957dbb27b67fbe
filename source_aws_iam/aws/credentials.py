"""Credentials that renew themselves, one object per account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.credentials import DeferredRefreshableCredentials

if TYPE_CHECKING:
    from botocore.credentials import ReadOnlyCredentials


class RoleCredentials(DeferredRefreshableCredentials):
    """Credentials of an assumed role: renewed before they expire, and on demand when AWS ended the session early."""

    # With botocore's 15 minutes, sessions of DurationSeconds=900 would be renewed at every single signing.
    _advisory_refresh_timeout = 300
    _mandatory_refresh_timeout = 120

    def renew(self, refused: ReadOnlyCredentials) -> None:
        """Assume the role again, unless another thread has already replaced the credentials that AWS refused."""
        own: Any = self  # botocore's types leave out what a subclass may use
        with own._refresh_lock:  # noqa: SLF001
            if own._frozen_credentials == refused:  # noqa: SLF001
                own._protected_refresh(is_mandatory=True)  # noqa: SLF001
