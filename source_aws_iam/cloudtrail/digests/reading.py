"""Reads the digests in a bucket: each is verified, followed in its chain, and becomes a row."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from aws_calls.timestamps import utc
from source_aws_iam.cloudtrail.digests.chain import Chains
from source_aws_iam.cloudtrail.digests.digest import DIGESTS, DigestKey, digest_key
from source_aws_iam.cloudtrail.digests.public_keys import PublicKeys
from source_aws_iam.cloudtrail.digests.verdict import VALID, Problem, in_order
from source_aws_iam.cloudtrail.digests.verifying import Verifier
from source_aws_iam.cloudtrail.record.parsing import moment
from source_aws_iam.cloudtrail.trail.accounts import TrailAccounts
from source_aws_iam.cloudtrail.trail.bucket import open_bucket
from source_aws_iam.cloudtrail.trail.folders import TrailFolders
from source_aws_iam.cloudtrail.trail.keys import LOGS
from source_aws_iam.cloudtrail.trail.odd_objects import Kind, OddObjects

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.cloudtrail.digests.verifying import Verified
    from source_aws_iam.cloudtrail.trail.bucket import Bucket
    from source_aws_iam.cloudtrail.trail.keys import Folder
    from source_aws_iam.config import TrailBucket
    from source_aws_iam.sync.account_region import AccountRegion
    from source_aws_iam.sync.context import SyncContext

logger = logging.getLogger("airbyte.source_aws_iam")

# Without a start date: every log file of these days is read once more.
WINDOW: Final = timedelta(days=7)


def digests(stream: str, trail: TrailBucket, context: SyncContext) -> Iterator[Row]:
    """Yield a row for each digest of the accounts and Regions that are read. Raises AwsError."""
    settings, now = context.settings, context.clock()
    first = settings.start_date or now - WINDOW
    since = first.replace(hour=0, minute=0, second=0, microsecond=0)
    bucket = open_bucket(trail, context.hub, settings.session_name)
    verifier = Verifier(bucket, PublicKeys(stream, context.hub, since, now))
    odd = OddObjects(stream, bucket.name)
    found = TrailFolders(bucket, trail, settings.regions)
    accounts = TrailAccounts(found, context, context.accounts_of_trail, stream)
    unverified = set()
    try:
        for kind, where, folders in accounts.folders(LOGS, DIGESTS):
            if kind == LOGS:
                unverified.add(where)
                continue
            for folder in folders:
                for verified in _verified(folder, bucket, verifier, since, odd):
                    unverified.discard(where)
                    yield _row(folder, bucket, verified)
    finally:
        odd.report()
    if unverified:
        _warn(stream, bucket, sorted(unverified))


def _warn(stream: str, bucket: Bucket, unverified: Sequence[AccountRegion]) -> None:
    """Warn of log files that no digest covers: without a row, nothing else would tell."""
    logger.warning(
        "%s: bucket %s has log files of %s%s, and no digests of the days that are read. Log file validation of the "
        "trail is off, the trail has stopped, or the digests were deleted.",
        stream,
        bucket.name,
        unverified[0],
        f" and of {len(unverified) - 1:,} other accounts and Regions" if len(unverified) > 1 else "",
    )


def _verified(
    folder: Folder, bucket: Bucket, verifier: Verifier, since: datetime, odd: OddObjects
) -> Iterator[Verified]:
    """Yield the digests of one folder. Several are read at a time, a few ahead of the one that is yielded."""
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


def _row(folder: Folder, bucket: Bucket, found: Verified) -> Row:
    file, content, problems = found.file, found.content, in_order(found.problems)
    return {
        "account_id": folder.account_id,
        "partition": bucket.session.partition,
        "region": folder.region,
        "digest_file": file.key,
        "bucket": bucket.name,
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


def _time(text: str | None) -> str | None:
    found = moment(text)
    return utc(found) if found else None
