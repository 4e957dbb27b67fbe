"""What `check` does: it signs in, finds the bucket, and asks whether each source may be written. It writes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from destination_security_lake.config.settings import Settings


def check(settings: Settings) -> list[str]:
    """Return sentences for the log: who writes, where, and what. Raises AwsError, with all that is missing."""
    raise NotImplementedError
