"""sync_coverage: how much of each stream was read in each account and Region, when all other streams have ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from airbyte_cdk.sources.types import StreamSlice

from aws_calls.errors import AwsError
from aws_calls.partitions import known_regions
from aws_calls.timestamps import utc
from source_aws_iam.streams.stream import Stream
from source_aws_iam.sync.account_region import WHOLE, AccountRegion
from source_aws_iam.sync.coverage import Covered
from source_aws_iam.sync.failures import failure_of
from source_aws_iam.sync.traces import traced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from source_aws_iam.aws.session import Session

# The Region of streams without Regions: warehouses take no null in a key.
GLOBAL: Final = "global"
UNKNOWN: Final = "unknown"


@dataclass
class SyncCoverage(Stream):
    """One row per stream of this sync, account and Region. Its only call is sts:GetCallerIdentity, if at all."""

    scope: str = "run"

    def read_records(
        self, records_schema: Mapping[str, Any], stream_slice: StreamSlice | None = None
    ) -> Iterable[Mapping[str, Any]]:
        """Yield the rows when all other streams have ended."""
        others = self.context.streams.every - {self.name}
        try:
            with traced(self.name):
                self.context.wait_for(others)
                yield from self._rows(sorted(others))
        finally:
            self.context.end(self.name)

    def _rows(self, streams: Iterable[str]) -> Iterator[Mapping[str, Any]]:
        hub, partition = _origin(self.context.hub)
        accounts, error = self._accounts()
        for stream in streams:
            for account_id, region, covered in self._of(stream, hub, accounts, error):
                yield _row(account_id, partition, region, stream, covered)
        if error and not isinstance(error, AwsError):
            raise error

    def _of(
        self, stream: str, hub: str, accounts: Iterable[str], error: Exception | None
    ) -> Iterator[tuple[str, str, Covered]]:
        """Yield (account id, Region, what was read there). `error` is why the accounts could not be found."""
        coverage = self.context.coverage
        if stream not in self.context.streams.of_accounts:
            yield hub, WHOLE, coverage.at(stream)
            # Identity Center asks each account for an instance of its own.
            for account_id in coverage.failed_accounts(stream):
                yield account_id, WHOLE, coverage.at(stream, AccountRegion(account_id))
        elif error:
            yield UNKNOWN, WHOLE, Covered(failure=failure_of(error))
        else:
            # A trail may have log files of other accounts too: of those that have left the organization.
            for account_id in dict.fromkeys((*accounts, *coverage.accounts(stream))):
                for region, covered in coverage.of(stream, account_id).items():
                    yield account_id, region, covered

    def _accounts(self) -> tuple[list[str], Exception | None]:
        """Return the ids of the accounts, or none and why they could not be found."""
        try:
            return [account.account_id for account in self.context.accounts()], None
        except Exception as error:  # noqa: BLE001 - an error that is not AWS's is raised after the rows
            return [], error


def _origin(hub: Session) -> tuple[str, str]:
    """Return the account of the credentials and its partition, if AWS tells them."""
    try:
        return hub.account_id, hub.partition
    except AwsError:
        return UNKNOWN, known_regions().get(hub.region, UNKNOWN)


def _row(account_id: str, partition: str, region: str, stream: str, covered: Covered) -> Mapping[str, Any]:
    return {
        "account_id": account_id,
        "partition": partition,
        "region": region or GLOBAL,
        "stream": stream,
        "status": covered.status.value,
        "rows_read": covered.rows,
        "rows_comparable": covered.comparable,
        "rows_counted_by_aws": covered.by_aws,
        "complete_since": covered.since and utc(covered.since),
        "complete_through": covered.through and utc(covered.through),
        "missing_action": ", ".join(covered.missing_actions) or None,
        "error": covered.error,
    }
