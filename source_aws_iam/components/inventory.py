"""What every inventory stream is: rows of one account, each saying where it came from."""

from __future__ import annotations

import logging
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from airbyte_cdk.sources.declarative.retrievers import Retriever
from airbyte_cdk.sources.types import Config, StreamSlice

from source_aws_iam.components.connection import connection
from source_aws_iam.components.failures import traced
from source_aws_iam.components.row_keys import with_key
from source_aws_iam.iam.account import account
from source_aws_iam.iam.summary import summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from source_aws_iam.accounts.member import Member
    from source_aws_iam.aws.session import Session

logger = logging.getLogger("airbyte.source_aws_iam")


@dataclass
class Inventory(Retriever):
    """Reads one stream, account by account. A stream is a subclass that says how its rows are made.

    `needs` says which AWS calls bring what; `check` probes them (see call_plan). `counter` is AWS's own count of its
    rows in the account summary, if it has one: "Users". `primary_key` is that of the stream, which the CDK hands over.
    """

    name: str
    config: Config
    needs: dict[str, list[list[str]]] = field(default_factory=dict)
    counter: str = ""
    primary_key: list[str] = field(default_factory=list)
    # Columns of the key in which "" is a value.
    may_be_empty: ClassVar[frozenset[str]] = frozenset()

    def __post_init__(self) -> None:
        """Join the connection of this sync."""
        self._connection = connection(self.config)

    @abstractmethod
    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield the rows of the session's account, without the columns that all streams share."""

    def counted(self, row: Mapping[str, Any]) -> bool:
        """Return whether AWS counts this row too."""
        return True

    def read_records(
        self, records_schema: Mapping[str, Any], stream_slice: StreamSlice | None = None
    ) -> Iterable[Mapping[str, Any]]:
        """Yield the rows of the account that `stream_slice` names.

        One of many accounts that fails is remembered, and its rows are left out; a single one raises. So does an error
        that is not AWS's, when it has been remembered for whoever tells how the account is.
        """
        if stream_slice is None:
            raise ValueError(f"{self.name} is read account by account")
        account_id = stream_slice["account_id"]
        try:
            with traced(self.name):
                yield from self._rows_if_readable(self._connection.member(account_id))
        finally:
            self._connection.done(self.name, account_id)

    def _rows_if_readable(self, member: Member) -> Iterator[Mapping[str, Any]]:
        try:
            with member.held() as session:
                yield from self._rows_of(session)
        except Exception as error:
            if not self._connection.failed(self.name, member.account_id, error):
                raise

    def _rows_of(self, session: Session) -> Iterator[Mapping[str, Any]]:
        origin = {"account_id": session.account_id, "partition": session.partition}
        # Asked first: where AWS does not answer, there are no rows yet that would seem to be all.
        by_aws = (summary(account(session)) or {}).get(self.counter) if self.counter else None
        counted = 0
        for row in self.rows(session):
            counted += self.counted(row)
            yield with_key({**row, **origin}, self.primary_key, self.may_be_empty)
        if by_aws not in (None, counted):
            logger.warning(
                "%s: %d rows of account %s were read, and AWS counts %d (%s of iam:GetAccountSummary). "
                "Something was created or deleted meanwhile, or AWS's lists lag behind: the next sync should agree.",
                self.name,
                counted,
                session.account_id,
                by_aws,
                self.counter,
            )
