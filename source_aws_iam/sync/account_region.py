"""An account and a Region: the key of a quota, of a failure, of the rows of a regional stream."""

from __future__ import annotations

from typing import Final, NamedTuple

# Stands for the whole account, which global services such as IAM belong to.
WHOLE: Final = ""


class AccountRegion(NamedTuple):
    """An account and a Region of it, or the whole account where `region` is WHOLE."""

    account_id: str
    region: str = WHOLE

    def __str__(self) -> str:
        """Return the name for messages."""
        return f"Region {self.region} of account {self.account_id}" if self.region else self.account_id
