"""trail_digests: whether the log files in the bucket of a trail are those that CloudTrail delivered."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.streams.call_plan import ROWS
from source_aws_iam.streams.organization_stream import OrganizationStream
from source_aws_iam.sync.traces import raise_for_accounts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from source_aws_iam.config import Settings, TrailBucket
    from source_aws_iam.streams.call_plan import Needs

logger = logging.getLogger("airbyte.source_aws_iam")

NAME: Final = "trail_digests"
_KEYS: Final = "cloudtrail.list_public_keys"
NEEDS: Final[Needs] = {ROWS: [["s3.list_objects_v2", "s3.get_object"]], "is_signature_valid": [[_KEYS]]}
"""The call plan where the digests of a bucket are verified."""


def verified_trail(settings: Settings) -> TrailBucket | None:
    """Return the bucket whose digests are verified, None where there is none."""
    return settings.trail if settings.trail and settings.trail.verify_digests else None


@dataclass
class TrailDigests(OrganizationStream):
    """One row per digest in the bucket of the trail that is the source of audit events."""

    def __post_init__(self) -> None:
        """Take the call plan of a bucket where one is read."""
        super().__post_init__()
        self._trail = verified_trail(self.context.settings)
        self._unavailable: set[str] = set()
        if self._trail:
            self.needs = {**NEEDS}

    def unavailable(self) -> Collection[str]:
        """Return the calls of the call plan that are known to be unavailable in some Region."""
        return self._unavailable

    def rows(self) -> Iterable[Mapping[str, Any]]:
        """Yield the digests of each account and Region that is read, in the order of their keys."""
        # `discover` makes the stream too, and reads nothing.
        from source_aws_iam.cloudtrail.digests.reading import digests  # noqa: PLC0415

        if self._trail is None:
            logger.info(
                "%s has no rows: it verifies the digests of a trail where audit_source reads its bucket and "
                "verify_digests is on.",
                self.name,
            )
            return
        for row in digests(self.name, self._trail, self.context):
            if row["unavailable_fields"]:
                self._unavailable.add(_KEYS)
            yield row
        raise_for_accounts(self.name, self.context)
