"""The base class of streams whose rows belong to one Region of an account each."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Literal

from aws_calls.errors import AwsError
from source_aws_iam.streams.account_stream import AccountStream
from source_aws_iam.streams.call_plan import unavailable_calls
from source_aws_iam.streams.stream import HIDDEN
from source_aws_iam.sync.account_region import AccountRegion
from source_aws_iam.sync.traces import for_regions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.aws.session import Session

# How many rows of a Region are kept: those of a page of EC2.
PART: Final = 1000
_READ: Final = "read"


@dataclass
class RegionalStream(AccountStream):
    """Reads the Regions of an account, several at a time. A Region that fails is named, and the others are read.

    A stream is a subclass with the method `rows_of_region`. The Regions are read in turns of PART rows, side by side,
    because AWS's quotas are those of a Region, and a pagination token does not stay valid for long.
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
        reading = {region: self._of_region(session, region) for region in regions}
        failed: dict[AccountRegion, AwsError] = {}
        while reading:
            for region, (found, end) in session.pool.map(_part, [*reading.items()]):
                where = AccountRegion(session.account_id, region)
                covered = self.context.coverage.at(self.name, where)
                for row in found:
                    covered.see(row.get(HIDDEN))
                    yield {**row, "region": region}
                if end is None:
                    continue
                del reading[region]
                covered.is_read = end is _READ
                if isinstance(end, AwsError):
                    failed[where] = end
                    self.context.failed(self.name, where, end)
                self.note_gaps(covered, unavailable_calls(self.needs, session, region))
        if failed and len(failed) == len(regions):
            self.context.failures.nothing_read(self.name, session.account_id)
        if failed and not self.context.many:
            raise for_regions(self.name, failed, len(regions))

    def _of_region(self, session: Session, region: str) -> Iterator[Row]:
        """Yield the rows of a Region. Nothing is asked for before the first one is."""
        yield from self.rows_of_region(session, region, enabled=not self.context.settings.regions)


def _part(reading: tuple[str, Iterator[Row]]) -> tuple[str, tuple[list[Row], AwsError | Literal["read"] | None]]:
    """Return the next rows of a Region, and how they end it: by an error, by being the last ones, or not."""
    region, rows = reading
    found: list[Row] = []
    try:
        found.extend(islice(rows, PART))
    except AwsError as error:
        return region, (found, error)
    return region, (found, None if len(found) == PART else _READ)
