"""Amazon Resource Names: arn:partition:service:region:account:resource.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

from typing import Final

_PARTS: Final = 6


def account_of(arn: str) -> str | None:
    """Return what an ARN has in the place of the account, or None for what is no ARN: "aws" for AWS's own policies."""
    parts = arn.split(":", _PARTS - 1)
    return parts[4] or None if len(parts) == _PARTS else None
