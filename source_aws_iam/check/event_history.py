"""In which Regions audit events can be read: LookupEvents is probed once in each, as far as there is time.

One Region does not stand for the others: service control policies often deny all calls in some Regions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from aws_calls.errors import AwsError
from aws_calls.in_time import in_time
from source_aws_iam.check.probes import LOOKUP_EVENTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from source_aws_iam.check.probes import Probes


@dataclass
class ProbedRegions:
    """The result of probing the Regions. `failure` is why audit events can be read in none of them."""

    readable: list[str] = field(default_factory=list)
    errors: dict[str, AwsError] = field(default_factory=dict)
    not_probed: list[str] = field(default_factory=list)
    failure: AwsError | None = None

    def __str__(self) -> str:
        """Return in which Regions audit events cannot be read, and why; "" where they can be in all, or in none."""
        if self.failure or not (self.errors or self.not_probed):
            return ""
        total = len(self.readable) + len(self.errors) + len(self.not_probed)
        parts = [f"Audit events can be read in {len(self.readable)} of {total} Regions."]
        parts += [f"Not in {', '.join(regions)}: {self.errors[regions[0]]}" for regions in self._by_cause()]
        if self.errors:
            parts.append("If these Regions are to stay closed, list the others in regions.")
        if self.not_probed:
            parts.append(f"Not tested in the time that a connection test has: {', '.join(self.not_probed)}.")
        return " ".join(parts)

    def _by_cause(self) -> list[list[str]]:
        causes: dict[object, list[str]] = {}
        for region, error in self.errors.items():
            causes.setdefault((error.code, error.denied_by), []).append(region)
        return [*causes.values()]


def probe_regions(
    probes: Probes, regions: Callable[[], Sequence[str]], left: Callable[[], float], *, workers: int
) -> ProbedRegions:
    """Probe LookupEvents in every Region that a sync would read, in the seconds that are `left`."""
    try:
        listed = in_time(lambda find: find(), [regions], workers=1, seconds=left() / 2)
    except AwsError as error:
        return ProbedRegions(failure=error)
    if not listed:
        return ProbedRegions(failure=probes.unanswered("ec2.describe_regions"))
    every = listed[0][1]
    probed = dict(in_time(partial(probes.probe, LOOKUP_EVENTS), every, workers=workers, seconds=left()))
    found = ProbedRegions(
        readable=[region for region, error in probed.items() if error is None],
        errors={region: error for region, error in probed.items() if error is not None},
        not_probed=[region for region in every if region not in probed],
    )
    if not found.readable:
        found.failure = next(iter(found.errors.values()), None) or probes.unanswered(LOOKUP_EVENTS)
    return found
