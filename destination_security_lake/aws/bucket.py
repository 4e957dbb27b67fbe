"""The bucket of the lake. Objects are put into it; nothing is deleted, listed or tagged.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_calls.buckets import bucket_region
from aws_calls.errors import AbsentError, AwsError
from aws_calls.partitions import known_regions
from destination_security_lake.aws.failures import may_not_write, no_bucket, wrong_region
from destination_security_lake.aws.session import LakeClients, Session

if TYPE_CHECKING:
    from pathlib import Path

    from destination_security_lake.config.settings import Settings

_PUT: Final = "put_object"
# S3 refuses an object whose content does not have the checksum of its request, after it has looked at permissions.
_WRONG_CHECKSUM: Final = "BadDigest"
_BODY: Final = b"check"
_CHECKSUM_OF_ANOTHER: Final = "AAAAAA=="


class Bucket:
    """Writes into one bucket. Thread-safe."""

    def __init__(self, session: Session, settings: Settings, region: str) -> None:
        """`session` may write the bucket of the `settings`, which is in `region`."""
        self.name = settings.bucket
        self.region = region
        """The Region of the bucket."""
        self.lake_region = settings.lake_region or region
        """The value of the partition `region=` in keys."""
        self._prefix = settings.prefix
        self._role_arn = settings.options.role.arn if settings.options.role else ""
        self._s3 = session.caller("s3", region)

    @classmethod
    def of(cls, settings: Settings) -> Bucket:
        """Sign in and find the bucket. Raises AwsError where nobody can sign in, or the bucket is elsewhere."""
        session = Session(LakeClients(settings.options))
        session.sign_in()
        return cls.found(session, settings)

    @classmethod
    def found(cls, session: Session, settings: Settings) -> Bucket:
        """Find the bucket for a session that has signed in. Raises as `of` does."""
        asked = session.caller("s3", session.region)
        found = bucket_region(asked, settings.bucket)
        target = asked.target("head_bucket")
        if found and settings.region and found != settings.region:
            raise wrong_region(settings.bucket, found, settings.region, target)
        # S3 says the Region of every bucket that there is. A gateway has none to say.
        if not found and not settings.region and not settings.options.endpoint_url:
            raise no_bucket(settings.bucket, target)
        return cls(session, settings, found or session.region)

    def arn(self, key: str) -> str:
        """Return the ARN of an object."""
        return f"arn:{known_regions().get(self.region, 'aws')}:s3:::{self.name}/{self._prefix}{key}"

    def put(self, key: str, file: Path) -> None:
        """Put the content of `file` under `key`, which follows the prefix of the URL: "ext/<source>/region=…".

        An object that is there already is replaced, and either the whole file is there afterwards or nothing has
        changed. Raises AwsError after botocore's retries, and OSError where the file cannot be read.
        """
        with file.open("rb") as body:
            try:
                self._call(key, Body=body)
            except AwsError as error:
                if not error.denied:
                    raise
                raise may_not_write({self.arn(key): error}, self._role_arn) from None

    def denied(self, key: str) -> AwsError | None:
        """Return why `key` may not be put, None where it may. Nothing is put. Raises AwsError for other failures.

        S3 is sent a checksum that is not that of the content, and so refuses what the caller may put, too.
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
        """
        try:
            self._call(key, absent=(_WRONG_CHECKSUM,), Body=_BODY, ChecksumCRC32=_CHECKSUM_OF_ANOTHER)
        except AwsError as error:
            if not error.denied:
                raise
            return error
        return None

    def _call(self, key: str, absent: tuple[str, ...] = (), **request: Any) -> None:
        try:
            self._s3.call(_PUT, absent, Bucket=self.name, Key=f"{self._prefix}{key}", **request)
        except AbsentError as error:
            if error.code not in absent:
                raise no_bucket(self.name, self._s3.target(_PUT)) from None
