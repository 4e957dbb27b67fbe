"""Whether a sync in which accounts failed is a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airbyte_cdk.models import TraceType, Type

from source_aws_iam.components.failures import ACCOUNTS_FAILED

if TYPE_CHECKING:
    from airbyte_cdk.models import AirbyteMessage

    from source_aws_iam.components.connection import Connection


class Outcome:
    """Watches the messages of one sync."""

    def __init__(self) -> None:
        """Nothing has failed yet."""
        self._accounts_failed = False
        self._other_failures = False

    def see(self, message: AirbyteMessage) -> None:
        """Take note of a failure."""
        if message.type is Type.TRACE and message.trace and message.trace.type is TraceType.ERROR:
            error = message.trace.error
            only_accounts = error is not None and error.internal_message == ACCOUNTS_FAILED
            self._accounts_failed |= only_accounts
            self._other_failures |= not only_accounts

    def excuses(self, connection: Connection) -> bool:
        """Return whether what failed was single accounts, which the others are not to suffer for."""
        if self._other_failures or not self._accounts_failed or connection.settings.accounts.fail_on_error:
            return False
        return not connection.failures.unread_streams(len(connection.members()))
