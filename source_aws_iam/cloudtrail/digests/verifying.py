"""Verifies one digest: its signature, and the hashes of the log files that it lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from aws_calls.errors import AbsentError, AwsError
from source_aws_iam.cloudtrail.digests.digest import DIGESTS, Digest, OddDigestError
from source_aws_iam.cloudtrail.digests.signature import is_signature, signed_text
from source_aws_iam.cloudtrail.digests.verdict import Problem
from source_aws_iam.cloudtrail.trail.bucket import ArchivedError
from source_aws_iam.cloudtrail.trail.log_file import DamagedFileError, inflated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_aws_iam.cloudtrail.digests.digest import DigestKey, LogFileEntry
    from source_aws_iam.cloudtrail.digests.public_keys import PublicKeys
    from source_aws_iam.cloudtrail.trail.bucket import Bucket

# A hundred thousand log files an hour. Whoever may write to the bucket could fill the memory otherwise.
LARGEST: Final = 32 << 20


@dataclass
class Verified:
    """A digest with what is wrong with it. `content` is None where it cannot be read, for the reason in `error`.

    `content_hash` is None where not even its bytes could be read. `is_signed` is None where nobody can tell.
    """

    file: DigestKey
    content: Digest | None = None
    content_hash: str | None = None
    is_signed: bool | None = None
    problems: set[Problem] = field(default_factory=set)
    concerned: list[str] = field(default_factory=list)
    error: str | None = None


@dataclass(frozen=True)
class Verifier:
    """Verifies the digests of a bucket. Thread-safe. Its methods raise AwsError."""

    bucket: Bucket
    keys: PublicKeys

    def verified(self, region: str, file: DigestKey) -> Verified:
        """Read a digest and all that it lists, except the digest before it."""
        found = Verified(file)
        try:
            metadata, text = self._read(file.key)
            found.content_hash = sha256(text).hexdigest()
            found.content = Digest.of(text)
        except (DamagedFileError, OddDigestError) as odd:
            found.error = odd.reason
        except ArchivedError:
            found.error = "it is archived; restore it"
        except AbsentError:
            found.error = "it was deleted while the bucket was read"
        if found.content is None or found.content_hash is None:
            found.problems.add(Problem.UNREADABLE)
            return found
        text_to_sign = signed_text(found.content, self.bucket.name, file.key, found.content_hash)
        self._verify_signature(found, region, metadata.get("signature"), text_to_sign, found.content.fingerprint)
        of_account = file.key.partition(f"/{DIGESTS}/")[0]
        problem_of = partial(self._problem_of, f"{of_account}/")
        checks = self.bucket.session.pool.map(problem_of, found.content.files)
        for entry, problem in zip(found.content.files, checks, strict=True):
            if problem:
                found.problems.add(problem)
                found.concerned.append(entry.key)
        return found

    def _read(self, key: str) -> tuple[Mapping[str, str], bytes]:
        metadata, compressed = self.bucket.with_metadata(key)
        text = bytearray()
        for piece in inflated(compressed):
            text += piece
            if len(text) > LARGEST:
                raise OddDigestError(f"it has more than {LARGEST >> 20} MiB")
        return metadata, bytes(text)

    def _verify_signature(
        self, found: Verified, region: str, signature: str | None, text: str, fingerprint: str
    ) -> None:
        if not signature:
            found.is_signed = False
            found.problems.add(Problem.UNSIGNED)
            return
        keys = self.keys.of(region)
        if keys is None:
            found.problems.add(Problem.KEYS_DENIED)
            return
        found.is_signed = fingerprint in keys and is_signature(signature, text, keys[fingerprint])
        if not found.is_signed:
            found.problems.add(Problem.SIGNATURE_INVALID)

    def _problem_of(self, of_account: str, entry: LogFileEntry) -> Problem | None:
        """Return what is wrong with a log file. `of_account` is the folder of the digest's account.

        Whoever may write to the bucket could name any key in a digest, also one that is closed to the connection.
        """
        if entry.bucket != self.bucket.name:
            return Problem.FILE_ELSEWHERE
        found = sha256()
        try:
            for piece in inflated(self.bucket.content(entry.key)):
                found.update(piece)
        except AbsentError:
            return Problem.FILE_MISSING
        except ArchivedError:
            return Problem.FILE_ARCHIVED
        except DamagedFileError:
            return Problem.FILE_CHANGED
        except AwsError as error:
            if error.denied and not entry.key.startswith(of_account):
                return Problem.FILE_ELSEWHERE
            raise
        return None if found.hexdigest() == entry.content_hash.lower() else Problem.FILE_CHANGED
