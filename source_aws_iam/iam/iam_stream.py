"""The base class of streams of IAM: AWS counts their rows in the account summary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from source_aws_iam.iam.summary import summary
from source_aws_iam.streams.account_stream import AccountStream
from source_aws_iam.streams.listing import Listing

if TYPE_CHECKING:
    from source_aws_iam.aws.session import Session


@dataclass
class IamStream(AccountStream):
    """A stream of IAM. `counter` is AWS's own count of its rows in the account summary, if it has one: "Users"."""

    counter: str = ""

    def counted_by_aws(self, session: Session) -> tuple[int, str] | None:
        """Return AWS's count, if the stream has one and AWS tells it."""
        by_aws = (summary(session.reader("iam")) or {}).get(self.counter) if self.counter else None
        return None if by_aws is None else (by_aws, f"{self.counter} of iam:GetAccountSummary")


@dataclass
class IamListing(Listing, IamStream):
    """A plain stream of IAM."""
