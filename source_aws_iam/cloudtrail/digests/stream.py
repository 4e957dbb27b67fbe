"""trail_digests: whether the log files in the bucket of a trail are those that CloudTrail delivered."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.aws.values import utc
from source_aws_iam.cloudtrail.digests.chain import Chains
from source_aws_iam.cloudtrail.digests.digest import DIGESTS, DigestKey, digest_key
from source_aws_iam.cloudtrail.digests.public_keys import LIST, PublicKeys
from source_aws_iam.cloudtrail.digests.verdict import VALID, Problem, in_order
from source_aws_iam.cloudtrail.digests.verifying import Verifier
from source_aws_iam.cloudtrail.record.parsing import moment
from source_aws_iam.cloudtrail.trail.accounts import TrailAccounts
from source_aws_iam.cloudtrail.trail.bucket import open_bucket
from source_aws_iam.cloudtrail.trail.folders import TrailFolders
from source_aws_iam.cloudtrail.trail.odd_objects import Kind, OddObjects
from source_aws_iam.streams.call_plan import ROWS
from source_aws_iam.streams.organization_stream import OrganizationStream

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import datetime

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.cloudtrail.digests.verifying import Verified
    from source_aws_iam.cloudtrail.trail.bucket import Bucket
    from source_aws_iam.cloudtrail.trail.keys import Folder
    from source_aws_iam.config import Settings, TrailBucket
    from source_aws_iam.streams.call_plan import Needs

logger = logging.getLogger("airbyte.source_aws_iam")

NAME: Final = "trail_digests"
NEEDS: Final[Needs] = {
    ROWS: [["s3.list_objects_v2", "s3.get_object"]],
    "is_signature_valid": [[f"cloudtrail.{LIST}"]],
}
"""The call plan where the digests of a bucket are verified."""
# Without a start date: every log file of these days is read once more.
WINDOW: Final = timedelta(days=7)


def verified_trail(settings: Settings) -> TrailBucket | None:
    """Return the bucket whose digests are verified, None where there is none."""
    return settings.trail if settings.trail and settings.trail.verify_digests else None


@dataclass
class TrailDigests(OrganizationStream):
    """One row per digest in the bucket of the trail that is the source of audit events."""

    def __post_init__(self) -> None:
        """Take the call plan of a bucket where one is read."""
        super().__post_init__()
        self._denied: set[str] = set()
        if verified_trail(self.context.settings):
            self.needs = {**NEEDS}

    def unavailable(self) -> Collection[str]:
        """Return the calls of the call plan that are known to be unavailable in some Region."""
        return self._denied

    def rows(self) -> Iterable[Mapping[str, Any]]:
        """Yield the digests of each account and Region that is read, in the order of their keys."""
        settings = self.context.settings
        trail = verified_trail(settings)
        if trail is None:
            logger.info(
                "%s has no rows: it verifies the digests of a trail where audit_source reads its bucket and "
                "verify_digests is on.",
                self.name,
            )
            return
        now = self.context.clock()
        first = settings.start_date or now - WINDOW
        since = first.replace(hour=0, minute=0, second=0, microsecond=0)
        bucket = open_bucket(trail, self.context.hub, settings.session_name)
        found = TrailFolders(bucket, trail, settings.regions)
        accounts = TrailAccounts(found, self.context, self.context.accounts_of_trail, self.name)
        odd = OddObjects(self.name, bucket.name)
        verifier = Verifier(bucket, PublicKeys(self.name, self.context.hub, since, now))
        for _, folders in accounts.folders(DIGESTS):
            for folder in folders:
                for verified in _verified(folder, bucket, verifier, since, odd):
                    yield self._row(folder, bucket, verified)
        odd.report()

    def _row(self, folder: Folder, bucket: Bucket, found: Verified) -> Row:
        if Problem.KEYS_DENIED in found.problems:
            self._denied.update(call for calls in NEEDS["is_signature_valid"] for call in calls)
        file, content = found.file, found.content
        problems = in_order(found.problems)
        return {
            "account_id": folder.account_id,
            "partition": bucket.session.partition,
            "region": folder.region,
            "bucket": bucket.name,
            "digest_file": file.key,
            "trail_name": file.trail,
            "trail_home_region": file.home_region,
            "is_backfill": file.is_backfill,
            "digest_start_time": _time(content.start) if content else None,
            "digest_end_time": utc(file.end),
            "log_file_count": len(content.files) if content else None,
            "newest_event_time": _time(content.newest_event) if content else None,
            "oldest_event_time": _time(content.oldest_event) if content else None,
            "verdict": problems[0] if problems else VALID,
            "problems": problems,
            "files_concerned": found.concerned,
            "is_signature_valid": found.is_signed,
            "public_key_fingerprint": content.fingerprint if content else None,
            "previous_digest_file": content.previous.key if content and content.previous else None,
            "error": found.error,
            "unavailable_fields": ["is_signature_valid"] if Problem.KEYS_DENIED in found.problems else [],
        }


def _verified(
    folder: Folder, bucket: Bucket, verifier: Verifier, since: datetime, odd: OddObjects
) -> Iterator[Verified]:
    """Yield the digests of one folder. Several are read at a time, and what is kept of each is small."""
    chains = Chains(bucket.name, folder.prefix, since)
    read = partial(verifier.verified, folder.region)
    for found in bucket.session.pool.map(read, _listed(folder, bucket, since, odd)):
        chains.follow(found)
        yield found


def _listed(folder: Folder, bucket: Bucket, since: datetime, odd: OddObjects) -> Iterator[DigestKey]:
    for _, page in bucket.objects(folder.prefix, folder.start_after(since)):
        for stored in page:
            file = digest_key(stored.key)
            if file:
                yield file
            # Consoles make an empty object for each folder.
            elif stored.size or not stored.key.endswith("/"):
                odd.count(Kind.FOREIGN, stored.key)


def _time(text: str | None) -> str | None:
    found = moment(text)
    return utc(found) if found else None
