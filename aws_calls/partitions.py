"""The Regions of AWS and their partitions, as botocore knows them."""

from __future__ import annotations

from functools import lru_cache

from aws_calls.core import CoreSession


@lru_cache
def known_regions() -> dict[str, str]:
    """Return {Region: partition} of every Region that this version of botocore knows."""
    core = CoreSession(identity=False)
    return {
        region: partition
        for partition in core.get_available_partitions()
        for region in core.get_available_regions("cloudtrail", partition)
    }
