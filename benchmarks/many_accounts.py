"""The connector's command over several accounts of embedded AWS: python -m benchmarks.many_accounts read …

Windows, plan, cursor, pacing, rows, the CDK and its process are the connector's own. Not gone through: finding out
which accounts there are, and assuming a role in each of them. The keys of users in the accounts stand for that, in the
environment's BENCHMARK_KEYS, so that nothing but LookupEvents is measured.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from airbyte_cdk.sources.streams.concurrent.cursor import CursorField
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream

from source_aws_iam.accounts.member import Member
from source_aws_iam.audit.cursor import AuditCursor
from source_aws_iam.audit.pulse import Pulse
from source_aws_iam.audit.stream import CURSOR_FIELD, NAME, Windows
from source_aws_iam.aws.session import Session
from source_aws_iam.command_line import main
from source_aws_iam.components.connection import Connection
from source_aws_iam.settings import AccessKey
from source_aws_iam.source import SourceAwsIam

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream

KEYS = "BENCHMARK_KEYS"


class Accounts(Connection):
    """One session per key."""

    def __init__(self, config: Mapping[str, Any], keys: list[list[str]]) -> None:
        """Take pairs of key id and secret; those of `config` are not used."""
        super().__init__(config)
        sessions = [Session(replace(self.settings, key=AccessKey(*key))) for key in keys]
        self._by_account = {session.account_id: Member(session, kept=True) for session in sessions}

    def members(self) -> list[Member]:
        """Return all accounts."""
        return list(self._by_account.values())

    def member(self, account_id: str) -> Member:
        """Return one account."""
        return self._by_account[account_id]


class ManyAccounts(SourceAwsIam):
    """The connector, with an audit_events of several accounts."""

    def streams(self, config: Mapping[str, Any]) -> list[AbstractStream]:
        """Return audit_events alone."""
        return [self._of_all_accounts(stream) for stream in super().streams(config) if stream.name == NAME]

    def _of_all_accounts(self, declared: AbstractStream) -> AbstractStream:
        accounts = Accounts(self._config, json.loads(os.environ[KEYS]))
        cursor = AuditCursor(NAME, self._connector_state_manager, self._messages)
        return DefaultStream(
            partition_generator=Windows(
                accounts, cursor, Pulse(NAME, cursor, self._messages), lambda: datetime.now(timezone.utc)
            ),
            name=NAME,
            json_schema=declared.get_json_schema,
            primary_key=["event_id"],
            cursor_field=CursorField(CURSOR_FIELD),
            logger=logging.getLogger(f"airbyte.{NAME}"),
            cursor=cursor,
        )


if __name__ == "__main__":
    main(ManyAccounts)
