"""A digest: its key, and what is in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DIGESTS: Final = "CloudTrail-Digest"
_KEY: Final = re.compile(
    f".*/([0-9]{{12}})_{DIGESTS}_([a-z0-9-]+)_(?P<trail>.+)_(?P<home>[a-z]{{2,}}(-[a-z]+)+-[0-9]+)"
    "_(?P<end>[0-9]{8}T[0-9]{6}Z)(?P<backfill>_backfill)?[.]json[.]gz"
)
_ALGORITHM: Final = "SHA-256"
_TEXTS: Final = ("digestStartTime", "digestEndTime", "digestPublicKeyFingerprint")
_NAMES_OF_FILE: Final = ("s3Bucket", "s3Object", "hashValue")


class DigestKey(NamedTuple):
    """The key of a digest, and what it says. CloudTrail delivers a backfill digest for an hour that it missed."""

    key: str
    trail: str
    home_region: str
    end: datetime
    is_backfill: bool


def digest_key(key: str) -> DigestKey | None:
    """Return what a key says of its digest, None for the key of another object."""
    found = _KEY.fullmatch(key)
    if not found:
        return None
    try:
        end = datetime.strptime(found["end"], "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    except ValueError:
        return None
    return DigestKey(key, found["trail"], found["home"], end, found["backfill"] is not None)


class LogFileEntry(NamedTuple):
    """A log file as a digest lists it, with the hash of its content before compression."""

    bucket: str
    key: str
    content_hash: str


class Previous(NamedTuple):
    """The digest before, as a digest names it."""

    bucket: str
    key: str
    content_hash: str
    signature: str


class OddDigestError(Exception):
    """A digest that is not as AWS documents digests. `reason` says how."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Digest:
    """The content of a digest. `previous` is None where a chain begins: validation or logging was switched on."""

    start: str
    end: str
    fingerprint: str
    newest_event: str | None
    oldest_event: str | None
    previous: Previous | None
    files: Sequence[LogFileEntry]

    @classmethod
    def of(cls, content: bytes) -> Digest:
        """Take a digest from its JSON text. Raises OddDigestError."""
        try:
            found = orjson.loads(content)
        except ValueError:
            raise OddDigestError("it is not JSON") from None
        if not isinstance(found, dict):
            raise OddDigestError("it is no JSON object")
        start, end, fingerprint = _texts(found, _TEXTS)
        listed = found.get("logFiles")
        if not isinstance(listed, list):
            raise _odd("logFiles")
        return cls(
            start=start,
            end=end,
            fingerprint=fingerprint,
            newest_event=_text_or_none(found, "newestEventTime"),
            oldest_event=_text_or_none(found, "oldestEventTime"),
            previous=_previous(found),
            files=[_entry(one) for one in listed],
        )


def _previous(found: Mapping[str, Any]) -> Previous | None:
    names = [f"previousDigest{name}" for name in ("S3Bucket", "S3Object", "HashValue", "Signature")]
    if all(found.get(name) is None for name in names):
        return None
    _check_algorithm(found, "previousDigestHashAlgorithm")
    return Previous(*_texts(found, names))


def _entry(listed: Any) -> LogFileEntry:
    if not isinstance(listed, dict):
        raise _odd("logFiles")
    _check_algorithm(listed, "hashAlgorithm")
    return LogFileEntry(*_texts(listed, _NAMES_OF_FILE))


def _check_algorithm(found: Mapping[str, Any], name: str) -> None:
    if found.get(name) != _ALGORITHM:
        raise _odd(name)


def _texts(found: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    for name in names:
        if not isinstance(found.get(name), str):
            raise _odd(name)
    return [found[name] for name in names]


def _text_or_none(found: Mapping[str, Any], name: str) -> str | None:
    return None if found.get(name) is None else _texts(found, [name])[0]


def _odd(name: str) -> OddDigestError:
    return OddDigestError(f"its {name} is not as AWS documents it")
