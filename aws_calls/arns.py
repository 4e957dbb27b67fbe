"""Amazon Resource Names: arn:partition:service:region:account:resource.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

from typing import Final

_PARTS: Final = 6


def account_of(arn: str) -> str | None:
    """Return the account of an ARN ("aws" in those of AWS's own policies), or None for text that is no ARN."""
    parts = arn.split(":", _PARTS - 1)
    return parts[4] or None if len(parts) == _PARTS else None


def region_of(arn: str) -> str | None:
    """Return the Region of an ARN, or None for one without a Region and for text that is no ARN."""
    parts = arn.split(":", _PARTS - 1)
    return parts[3] or None if len(parts) == _PARTS else None
