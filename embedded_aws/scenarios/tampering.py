"""What somebody does to the bucket of a trail afterwards, to hide what happened. The ground truth does not change."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace

from embedded_aws.scenarios.digest_writer import Digest, put_digest
from embedded_aws.scenarios.trail_writer import TrailWriter, log_text
from embedded_aws.server.event_shape import Record
from embedded_aws.server.trail import LogFile, Trail


def change_log_file(trail: Trail, file: LogFile) -> None:
    """Take the first record out of a log file."""
    _replace(trail, file.key, log_text(file.records[1:]))


def delete_log_file(trail: Trail, file: LogFile) -> None:
    trail.bucket.delete(file.key)


def add_log_file(writer: TrailWriter, file: LogFile, records: list[Record]) -> str:
    """Put another file beside a log file, of the same minute, which no digest lists. Return its key."""
    key = f"{file.key.rpartition('_')[0]}_{'Forged' * 3:.16}.json.gz"
    writer.put(key, log_text(records), file.delivered_at)
    return key


def change_digest(trail: Trail, digest: Digest) -> None:
    """Take the log files out of a digest, and leave its signature."""
    content = {**json.loads(digest.text), "logFiles": []}
    put_digest(trail, replace(digest, text=json.dumps(content).encode()))


def break_chain(trail: Trail, digest: Digest) -> None:
    """Let a digest name another one before it. Its signature, which nobody else can make, stays."""
    content = {**json.loads(digest.text), "previousDigestHashValue": "0" * 64}
    put_digest(trail, replace(digest, text=json.dumps(content).encode()))


def forge_signature(trail: Trail, digest: Digest) -> None:
    put_digest(trail, replace(digest, signature="00" * 256))


def remove_digest(trail: Trail, digest: Digest) -> None:
    trail.bucket.delete(digest.key)


def _replace(trail: Trail, key: str, text: bytes) -> None:
    """Leave all but the content as it was, LastModified too: only a digest can tell."""
    found = trail.bucket.planned(key)
    trail.bucket.put(
        key,
        gzip.compress(text, mtime=0),
        last_modified=found.last_modified,
        metadata=found.metadata,
        content_type=found.content_type,
        content_encoding=found.content_encoding,
    )
