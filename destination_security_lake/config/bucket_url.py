"""The address of the lake: s3://bucket/prefix, or an https address of the bucket at S3.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-bucket-intro.html
https://docs.aws.amazon.com/AmazonS3/latest/API/dual-stack-endpoints.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, unquote_to_bytes, urlsplit

from aws_calls.codes import AWS_DOMAINS

_REGION: Final = r"[a-z]{2,4}(?:-[a-z]+)+-[0-9]+"
_DOMAIN: Final = "|".join(map(re.escape, AWS_DOMAINS))
# The bucket may have dots, and even "s3" between them: the last "s3" is that of the host.
_HOST: Final = re.compile(
    rf"(?:(?P<bucket>.+)\.)?s3(?:-fips)?(?:\.dualstack)?(?:[.-](?P<region>{_REGION}))?\.(?:{_DOMAIN})"
)
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
# Keys have at most 1,024 bytes, and what follows the prefix takes up to 300 of them.
LONGEST_PREFIX: Final = 700
_HTTPS_PORT: Final = 443


class BadUrlError(ValueError):
    """No bucket can be taken from a URL. `str()` says why, as a phrase to follow its name, and does not quote it."""


@dataclass(frozen=True)
class BucketUrl:
    """A bucket, and the prefix of keys in it, which is empty or ends in a slash. `region` is empty where not named."""

    bucket: str
    prefix: str = ""
    region: str = ""

    @classmethod
    def of(cls, url: str) -> BucketUrl:
        """Take the address apart. Raises BadUrlError."""
        parts = _split(url)
        if parts.scheme == "s3":
            return cls(_bucket(parts.netloc), _prefix(parts.path))
        host = _HOST.fullmatch(parts.hostname or "")
        if host is None:
            raise BadUrlError(
                "is no address of a bucket at S3. For a gateway, enter s3://bucket/prefix here, and its address as "
                "endpoint_url"
            )
        path = _decoded(parts.path)
        bucket, rest = host["bucket"], path
        if bucket is None:
            bucket, _, rest = path.removeprefix("/").partition("/")
        return cls(_bucket(bucket), _prefix(rest), host["region"] or "")


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadUrlError("is no web address: its host or port cannot be read") from None
    if parts.scheme not in {"s3", "https"}:
        raise BadUrlError("must begin with s3:// or https://")
    if "@" in parts.netloc:
        raise BadUrlError("must not hold a user name or password: enter them in credentials")
    if "?" in url or "#" in url:
        raise BadUrlError("must end with the bucket or the prefix: leave out what follows ? or #")
    if port not in {None, _HTTPS_PORT}:
        raise BadUrlError("names a port, and S3 has none but 443. For a gateway, enter its address as endpoint_url")
    return parts


def _decoded(path: str) -> str:
    try:
        return unquote_to_bytes(path).decode()
    except UnicodeDecodeError:
        raise BadUrlError("has %-codes in its path that are no UTF-8") from None


def _bucket(name: str) -> str:
    if not _BUCKET.fullmatch(name):
        raise BadUrlError("names no bucket: a name has 3 to 63 of a-z 0-9 . - and no . or - at its ends")
    return name


def _prefix(path: str) -> str:
    prefix = path.strip("/")
    if not prefix:
        return ""
    folders = prefix.split("/")
    if not all(folder.strip(".") for folder in folders):
        raise BadUrlError("has a folder in its prefix that is empty or has only dots, which not every reader finds")
    if not all(char.isprintable() for char in prefix):
        raise BadUrlError("has a character in its prefix that cannot be printed")
    if len(prefix.encode()) > LONGEST_PREFIX:
        raise BadUrlError(f"has a prefix of more than {LONGEST_PREFIX} bytes")
    if "ext" in folders:
        raise BadUrlError(
            "has ext/ in its prefix. Leave it out, and all that follows: the destination adds ext/<source>/"
        )
    return f"{prefix}/"
