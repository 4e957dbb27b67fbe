"""The accounts and Regions in a trail's bucket, of those that are read."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from source_aws_iam.aws.errors import AwsError, Outcome
from source_aws_iam.cloudtrail import NAME
from source_aws_iam.cloudtrail.trail.keys import ROOT, Folder, is_account, is_organization, is_region, last_part
from source_aws_iam.sync.account_region import AccountRegion

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from source_aws_iam.cloudtrail.trail.bucket import Bucket
    from source_aws_iam.config import TrailBucket
    from source_aws_iam.sync.context import SyncContext

logger = logging.getLogger("airbyte.source_aws_iam")

# How many other things in the bucket a message names.
_NAMED = 5


@dataclass(frozen=True)
class TrailAccounts:
    """Finds the folders of accounts and Regions. Every method raises AwsError."""

    bucket: Bucket
    trail: TrailBucket
    context: SyncContext
    choose: Callable[[Collection[str]], Collection[str]]
    """Returns which accounts are read, for the ids of those that the bucket has."""

    def folders(self, kind: str) -> Iterator[tuple[AccountRegion, list[Folder]]]:
        """Yield the folders of log files of this kind, of each account and Region that this connection reads.

        An account that is read and has none is noted as a gap.
        """
        roots = self._roots()
        wanted = self.choose(roots.keys())
        for account_id in sorted(set(wanted) - roots.keys()):
            self._note_missing(account_id)
        accounts = [account_id for account_id in roots if account_id in wanted]

        def find(account_id: str) -> tuple[str, Mapping[str, list[Folder]]]:
            return account_id, self._regions(account_id, roots[account_id], kind)

        for account_id, regions in self.bucket.session.pool.map(find, accounts):
            for region, folders in regions.items():
                where = AccountRegion(account_id, region)
                if self._is_of_shard(where):
                    yield where, folders

    def _regions(self, account_id: str, roots: Sequence[str], kind: str) -> Mapping[str, list[Folder]]:
        found = defaultdict(list)
        for root in roots:
            for prefix in self.bucket.folders(f"{root}{account_id}/{kind}/"):
                region, chosen = last_part(prefix), self.context.settings.regions
                if is_region(region) and (not chosen or region in chosen):
                    found[region].append(Folder(prefix, account_id, region))
        return found

    def _roots(self) -> Mapping[str, Sequence[str]]:
        """Return {account id: the prefixes in which it has a folder}."""
        base = f"{self.trail.prefix}{ROOT}"
        parts = [*self.bucket.folders(base)]
        organizations = [part for part in parts if is_organization(last_part(part))]
        if self.trail.organization_id:
            roots = [part for part in organizations if last_part(part) == self.trail.organization_id]
        else:
            roots = [base, *organizations]
        found = defaultdict(list)
        for root in roots:
            for part in parts if root == base else self.bucket.folders(root):
                if is_account(last_part(part)):
                    found[last_part(part)].append(root)
        if not found:
            raise self._nothing_found(base, organizations)
        if len(organizations) > 1 and not self.trail.organization_id:
            logger.info(
                "%s: bucket %s has log files of %d organizations (%s), and all of them are read. Enter one as "
                "organization_id in audit_source to read that one.",
                NAME,
                self.bucket.name,
                len(organizations),
                ", ".join(map(last_part, organizations)),
            )
        return found

    def _nothing_found(self, base: str, organizations: Sequence[str]) -> AwsError:
        above = self.trail.prefix.rstrip("/").rpartition("/")[0]
        there = [*map(last_part, organizations or self.bucket.folders(f"{above}/" if above else ""))]
        named = ", ".join(there[:_NAMED]) + (" and others" if len(there) > _NAMED else "") if there else "nothing"
        looked = (
            f"{base}{self.trail.organization_id or '[organization/]'}{'/' * bool(self.trail.organization_id)}account/"
        )
        sentence = (
            f"The bucket {self.bucket.name} has no log files of a trail under {looked}. There is: {named}. Correct "
            "bucket, prefix and organization_id in audit_source: the prefix is what stands before AWSLogs/ in the "
            "trail's settings."
        )
        return AwsError(Outcome.ACT, sentence, code="NoLogFiles", target=self.bucket.target())

    def _note_missing(self, account_id: str) -> None:
        sentence = (
            f"The bucket {self.bucket.name} has no log files of account {account_id}. If it has a trail, or belongs to "
            "an organization that has one, check the trail's bucket and prefix."
        )
        error = AwsError(Outcome.ACT, sentence, code="NoLogFiles", target=self.bucket.target())
        where = AccountRegion(account_id)
        self.context.coverage.failed(NAME, where, error)
        self.context.failures.warn(NAME, where, error)

    def _is_of_shard(self, where: AccountRegion) -> bool:
        count = self.trail.shard_count
        return count == 1 or shard_of(where, count) == self.trail.shard_index


def shard_of(where: AccountRegion, count: int) -> int:
    """Return which of `count` shards reads an account and Region: always the same one."""
    digest = sha256(f"{where.account_id}/{where.region}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % count
