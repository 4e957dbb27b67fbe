"""Whether a sync in which accounts failed has failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airbyte_cdk.models import TraceType, Type

from source_aws_iam.sync.traces import ACCOUNTS_FAILED

if TYPE_CHECKING:
    from airbyte_cdk.models import AirbyteMessage

    from source_aws_iam.sync.context import SyncContext


class SyncResult:
    """Watches the messages of one sync."""

    def __init__(self) -> None:
        """Start without failures."""
        self._accounts_failed = False
        self._other_failures = False

    def see(self, message: AirbyteMessage) -> None:
        """Note a failure, if the message is one."""
        if message.type is Type.TRACE and message.trace and message.trace.type is TraceType.ERROR:
            error = message.trace.error
            only_accounts = error is not None and error.internal_message == ACCOUNTS_FAILED
            self._accounts_failed |= only_accounts
            self._other_failures |= not only_accounts

    def excuses(self, context: SyncContext) -> bool:
        """Return whether only single accounts failed, so that the sync succeeds."""
        if self._other_failures or not self._accounts_failed or context.settings.accounts.fail_on_error:
            return False
        return not context.failures.unread_streams(len(context.accounts()))
