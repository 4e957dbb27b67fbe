"""ec2_prefix_lists: those of the customers, each with its entries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from embedded_aws import Fault
from embedded_aws.server.calls import Answer, Call
from unit_tests.ec2.ec2_region import Ec2Region, ec2_region

STREAM = "ec2_prefix_lists"
LIST = "ec2:DescribeManagedPrefixLists"
ENTRIES = "ec2:GetManagedPrefixListEntries"
OWN, OTHER = "123456789012", "222222222222"
# What embedded AWS answers for a list that it does not know.
GONE = b"InvalidPrefixListID.NotFound"


@pytest.fixture
def region() -> Iterator[Ec2Region]:
    with ec2_region(page_cap=2) as served:
        yield served


def prefix_list(number: int, *cidrs: str, owner: str = OWN) -> dict[str, Any]:
    entries = [{"Cidr": cidr, "Description": f"of {number}"} for cidr in cidrs]
    return {"PrefixListId": f"pl-{number}", "OwnerId": owner, "Entries": entries}


def cidrs(row: dict[str, Any]) -> list[str]:
    return [entry["cidr"] for entry in row["entries"]]


def test_every_entry_of_every_list_is_read_over_all_pages(region: Ec2Region) -> None:
    ranges = {number: [f"10.{number}.{each}.0/24" for each in range(number)] for number in range(5)}
    region.plant("PrefixLists", *(prefix_list(number, *found) for number, found in ranges.items()))
    rows = region.rows(STREAM)
    assert {row["prefix_list_id"]: cidrs(row) for row in rows} == {f"pl-{n}": found for n, found in ranges.items()}
    assert rows[1]["entries"] == [{"cidr": "10.1.0.0/24", "description": "of 1"}]
    assert {tuple(row["unavailable_fields"]) for row in rows} == {()}


def test_lists_of_aws_are_left_out_and_their_entries_not_asked_for(region: Ec2Region) -> None:
    lists = [prefix_list(1, owner="AWS"), prefix_list(2), prefix_list(3, owner=OTHER), prefix_list(4, owner="AWS")]
    region.plant("PrefixLists", *lists)
    assert [(row["prefix_list_id"], row["owner_id"]) for row in region.rows(STREAM)] == [("pl-2", OWN), ("pl-3", OTHER)]
    assert region.asked(ENTRIES) == 2


def test_entries_that_are_denied_are_null_and_named_in_every_row_and_asked_for_once(region: Ec2Region) -> None:
    region.plant("PrefixLists", *(prefix_list(number, "10.0.0.0/8") for number in range(3)))
    region.aws.fail(Fault(ENTRIES, "access_denied", times=None))
    rows = region.rows(STREAM)
    assert [row["prefix_list_id"] for row in rows] == ["pl-0", "pl-1", "pl-2"]
    assert [(row["entries"], row["unavailable_fields"]) for row in rows] == [(None, ["entries"])] * 3
    assert region.asked(ENTRIES) == 1


def test_entries_that_fail_in_another_way_fail_the_region(region: Ec2Region) -> None:
    region.plant("PrefixLists", prefix_list(1, "10.0.0.0/8"))
    region.aws.fail(Fault(ENTRIES, "unavailable", times=None))
    with pytest.raises(AirbyteTracedException, match=ENTRIES):
        region.rows(STREAM)


@pytest.mark.parametrize("code", ["InvalidPrefixListID.NotFound", "InvalidPrefixListId.NotFound"])
def test_a_list_that_was_deleted_since_it_was_listed_is_left_out(code: str, region: Ec2Region) -> None:
    region.plant("PrefixLists", prefix_list(1, "10.0.0.0/8"), prefix_list(2, "10.0.0.0/8"))
    region.aws.after(LIST, 1, lambda: region.plant("PrefixLists", prefix_list(2, "10.0.0.0/8")))

    def spelt(_: Call, answer: Answer) -> Answer:
        return replace(answer, body=answer.body.replace(GONE, code.encode()))

    region.aws.rewrite(ENTRIES, spelt)
    assert [row["prefix_list_id"] for row in region.rows(STREAM)] == ["pl-2"]
    assert region.asked(ENTRIES) == 2


def test_a_list_without_an_id_is_a_row_with_a_key_whose_entries_are_unknown(region: Ec2Region) -> None:
    region.plant("PrefixLists", prefix_list(1, "10.0.0.0/8"), {"PrefixListName": "odd"})
    known, odd = region.rows(STREAM)
    assert odd["prefix_list_id"].startswith("without-id-")
    assert (odd["entries"], odd["unavailable_fields"]) == (None, ["entries"])
    assert (cidrs(known), known["unavailable_fields"]) == (["10.0.0.0/8"], [])
    assert region.asked(ENTRIES) == 1
