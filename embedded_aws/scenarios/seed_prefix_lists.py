"""Prefix lists: those of AWS, which no sync lists, one of the account, and one that is shared with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded_aws.scenarios.planted_region import PlantedRegion, tags
from embedded_aws.scenarios.seed_images import FOREIGN

OFFICE, OF_S3 = "office", "s3"
_ETAGES = 7
"""More entries than a small page."""


def plant_prefix_lists(region: PlantedRegion, *, own: bool) -> Mapping[str, str]:
    """Plant that of AWS, and the customers' if there are any (`own`). Returns name -> id."""
    of_aws = f"com.amazonaws.{region.name}.s3"
    ids = {OF_S3: _plant(region, of_aws, "AWS", [{"Cidr": "198.18.0.0/15"}])}
    if own:
        entries = [
            *({"Cidr": f"192.0.2.{16 * number}/28", "Description": f"Etage {number} ✓"} for number in range(_ETAGES)),
            {"Cidr": "198.51.100.0/25"},
        ]
        room = {"MaxEntries": 10, "Version": 3}
        ids[OFFICE] = _plant(region, OFFICE, region.account_id, entries, **room, Tags=tags(OFFICE))
        _plant(region, "Büro", FOREIGN, [], AddressFamily="IPv6", MaxEntries=5, Version=1)
    return ids


def _plant(region: PlantedRegion, name: str, owner: str, entries: list[dict[str, str]], **others: Any) -> str:
    list_id = region.new_id("pl")
    arn_owner = "aws" if owner == "AWS" else owner
    about = {
        "PrefixListId": list_id,
        "PrefixListName": name,
        "PrefixListArn": f"arn:{region.cloud.partition}:ec2:{region.name}:{arn_owner}:prefix-list/{list_id}",
        "AddressFamily": "IPv4",
        "State": "create-complete",
        "OwnerId": owner,
    }
    region.plant("PrefixLists", {**about, **others, "Entries": entries})
    return list_id
