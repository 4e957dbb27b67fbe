"""The credentials that sign a call. All accounts share the clients, and each call brings its call identity.

A client costs a megabyte and connections of its own, a call identity a few kilobytes. So a thousand accounts need as
many clients as one, and reuse each other's connections to AWS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_calls.credentials import RoleCredentials
from aws_calls.sign_in import EnvironmentCredentials

if TYPE_CHECKING:
    from botocore.credentials import Credentials, ReadOnlyCredentials

    from aws_calls.errors import AwsError, Target


class CallIdentity:
    """The credentials of one key, role or environment. Thread-safe."""

    def __init__(self, credentials: Credentials | EnvironmentCredentials) -> None:
        """Sign with `credentials`."""
        self._credentials = credentials

    @property
    def renewable(self) -> RoleCredentials | EnvironmentCredentials | None:
        """The credentials, if they can be renewed on demand."""
        found = self._credentials
        return found if isinstance(found, (RoleCredentials, EnvironmentCredentials)) else None

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """Return the credentials for a request that is sent now, renewed if it is time to. Raises AwsError."""
        return self._credentials.get_frozen_credentials()

    def rejection(self, error: Exception, target: Target) -> AwsError | None:
        """Return the AwsError for `error` if AWS rejected the environment's credentials with it, else None."""
        found = self._credentials
        return found.rejection(error, target) if isinstance(found, EnvironmentCredentials) else None
