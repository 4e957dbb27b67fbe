"""Whether the log files of a trail can be read: one of one account is looked for, decrypted and parsed."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from aws_calls.errors import AbsentError, AwsError, Outcome
from aws_calls.in_time import in_time
from source_aws_iam.cloudtrail import NAME
from source_aws_iam.cloudtrail.trail.bucket import ArchivedError, open_bucket
from source_aws_iam.cloudtrail.trail.folders import TrailFolders
from source_aws_iam.cloudtrail.trail.keys import LOGS
from source_aws_iam.cloudtrail.trail.log_file import DamagedFileError, records
from source_aws_iam.organizations.found_accounts import accounts_of_trail
from source_aws_iam.streams.call_plan import ROWS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from source_aws_iam.aws.session import Session
    from source_aws_iam.cloudtrail.trail.bucket import Bucket, StoredObject
    from source_aws_iam.cloudtrail.trail.keys import Folder
    from source_aws_iam.config import Settings, TrailBucket
    from source_aws_iam.streams.call_plan import Needs

logger = logging.getLogger("airbyte.source_aws_iam")

_LIST: Final = "s3.list_objects_v2"
_GET: Final = "s3.get_object"
NEEDS: Final[Needs] = {ROWS: [[_LIST, _GET]]}
"""The call plan of audit_events."""


class Failed(NamedTuple):
    """A call of the plan that failed."""

    call: str
    error: AwsError


def probe_trail(settings: Settings, trail: TrailBucket, hub: Session, left: Callable[[], float]) -> Failed | None:
    """Return the call that failed, in the seconds that are `left`, and None where a log file was read."""
    probed = in_time(partial(_probe, settings, trail), [hub], workers=1, seconds=left())
    if probed:
        return probed[0][1]
    target = hub.caller("s3").target("list_objects_v2")
    sentence = f"{target} gave no answer in the time that a connection test has. A sync waits longer."
    return Failed(_LIST, AwsError(Outcome.LATER, sentence, code="NoAnswer", target=target))


def _probe(settings: Settings, trail: TrailBucket, hub: Session) -> Failed | None:
    try:
        bucket = open_bucket(trail, hub, settings.session_name)
        found = TrailFolders(bucket, trail, settings.regions)
        roots = found.roots()
        chosen = accounts_of_trail(settings, hub, roots.keys())
        wanted = [account_id for account_id in roots if account_id in chosen]
        newest = None
        for account_id in wanted:
            folders = [one for few in found.of_account(account_id, roots[account_id], LOGS).values() for one in few]
            newest = next(filter(None, (_newest(bucket, folder, trail.lookback) for folder in folders)), None)
            if newest:
                break
    except AwsError as error:
        return Failed(_LIST, error)
    logger.info("%s: bucket %s has log files of %d accounts that are read.", NAME, bucket.name, len(wanted))
    if newest is None:
        logger.warning("%s: bucket %s has no log file that can be tried.", NAME, bucket.name)
        return None
    return _read(bucket, newest)


def _newest(bucket: Bucket, folder: Folder, days: timedelta) -> StoredObject | None:
    """Return a log file of the last days, or else one of the first that there are, from a page of each."""
    now, oldest = next(bucket.objects(folder.prefix, folder.prefix))
    _, recent = next(bucket.objects(folder.prefix, folder.start_after(now - days)))
    for page in (recent, oldest):
        files = [one for one in page if folder.time(one.key) and one.size and not one.is_archived]
        if files:
            return files[-1]
    return None


def _read(bucket: Bucket, stored: StoredObject) -> Failed | None:
    try:
        next(records(bucket.content(stored.key)), None)
    except AwsError as error:
        return Failed(_GET, error)
    except (AbsentError, ArchivedError):
        return None
    except DamagedFileError as damage:
        sentence = f"The log file {stored.key} of bucket {bucket.name} cannot be read: {damage.reason}."
        damaged = AwsError(Outcome.ACT, sentence, code="DamagedLogFile", target=bucket.target("get_object"))
        return Failed(_GET, damaged)
    logger.info("%s: the log file %s of bucket %s was read.", NAME, stored.key, bucket.name)
    return None
