"""The base class of streams whose rows belong to one Region of an account each."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from source_aws_iam.aws.errors import AwsError
from source_aws_iam.streams.account_stream import AccountStream
from source_aws_iam.streams.call_plan import unavailable_calls
from source_aws_iam.streams.stream import HIDDEN
from source_aws_iam.sync.account_region import AccountRegion
from source_aws_iam.sync.traces import for_regions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.aws.session import Session


@dataclass
class RegionalStream(AccountStream):
    """Reads the Regions of an account, several at a time. A Region that fails is named, and the others are read.

    A stream is a subclass with the method `rows_of_region`. Of the Regions that come next, only the first page is kept.
    """

    scope: str = "regional"

    @abstractmethod
    def rows_of_region(self, session: Session, region: str, *, enabled: bool) -> Iterable[Row]:
        """Yield the rows of one Region. `enabled` says that AWS has listed it as enabled in the account."""

    def noted_rows(self, session: Session) -> Iterator[Mapping[str, Any]]:
        """Yield the rows. `rows` notes what was read, Region by Region."""
        return self.rows(session)

    def rows(self, session: Session) -> Iterator[Mapping[str, Any]]:
        """Yield the rows of all Regions, each with its Region."""
        regions = self.context.regions_of(self.name, session)
        failed: dict[AccountRegion, AwsError] = {}
        for region, begun in session.pool.map(partial(self._begin, session), regions):
            where = AccountRegion(session.account_id, region)
            covered = self.context.coverage.at(self.name, where)
            try:
                for row in begun():
                    covered.see(row.get(HIDDEN))
                    yield {**row, "region": region}
                covered.is_read = True
            except AwsError as error:
                failed[where] = error
                self.context.failed(self.name, where, error)
            self.note_gaps(covered, unavailable_calls(self.needs, session, region))
        if failed and len(failed) == len(regions):
            self.context.failures.nothing_read(self.name, session.account_id)
        if failed and not self.context.many:
            raise for_regions(self.name, failed, len(regions))

    def _begin(self, session: Session, region: str) -> tuple[str, Callable[[], Iterator[Row]]]:
        """Read the first row of a Region, and with it the first page. What is returned yields all, or raises."""
        try:
            rows = iter(self.rows_of_region(session, region, enabled=not self.context.settings.regions))
            first = [*islice(rows, 1)]
        except AwsError as error:
            return region, partial(_raise, error)
        return region, lambda: chain(first, rows)


def _raise(error: AwsError) -> Iterator[Row]:
    raise error
