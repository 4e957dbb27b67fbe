"""In which Regions audit events can be read: LookupEvents is tried once in each of them, as far as there is time.

A service control policy often closes Regions that nobody is to use, and leaves LookupEvents open in all others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from source_aws_iam.aws.errors import AwsError
from source_aws_iam.aws.in_time import in_time
from source_aws_iam.aws.regions import audit_regions
from source_aws_iam.trying import LOOKUP, try_call, unanswered

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from source_aws_iam.aws.session import Session


@dataclass
class Lookups:
    """What became of the Regions. `failure` is why audit events can be read in none of them."""

    readable: list[str] = field(default_factory=list)
    errors: dict[str, AwsError] = field(default_factory=dict)
    not_tried: list[str] = field(default_factory=list)
    failure: AwsError | None = None

    def __str__(self) -> str:
        """Return in which Regions audit events cannot be read, and why; "" where they can in all or in none."""
        if self.failure or not (self.errors or self.not_tried):
            return ""
        total = len(self.readable) + len(self.errors) + len(self.not_tried)
        parts = [f"Audit events can be read in {len(self.readable)} of {total} Regions."]
        parts += [f"Not in {', '.join(regions)}: {self.errors[regions[0]]}" for regions in self._by_cause()]
        if self.errors:
            parts.append("If these Regions are to stay closed, list the others in regions.")
        if self.not_tried:
            parts.append(f"Not tried in the time that a connection test has: {', '.join(self.not_tried)}.")
        return " ".join(parts)

    def _by_cause(self) -> list[list[str]]:
        causes: dict[object, list[str]] = {}
        for region, error in self.errors.items():
            causes.setdefault((error.code, error.denier), []).append(region)
        return [*causes.values()]


def try_lookups(session: Session, left: Callable[[], float]) -> Lookups:
    """Try LookupEvents in every Region that a sync would read, in the seconds that are `left`."""
    try:
        listed = in_time(_regions, [session], workers=1, seconds=left() / 2)
    except AwsError as error:
        return Lookups(failure=error)
    if not listed:
        return Lookups(failure=unanswered(session, "ec2.describe_regions"))
    regions = listed[0][1]
    try_region = partial(try_call, session, LOOKUP)
    tried = dict(in_time(try_region, regions, workers=session.settings.workers, seconds=left()))
    found = Lookups(
        readable=[region for region, error in tried.items() if error is None],
        errors={region: error for region, error in tried.items() if error is not None},
        not_tried=[region for region in regions if region not in tried],
    )
    if not found.readable:
        found.failure = next(iter(found.errors.values()), None) or unanswered(session, LOOKUP)
    return found


def _regions(session: Session) -> Sequence[str]:
    return audit_regions(session, session.settings.regions)
