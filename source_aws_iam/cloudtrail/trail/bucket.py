"""The bucket of a trail: its folders, its objects with the times at which S3 stored them, and their content.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
"""

from __future__ import annotations

from datetime import timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from aws_calls.buckets import NO_BUCKET, bucket_region
from aws_calls.errors import AbsentError, AwsError, Outcome
from aws_calls.options import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from typing import Any

    from aws_calls.errors import Target
    from source_aws_iam.aws.session import Session
    from source_aws_iam.config import TrailBucket

_LIST: Final = "list_objects_v2"
_GET: Final = "get_object"
# Bytes of a download at a time.
_PIECE: Final = 1 << 16
_SESSION_SECONDS: Final = 3600
# Objects of these classes cannot be read before somebody restores them, which leaves their class and their time as
# they are. The archive tiers of INTELLIGENT_TIERING are not listed: only reading an object tells.
_ARCHIVED: Final = frozenset({"GLACIER", "DEEP_ARCHIVE"})
_RESTORE_STATUS: Final = "RestoreStatus"


class StoredObject(NamedTuple):
    """An object as S3 lists it. `stored` is S3's own time, `size` is in bytes.

    One of an archive class is restored while S3 keeps a copy of it that can be read, and archived otherwise.
    """

    key: str
    stored: datetime
    size: int
    is_archived: bool = False
    is_restored: bool = False


class ArchivedError(Exception):
    """The object has to be restored before it can be read."""


class Bucket:
    """Reads one bucket. Thread-safe. Every method raises AwsError."""

    def __init__(self, session: Session, region: str, name: str) -> None:
        """`session` may read the bucket `name`, which is in `region`."""
        self.name = name
        self.session = session
        self._s3 = session.caller("s3", region)

    def target(self, operation: str = _LIST) -> Target:
        """Return the target of a call, for messages."""
        return self._s3.target(operation)

    def folders(self, prefix: str) -> Iterator[str]:
        """Yield the prefixes below `prefix`, each with the slash at its end."""
        for page in self._pages(Prefix=prefix, Delimiter="/"):
            for found in page.get("CommonPrefixes", ()):
                yield found["Prefix"]

    def objects(self, prefix: str, start_after: str) -> Iterator[tuple[datetime, list[StoredObject]]]:
        """Yield S3's present time and the objects whose keys begin with `prefix`, page by page in the order of keys."""
        for page in self._pages(Prefix=prefix, StartAfter=start_after, OptionalObjectAttributes=[_RESTORE_STATUS]):
            now = self._time_of(page)
            yield now, [_stored(listed, now) for listed in page.get("Contents", ())]

    def content(self, key: str) -> Iterator[bytes]:
        """Yield the content of an object, in pieces. Raises AbsentError where it is deleted, and ArchivedError."""
        yield from self.with_metadata(key)[1]

    def with_metadata(self, key: str) -> tuple[Mapping[str, str], Iterator[bytes]]:
        """Return the metadata that an object's writer gave it, and its content in pieces. Raises as `content` does."""
        try:
            answer, pieces = self._s3.body(_GET, "Body", _PIECE, Bucket=self.name, Key=key)
        except AbsentError as absent:
            if str(absent) == "InvalidObjectState":
                raise ArchivedError(key) from None
            if str(absent) == NO_BUCKET:
                raise no_bucket(self.name, self.target(_GET)) from None
            raise
        except AwsError as error:
            if error.denied and self._is_gone(key):
                raise AbsentError("NoSuchKey") from None
            raise
        return answer.get("Metadata", {}), pieces

    def _is_gone(self, key: str) -> bool:
        """Return whether the list lacks an object. False where that is denied too.

        S3 calls a missing object denied where the caller may list some prefixes of the bucket only.
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
        """
        try:
            page = next(self._pages(Prefix=key))
        except AwsError:
            return False
        return all(listed["Key"] != key for listed in page.get("Contents", ()))

    def _time_of(self, page: Mapping[str, Any]) -> datetime:
        """Return S3's time of an answer. Another clock may be ahead of S3's, and files would be missed for good."""
        try:
            # Without a zone it is in UTC: https://www.rfc-editor.org/rfc/rfc9110#name-date-time-formats
            time = parsedate_to_datetime(page["ResponseMetadata"]["HTTPHeaders"].get("date", ""))
        except ValueError:
            target = self.target()
            sentence = (
                f"{target} was answered without the header Date, which says up to when the list of bucket {self.name} "
                "is complete. A gateway or a proxy has removed it, or endpoint_url names a server that does not send "
                "it. Let the header pass, or read the bucket at S3's own endpoint."
            )
            raise AwsError(Outcome.ACT, sentence, code="NoDate", target=target) from None
        return time.replace(tzinfo=time.tzinfo or timezone.utc)

    def _pages(self, **request: Any) -> Iterator[Mapping[str, Any]]:
        try:
            yield from self._s3.pages(_LIST, Bucket=self.name, **request)
        except AbsentError:
            raise no_bucket(self.name, self.target()) from None


def open_bucket(trail: TrailBucket, hub: Session, session_name: str) -> Bucket:
    """Return the bucket of a trail, in its Region. Raises AwsError."""
    session = hub
    if trail.role_arn:
        session = hub.assuming(Role(trail.role_arn, trail.external_id, session_name, _SESSION_SECONDS))
        session.sign_in()
    region = trail.region or bucket_region(session.caller("s3"), trail.bucket) or session.region
    return Bucket(session, region, trail.bucket)


def no_bucket(name: str, target: Target) -> AwsError:
    """Return the error for a bucket that does not exist."""
    sentence = f"S3 has no bucket {name}: {target} found none. Correct bucket in audit_source."
    return AwsError(Outcome.ACT, sentence, code=NO_BUCKET, target=target)


def _stored(listed: Mapping[str, Any], now: datetime) -> StoredObject:
    is_of_archive = listed.get("StorageClass") in _ARCHIVED
    is_restored = is_of_archive and _has_copy(listed.get(_RESTORE_STATUS, {}), now)
    is_archived = is_of_archive and not is_restored
    return StoredObject(listed["Key"], listed["LastModified"], listed.get("Size", 0), is_archived, is_restored)


def _has_copy(status: Mapping[str, Any], now: datetime) -> bool:
    """Return whether a restore has ended, and its copy is kept at `now`."""
    until = status.get("RestoreExpiryDate")
    return not status.get("IsRestoreInProgress") and until is not None and until > now
