"""The keys of a trail's objects: [prefix/]AWSLogs/[organization/]account/CloudTrail/region/YYYY/MM/DD/file.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
"""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import datetime, timedelta, timezone
from typing import Final, NamedTuple

LOGS: Final = "CloudTrail"
INSIGHT: Final = "CloudTrail-Insight"
ROOT: Final = "AWSLogs/"
MINUTE: Final = timedelta(minutes=1)
_ACCOUNT: Final = re.compile("[0-9]{12}")
_ORGANIZATION: Final = re.compile("o-[a-z0-9]{10,32}")
_REGION: Final = re.compile("[a-z]{2,}(-[a-z]+)+-[0-9]+")
_DAY: Final = re.compile("([0-9]{4})/([0-9]{2})/([0-9]{2})/")
_NAME: Final = re.compile("[0-9]{12}_CloudTrail(-Insight)?_[a-z0-9-]+_.*[.]json[.]gz")
_TIME: Final = re.compile("([01][0-9]|2[0-3])([0-5][0-9])Z")
_MINUTES: Final = 24 * 60


class Folder(NamedTuple):
    """The folder of one account and Region. `prefix` ends in a slash."""

    prefix: str
    account_id: str
    region: str

    def start_after(self, time: datetime) -> str:
        """Return the key after which everything from the day of `time` on is listed."""
        return f"{self.prefix}{time:%Y/%m/%d}"

    def day(self, key: str) -> datetime | None:
        """Return the day in whose folder `key` is, None outside of such a folder."""
        found = _DAY.match(key, len(self.prefix))
        try:
            return found and datetime(*map(int, found.groups()), tzinfo=timezone.utc)  # type: ignore[arg-type,misc]
        except ValueError:
            return None

    def time(self, key: str) -> datetime | None:
        """Return the time of a log file by its key, to the minute: that of its newest event. None for other objects.

        A name without a time of its day has the time of the names beside which S3 lists it. So times never go back in
        a listing, and do not depend on which other files there are.
        """
        day = self.day(key)
        if day is None or not _NAME.fullmatch(key, len(self.prefix) + len("YYYY/MM/DD/")):
            return None
        kind = self.prefix.split("/")[-3]
        before = f"{self.prefix}{day:%Y/%m/%d}/{self.account_id}_{kind}_{self.region}_{day:%Y%m%dT}"
        minute = _minute(key[len(before) :]) if key.startswith(before) else None
        if minute is None:
            names = range(_MINUTES)
            minute = max(bisect_right(names, key, key=lambda number: f"{before}{_stamp(number)}") - 1, 0)
        return day + minute * MINUTE


def _minute(name: str) -> int | None:
    """Return the minute of the day with which `name` begins."""
    found = _TIME.match(name)
    return int(found[1]) * 60 + int(found[2]) if found else None


def _stamp(minute: int) -> str:
    return f"{minute // 60:02}{minute % 60:02}Z"


def is_account(name: str) -> bool:
    """Return whether a part of a key is the id of an account."""
    return _ACCOUNT.fullmatch(name) is not None


def is_organization(name: str) -> bool:
    """Return whether a part of a key is the id of an organization."""
    return _ORGANIZATION.fullmatch(name) is not None


def is_region(name: str) -> bool:
    """Return whether a part of a key is the name of a Region."""
    return _REGION.fullmatch(name) is not None


def last_part(prefix: str) -> str:
    """Return the last part of a prefix that ends in a slash."""
    return prefix.rstrip("/").rpartition("/")[2]
