"""The log files below `--source`: the pattern by which Spark lists them, and what the path of one tells."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from botocore.session import get_session

from source_aws_iam.cloudtrail.trail.keys import LOGS, ROOT, Folder, is_account, is_organization, is_region, last_part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spark_backfill.days import Days

# "s3://bucket" and "file:", before the path.
_AUTHORITY: Final = re.compile("(?:([a-z][a-z0-9+.-]*):)?(?://[^/]*)?", re.IGNORECASE)
_S3: Final = frozenset({"s3", "s3a", "s3n"})


class LogFile(NamedTuple):
    """An object below the folder of an account and Region. `key` is its key in the bucket."""

    folder: Folder
    key: str


class Source:
    """The folder `AWSLogs/` of a trail, or that of an organization in it."""

    def __init__(self, address: str) -> None:
        """Raises ValueError with a sentence for an address of something else."""
        self.address = f"{address.rstrip('/')}/"
        scheme, path = _split(self.address)
        self._path = path
        self._is_of_organization = is_organization(last_part(path))
        root = path.removesuffix(f"{last_part(path)}/") if self._is_of_organization else path
        if not path.startswith("/") or not root.endswith(f"/{ROOT}"):
            raise ValueError(
                f"--source {address} is not the folder of a trail. Give the whole address of {ROOT} in its bucket, as "
                f"in s3://bucket/prefix/{ROOT}, or of an organization in it, s3://bucket/prefix/{ROOT}o-a1b2c3d4e5/."
            )
        # What stands before the key. Without S3 nobody knows where the bucket begins, so keys begin with AWSLogs/.
        self._before = "/" if scheme in _S3 else root.removesuffix(ROOT)

    def pattern(self, accounts: Iterable[str], regions: Iterable[str], days: Days) -> str:
        """Return the folders to read as one pattern of Hadoop. Without accounts or Regions, it has all of them."""
        of_accounts = [f"{account}/{LOGS}" for account in accounts] or [f"*/{LOGS}"]
        if not self._is_of_organization:
            of_accounts += [f"o-*/{account}" for account in of_accounts]
        of_days = "" if days.are_all else f"/{_any(days.folders())}"
        return f"{self.address}{_any(of_accounts)}/{_any(regions) or '*'}{of_days}"

    def log_file(self, path: str) -> LogFile | None:
        """Return what the path of an object says, None where it is in no folder of an account and Region."""
        _, whole = _split(path)
        parts = whole[len(self._path) :].split("/")
        if is_organization(parts[0]):
            parts = parts[1:]
        account_id, kind, region, *inner = [*parts, "", ""]
        if not (is_account(account_id) and kind == LOGS and is_region(region) and inner):
            return None
        key = whole.removeprefix(self._before)
        return LogFile(Folder(f"{key.rpartition(f'/{region}/')[0]}/{region}/", account_id, region), key)


@lru_cache
def partition_of(region: str) -> str:
    """Return the AWS partition of a Region. Raises UnknownRegionError of botocore for a name that fits none."""
    return str(get_session().get_partition_for_region(region))


def _split(address: str) -> tuple[str, str]:
    found = _AUTHORITY.match(address)
    return (found[1] or "").lower() if found else "", address[found.end() if found else 0 :]


def _any(parts: Iterable[str]) -> str:
    """Return the pattern for any of the parts, "" for none."""
    listed = ",".join(parts)
    return listed and f"{{{listed}}}"
