"""The accounts and Regions of a trail's bucket that a connection reads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from aws_calls.errors import AwsError, Outcome
from source_aws_iam.cloudtrail import NAME
from source_aws_iam.sync.account_region import AccountRegion

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from source_aws_iam.cloudtrail.trail.folders import TrailFolders
    from source_aws_iam.cloudtrail.trail.keys import Folder
    from source_aws_iam.sync.context import SyncContext


@dataclass(frozen=True)
class TrailAccounts:
    """Finds the folders of accounts and Regions. Every method raises AwsError."""

    found: TrailFolders
    context: SyncContext
    choose: Callable[[Collection[str]], Collection[str]]
    """Returns which accounts are read, for the ids of those that the bucket has."""
    stream: str = NAME

    def folders(self, *kinds: str) -> Iterator[tuple[str, AccountRegion, list[Folder]]]:
        """Yield the folders of log files, kind by kind, of each account and Region that this connection reads.

        An account that is read and has none is noted as a gap. So is one of many of which S3 denies the list.
        """
        roots = self.found.roots()
        wanted = self.choose(roots.keys())
        for account_id in sorted(set(wanted) - roots.keys()):
            self._note_missing(account_id)
        accounts = [account_id for account_id in roots if account_id in wanted]

        def find(kind: str, account_id: str) -> tuple[str, Mapping[str, list[Folder]]]:
            try:
                return account_id, self.found.of_account(account_id, roots[account_id], kind)
            except AwsError as error:
                if not self.context.failed(self.stream, AccountRegion(account_id), error):
                    raise
                return account_id, {}

        for kind in kinds:
            for account_id, regions in self.found.bucket.session.pool.map(partial(find, kind), accounts):
                for region, folders in regions.items():
                    where = AccountRegion(account_id, region)
                    if self._is_of_shard(where):
                        yield kind, where, folders

    def _note_missing(self, account_id: str) -> None:
        bucket = self.found.bucket
        sentence = (
            f"The bucket {bucket.name} has no log files of account {account_id}. If it has a trail, or belongs to an "
            "organization that has one, check the trail's bucket and prefix."
        )
        error = AwsError(Outcome.ACT, sentence, code="NoLogFiles", target=bucket.target())
        where = AccountRegion(account_id)
        self.context.coverage.failed(self.stream, where, error)
        self.context.failures.warn(self.stream, where, error)

    def _is_of_shard(self, where: AccountRegion) -> bool:
        trail = self.found.trail
        return trail.shard_count == 1 or shard_of(where, trail.shard_count) == trail.shard_index


def shard_of(where: AccountRegion, count: int) -> int:
    """Return which of `count` shards reads an account and Region: always the same one."""
    digest = sha256(f"{where.account_id}/{where.region}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % count
