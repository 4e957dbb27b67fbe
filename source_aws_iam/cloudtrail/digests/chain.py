"""The chain of digests: each names the one before it, with its hash."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from source_aws_iam.cloudtrail.digests.digest import digest_key
from source_aws_iam.cloudtrail.digests.verdict import Problem

if TYPE_CHECKING:
    from datetime import datetime

    from source_aws_iam.cloudtrail.digests.digest import Previous
    from source_aws_iam.cloudtrail.digests.verifying import Verified


class _Link(NamedTuple):
    key: str
    content_hash: str | None


class Chains:
    """The chains of one folder, of each trail one. Digests have to come in the order of their keys."""

    def __init__(self, bucket: str, folder: str, since: datetime) -> None:
        """Digests are read that end at `since` or later, in this `folder` of the `bucket`."""
        self._bucket = bucket
        self._folder = folder
        self._since = since
        # Backfill digests are chained apart from the others, or among them.
        self._last: dict[tuple[str, str], dict[bool, _Link]] = {}

    def follow(self, found: Verified) -> None:
        """Note in `found` where the digest before it is missing, or not the one that it names."""
        file = found.file
        last = self._last.setdefault((file.trail, file.home_region), {})
        previous = found.content.previous if found.content else None
        if previous and self._is_here(previous) and not self._is_intact(previous, last):
            found.problems.add(Problem.CHAIN_BROKEN)
            found.concerned.append(previous.key)
        last[file.is_backfill] = _Link(file.key, found.content_hash)

    def _is_here(self, previous: Previous) -> bool:
        """Return whether the digest before has to be among those that are read."""
        if previous.bucket != self._bucket or not previous.key.startswith(self._folder):
            return False
        before = digest_key(previous.key)
        return before is None or before.end >= self._since

    def _is_intact(self, previous: Previous, last: dict[bool, _Link]) -> bool:
        for link in last.values():
            if link.key == previous.key:
                return link.content_hash is None or link.content_hash == previous.content_hash.lower()
        return False
