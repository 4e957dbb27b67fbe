"""The base class of streams whose rows belong to one account each."""

from __future__ import annotations

import logging
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from airbyte_cdk.sources.types import StreamSlice
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_aws_iam.streams.call_plan import unavailable_calls
from source_aws_iam.streams.row_keys import with_key
from source_aws_iam.streams.stream import HIDDEN, Stream
from source_aws_iam.sync.account_region import AccountRegion
from source_aws_iam.sync.traces import traced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from source_aws_iam.aws.session import Session
    from source_aws_iam.sync.account_handle import AccountHandle

logger = logging.getLogger("airbyte.source_aws_iam")


@dataclass
class AccountStream(Stream):
    """Reads one stream, account by account. A stream is a subclass with the method `rows`."""

    scope: str = "account"
    # Columns of the key in which "" is a value.
    may_be_empty: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield the rows of the session's account, without the columns that all streams have."""

    def counted_by_aws(self, session: Session) -> tuple[int, str] | None:
        """Return the number of rows that AWS counts, and the name of its counter; None where AWS has none."""
        return None

    def is_counted(self, row: Mapping[str, Any]) -> bool:
        """Return whether AWS counts this row too."""
        return True

    def read_records(
        self, records_schema: Mapping[str, Any], stream_slice: StreamSlice | None = None
    ) -> Iterable[Mapping[str, Any]]:
        """Yield the rows of the account that `stream_slice` names.

        A failure of one of many accounts is remembered, and its rows are left out. A failure of a single account is
        raised. So is an error that is not AWS's, after it was remembered for the stream `accounts`.
        """
        if stream_slice is None:
            raise ValueError(f"{self.name} is read account by account")
        account_id = stream_slice["account_id"]
        try:
            with traced(self.name):
                yield from self._rows_if_readable(self.context.account(account_id))
        finally:
            self.context.scheduler.done(self.name, account_id)

    def noted_rows(self, session: Session) -> Iterator[Mapping[str, Any]]:
        """Yield the rows of the session's account, and note in the coverage what was read."""
        covered = self.context.coverage.at(self.name, AccountRegion(session.account_id))
        try:
            # Before the rows: a failure of this call must not come after rows that would seem to be all.
            by_aws = self.counted_by_aws(session)
            counted = 0
            for row in self.rows(session):
                counted += self.is_counted(row)
                covered.see(row.get(HIDDEN))
                yield row
            covered.is_read = True
            if by_aws:
                covered.by_aws, covered.comparable = by_aws[0], counted
                self._compare(session, counted, *by_aws)
        finally:
            self.note_gaps(covered, unavailable_calls(self.needs, session))

    def _rows_if_readable(self, account: AccountHandle) -> Iterator[Mapping[str, Any]]:
        try:
            with account.held() as session:
                origin = {"account_id": session.account_id, "partition": session.partition}
                for row in self.noted_rows(session):
                    yield with_key({**row, **origin}, self.primary_key, self.may_be_empty)
        except AirbyteTracedException:
            raise  # its failures have been noted where it was made
        except Exception as error:
            if not self.context.failed(self.name, AccountRegion(account.account_id), error):
                raise

    def _compare(self, session: Session, counted: int, by_aws: int, counter: str) -> None:
        if by_aws != counted:
            logger.warning(
                "%s: %d rows of account %s were read, and AWS counts %d (%s). "
                "Something was created or deleted meanwhile, or AWS's lists lag behind: the next sync should agree.",
                self.name,
                counted,
                session.account_id,
                by_aws,
                counter,
            )
