"""The keys of a trail's objects: [prefix/]AWSLogs/[organization/]account/CloudTrail/region/YYYY/MM/DD/file.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Final, NamedTuple

LOGS: Final = "CloudTrail"
INSIGHT: Final = "CloudTrail-Insight"
ROOT: Final = "AWSLogs/"
_ACCOUNT: Final = re.compile("[0-9]{12}")
_ORGANIZATION: Final = re.compile("o-[a-z0-9]{10,32}")
_REGION: Final = re.compile("[a-z]{2,}(-[a-z]+)+-[0-9]+")
_DAY: Final = re.compile("([0-9]{4})/([0-9]{2})/([0-9]{2})/")
# What stands before the time in a file's name is the same for all files of a folder.
_NAME: Final = re.compile("[0-9]{12}_CloudTrail(-Insight)?_[a-z0-9-]+_([0-9]{8}T[0-9]{4}Z)?.*[.]json[.]gz")


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

        A name without a time, or with that of another day, counts as the last minute of the day. So it is the same
        whatever else there is, and no progress within the day covers it.
        """
        day = self.day(key)
        name = _NAME.fullmatch(key, len(self.prefix) + len("YYYY/MM/DD/")) if day else None
        if day is None or name is None:
            return None
        try:
            time = datetime.strptime(name[2] or "", "%Y%m%dT%H%MZ").replace(tzinfo=timezone.utc)
        except ValueError:
            time = None
        return time if time and time.date() == day.date() else day.replace(hour=23, minute=59)


def is_last_minute(time: datetime) -> bool:
    """Return whether a time is the last minute of its day. In the order of keys, others of that day may follow."""
    return (time.hour, time.minute) == (23, 59)


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
