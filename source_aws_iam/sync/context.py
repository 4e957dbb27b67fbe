"""The sync context: what the streams of one sync share. Settings, accounts and their order, failures, clock.

The CDK makes the components that manifest.yaml names, and passes the config to each. The source puts the sync context
into the config, under one reserved key. `context_of` fails where it is missing, and a copy of the config has the same
context.
"""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final

from aws_calls.errors import AwsError
from source_aws_iam.sync.account_region import AccountRegion
from source_aws_iam.sync.account_scheduler import AccountScheduler
from source_aws_iam.sync.coverage import NO_ACCOUNT, Coverage
from source_aws_iam.sync.failures import Failures, failure_of, without_frames

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from source_aws_iam.aws.session import Session
    from source_aws_iam.config import Settings
    from source_aws_iam.sync.account_handle import AccountHandle

logger = logging.getLogger("airbyte.source_aws_iam")

# No field of the form has this name.
SYNC_CONTEXT: Final = "_sync_context"
# The next account has to be started before one is finished.
FEWEST_ACCOUNTS_AT_A_TIME: Final = 2


@dataclass(frozen=True)
class SelectedStreams:
    """The streams of a sync: `every` one, and of these the streams of accounts.

    Streams in `sharing` share what AWS answers for an account, and read the accounts together. Those in `independent`
    do not.
    """

    sharing: frozenset[str] = frozenset()
    independent: frozenset[str] = frozenset()
    every: frozenset[str] = frozenset()

    @property
    def of_accounts(self) -> frozenset[str]:
        """The streams that are read account by account."""
        return self.sharing | self.independent


def _now() -> datetime:
    return datetime.now(timezone.utc)


@dataclass(eq=False)
class SyncContext:
    """The context of one sync. Thread-safe.

    `hub` is the session of the configured credentials. `find_accounts` returns the accounts that are read, and raises
    AwsError; it is called once. `accounts_of_trail` returns which accounts are read of a trail's bucket, for the ids
    of those that it has, by default all, and raises AwsError. `clock` returns the present time in UTC.
    `accounts_at_a_time` accounts are read at the same time, by default as many as there are workers.
    """

    settings: Settings
    hub: Session
    find_accounts: Callable[[], list[AccountHandle]]
    streams: SelectedStreams = field(default_factory=SelectedStreams)
    accounts_of_trail: Callable[[Collection[str]], Collection[str]] = frozenset
    clock: Callable[[], datetime] = _now
    failures: Failures = field(default_factory=Failures)
    coverage: Coverage = field(default_factory=Coverage)
    accounts_at_a_time: int = 0

    def __post_init__(self) -> None:
        """Start without accounts: they are found when they are first needed."""
        workers = self.settings.options.workers
        self.accounts_at_a_time = self.accounts_at_a_time or max(workers, FEWEST_ACCOUNTS_AT_A_TIME)
        self._found: list[AccountHandle] | AwsError | None = None
        self._by_id: dict[str, AccountHandle] = {}
        self._finding = threading.Lock()
        self._scheduler: AccountScheduler | None = None
        self._ended: set[str] = set()
        self._told: set[str] = set()
        self._changed = threading.Condition()

    def __deepcopy__(self, _: object) -> SyncContext:
        """Return the context itself: a copy of a config belongs to the same sync."""
        return self

    @property
    def many(self) -> bool:
        """Whether several accounts are read, of which one that fails is left out."""
        return self.settings.accounts.many

    def accounts(self) -> list[AccountHandle]:
        """Return all accounts. Raises the AwsError of the one attempt to find them."""
        with self._finding:
            if self._found is None:
                try:
                    self._found = self.find_accounts()
                except AwsError as error:
                    self._found = error
                else:
                    self._by_id = {account.account_id: account for account in self._found}
            if isinstance(self._found, AwsError):
                raise without_frames(self._found)
            return self._found

    def account(self, account_id: str) -> AccountHandle:
        """Return one account."""
        self.accounts()
        return self._by_id[account_id]

    @property
    def scheduler(self) -> AccountScheduler:
        """The scheduler of the accounts. Raises as `accounts` does."""
        found = self.accounts()
        with self._changed:
            if self._scheduler is None:
                for account in found if self.streams.sharing else ():
                    account.hold()
                self._scheduler = AccountScheduler(
                    [account.account_id for account in found],
                    self.streams.sharing,
                    window=self.accounts_at_a_time,
                    independent=self.streams.independent - self._ended,
                    release=lambda account_id: self._by_id[account_id].let_go(),
                )
            return self._scheduler

    def turns(self, stream: str) -> Iterator[str]:
        """Yield the ids of the accounts, each when `stream` may read it. Ends when `stream` has read all of them."""
        yield from self.scheduler.turns(stream)
        self.scheduler.wait_until_read(stream)

    def end(self, stream: str) -> None:
        """Note that `stream` has ended, successfully or not."""
        with self._changed:
            self._ended.add(stream)
            scheduler = self._scheduler
            self._changed.notify_all()
        if scheduler:
            scheduler.end(stream)

    def wait_for(self, streams: Collection[str]) -> None:
        """Wait until all of the streams have ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended.issuperset(streams))

    def regions_of(self, stream: str, session: Session) -> Sequence[str]:
        """Return the Regions of an account that `stream` reads: those that the config names, or all that are enabled.

        The coverage has each of them from then on, and those that are not enabled.
        """
        if not self.settings.regions:
            self.coverage.not_enabled(stream, session.account_id, session.regions.not_enabled)
        regions = self.settings.regions or session.regions.enabled
        for region in regions:
            self.coverage.at(stream, AccountRegion(session.account_id, region))
        self._tell_cost(stream, session.account_id, len(regions))
        return regions

    def _tell_cost(self, stream: str, account_id: str, regions: int) -> None:
        """Say once how many requests a stream takes, by the Regions of its first account."""
        with self._changed:
            if stream in self._told:
                return
            self._told.add(stream)
        accounts = len(self.accounts())
        logger.info(
            "%s takes one request or more for each Region of each account. Accounts: %s. Regions of account %s: %d. "
            "Requests: %s or more.",
            *(stream, f"{accounts:,}", account_id, regions, f"{accounts * regions:,}"),
        )

    def failed(self, stream: str, where: AccountRegion, error: Exception, *, rows_missing: bool = True) -> bool:
        """Remember that `stream` could not be read in the account, or in one Region of it.

        The coverage has it where rows are missing. Return whether the stream continues with the others. An error that
        is not AWS's has to be raised again.
        """
        failure = self.failures.add(stream, where, error)
        if rows_missing:
            self.coverage.failed(stream, where, failure)
        if self.many:
            self.failures.warn(stream, where, failure)
        return self.many and isinstance(error, AwsError)

    @contextmanager
    def noting(self, stream: str) -> Iterator[None]:
        """Note in the coverage an error that ends `stream` and belongs to no account, and raise it again."""
        try:
            yield
        except Exception as error:
            self.coverage.failed(stream, NO_ACCOUNT, failure_of(error))
            raise


def context_of(config: Mapping[str, Any]) -> SyncContext:
    """Return the sync context in `config`. Raises LookupError where there is none."""
    found = config.get(SYNC_CONTEXT)
    if not isinstance(found, SyncContext):
        raise LookupError(  # noqa: TRY004 - what is missing is the key
            f"The config of a stream has no {SYNC_CONTEXT}. SourceAwsIam.streams() puts it there."
        )
    return found
