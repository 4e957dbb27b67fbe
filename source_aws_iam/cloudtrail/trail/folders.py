"""The folders of accounts and Regions in a trail's bucket."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aws_calls.errors import AwsError, Outcome
from source_aws_iam.cloudtrail import NAME
from source_aws_iam.cloudtrail.trail.keys import ROOT, Folder, is_account, is_organization, is_region, last_part

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from source_aws_iam.cloudtrail.trail.bucket import Bucket
    from source_aws_iam.config import TrailBucket

logger = logging.getLogger("airbyte.source_aws_iam")

# How many other things in the bucket a message names.
_NAMED: Final = 5


@dataclass(frozen=True)
class TrailFolders:
    """Finds folders by their names. `regions` are those that are read, all where it is empty. Raises AwsError."""

    bucket: Bucket
    trail: TrailBucket
    regions: Collection[str] = ()

    def roots(self) -> Mapping[str, Sequence[str]]:
        """Return {account id: the prefixes in which it has a folder}."""
        base = f"{self.trail.prefix}{ROOT}"
        parts = [*self.bucket.folders(base)]
        organizations = [part for part in parts if is_organization(last_part(part))]
        if self.trail.organization_id:
            roots = [part for part in organizations if last_part(part) == self.trail.organization_id]
        else:
            roots = [base, *organizations]
        found = defaultdict(list)
        for root in roots:
            for part in parts if root == base else self.bucket.folders(root):
                if is_account(last_part(part)):
                    found[last_part(part)].append(root)
        if not found:
            raise self._nothing_found(base, organizations)
        if len(organizations) > 1 and not self.trail.organization_id:
            logger.info(
                "%s: bucket %s has log files of %d organizations (%s), and all of them are read. Enter one as "
                "organization_id in audit_source to read that one.",
                NAME,
                self.bucket.name,
                len(organizations),
                ", ".join(map(last_part, organizations)),
            )
        return found

    def of_account(self, account_id: str, roots: Sequence[str], kind: str) -> Mapping[str, list[Folder]]:
        """Return {Region: the folders of log files of this kind} of an account."""
        found = defaultdict(list)
        for root in roots:
            for prefix in self.bucket.folders(f"{root}{account_id}/{kind}/"):
                region = last_part(prefix)
                if is_region(region) and (not self.regions or region in self.regions):
                    found[region].append(Folder(prefix, account_id, region))
        return found

    def _nothing_found(self, base: str, organizations: Sequence[str]) -> AwsError:
        there = [*map(last_part, organizations)] or self._beside()
        named = ", ".join(there[:_NAMED]) + (" and others" if len(there) > _NAMED else "") if there else "nothing"
        looked = (
            f"{base}{self.trail.organization_id or '[organization/]'}{'/' * bool(self.trail.organization_id)}account/"
        )
        sentence = (
            f"The bucket {self.bucket.name} has no log files of a trail under {looked}. There is: {named}. Correct "
            "bucket, prefix and organization_id in audit_source: the prefix is what stands before AWSLogs/ in the "
            "trail's settings."
        )
        return AwsError(Outcome.ACT, sentence, code="NoLogFiles", target=self.bucket.target())

    def _beside(self) -> Sequence[str]:
        """Return the names beside those of the prefix, for a message."""
        above = self.trail.prefix.rstrip("/").rpartition("/")[0]
        try:
            return [*map(last_part, self.bucket.folders(f"{above}/" if above else ""))]
        except AwsError as error:
            if not error.denied:
                raise
            return ["nothing else that may be listed"]
