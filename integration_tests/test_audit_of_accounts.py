"""audit_events of many accounts: each event once, one state, and one request for a Region without new events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAws, Fault
from embedded_aws.scenarios.member_accounts import Account
from embedded_aws.server.organization import Organization
from embedded_aws.truth import truth_of
from embedded_aws.truth.comparison import first_differences
from embedded_aws.truth.values import Row
from integration_tests.connector import Json, Output, read
from integration_tests.test_accounts import EXTERNAL_ID, IDS, organization, roles
from integration_tests.test_incremental import at, hours_ago
from integration_tests.test_read import tables

EVENTS = ("audit_events",)
LOOKUPS, REGIONS_OF, ASSUME = "cloudtrail:LookupEvents", "ec2:DescribeRegions", "sts:AssumeRole"
BROKEN, LEAVES, JOINS = IDS[13], IDS[4], "399999999999"
OF_TWO_REGIONS = {*IDS[10:20], JOINS}
# The organization lists its accounts on two pages.
LISTING = 2

Place = tuple[str, str]


def opened(aws: EmbeddedAws) -> list[Place]:
    """Thirty accounts and one that joins later: ten have two Regions, the others three. Where their events may be."""
    aws.open_accounts(
        Account(
            one,
            users=1,
            groups=0,
            external_id=EXTERNAL_ID,
            events=7,
            regions=aws.regions[:2] if one in OF_TWO_REGIONS else (),
        )
        for one in [*IDS, JOINS]
    )
    aws.organize(Organization(accounts=IDS))
    return [(one, region) for one in [*IDS, JOINS] for region in aws.regions_of(one)]


def truth(aws: EmbeddedAws, account_ids: list[str], since: str) -> list[Row]:
    rows = [row for one in account_ids for row in truth_of(aws.within(one), EVENTS)["audit_events"]]
    return [row for row in rows if at(row["event_time"]) >= since]


def spans(output: Output) -> dict[Place, Json]:
    """{(account id, Region): {"since", "through"}} of the last state. Fails if a place is in it twice."""
    [state] = output.state
    complete = state["stream"]["stream_state"]["complete"]["all"]
    found = [
        ((account_id, region), dict(zip(("since", "through"), interval.split("/"), strict=True)))
        for interval, accounts in complete.items()
        for account_id, regions in accounts.items()
        for region in regions
    ]
    assert len(found) == len(dict(found))
    return dict(found)


def asked(aws: EmbeddedAws, action: str) -> Counter[Place]:
    return Counter({key[:2]: count for key, count in aws.requests.items() if key[2] == action})


def test_events_of_thirty_accounts_come_once_and_later_ones_at_a_request_for_each_place(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    places = opened(empty_aws)
    empty_aws.deny_by_scp(BROKEN, LOOKUPS)
    # Within what was planted: older events are left out.
    start = at(hours_ago(5 * 24))
    config = organization(empty_aws, start_date=start, lookback_minutes=0)
    first = read(config, tmp_path, streams=EVENTS)

    assert (first.exit_code, first.statuses) == (0, {"audit_events": "INCOMPLETE"})
    [error] = first.errors
    assert f"1 of 30 accounts could not be read: {BROKEN}." in error["message"]
    whole = [one for one in IDS if one != BROKEN]
    assert 100 < len(first.records("audit_events")) < 7 * 29
    assert first_differences({"audit_events": truth(empty_aws, whole, start)}, tables(first, EVENTS)) == []
    known = spans(first)
    expected = {place for place in places if place[0] in whole}
    settled = {span["through"] for place, span in known.items() if place in expected}
    assert {place for place, span in known.items() if span["through"] > span["since"]} == expected
    assert (len(settled), {span["since"] for span in known.values()}) == (1, {start})
    assert {place: count for place, count in asked(empty_aws, LOOKUPS).items() if place[0] != BROKEN} == dict.fromkeys(
        expected, 1
    )

    found = empty_aws.organization
    assert found
    found.remove(LEAVES)
    found.add(JOINS)
    empty_aws.mend(BROKEN)
    empty_aws.reset_requests()
    second = read(config, tmp_path, streams=EVENTS, state=first.state)

    assert (second.exit_code, second.errors) == (0, [])
    young = [row for row in truth(empty_aws, whole, settled.pop()) if row["account_id"] != LEAVES]
    late = truth(empty_aws, [BROKEN, JOINS], start)
    assert late
    assert first_differences({"audit_events": [*young, *late]}, tables(second, EVENTS)) == []
    read_on = {place for place in places if place[0] != LEAVES}
    assert asked(empty_aws, LOOKUPS) == dict.fromkeys(read_on, 1), "one request for each account and Region"
    assert asked(empty_aws, REGIONS_OF) == {(one, "us-east-1"): 1 for one, _ in read_on}
    assert asked(empty_aws, ASSUME) == {(empty_aws.account_id, "us-east-1"): 1 + 30}, "the hub, and each account once"
    assert empty_aws.requests_total() == len(read_on) + 30 + 31 + LISTING, "and nothing else"
    later = spans(second)
    assert later.keys() == {*places}
    assert {later[place]["since"] for place in places} == {start}
    for place in places:
        assert (later[place] == known.get(place)) == (place[0] == LEAVES), "who left keeps the state, others go on"


def of_regions(aws: EmbeddedAws, account_ids: Sequence[str], regions: Sequence[str]) -> list[Row]:
    return [row for row in truth(aws, list(account_ids), "") if row["region"] in regions]


@pytest.mark.parametrize("strict", [True, False])
def test_a_region_that_is_closed_in_every_account_costs_its_own_events_only(
    *, strict: bool, empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    three, (home, closed, _) = IDS[:3], empty_aws.regions
    accounts = empty_aws.open_accounts([Account(one, users=1, groups=0, events=30) for one in three])
    empty_aws.fail(Fault(LOOKUPS, "access_denied", times=None, region=closed))
    config = roles(empty_aws, accounts, regions=[home, closed], lookback_minutes=0, fail_on_account_error=strict)
    first = read(config, tmp_path, streams=EVENTS)

    assert (first.exit_code, first.statuses) == (int(strict), {"audit_events": "INCOMPLETE"})
    assert first_differences({"audit_events": of_regions(empty_aws, three, [home])}, tables(first, EVENTS)) == []
    places = [f"Region {closed} of account {one}" for one in three]
    [error] = first.errors
    assert f"audit_events: 3 Regions could not be read: {', '.join(places)}. {places[0]}: " in error["message"]
    assert error["failure_type"] == "config_error"
    assert sorted(warning.partition(" is left out of audit_events. ")[0] for warning in first.warnings) == places
    moved = {place for place, span in spans(first).items() if span["through"] > span["since"]}
    assert moved == {(one, home) for one in three}

    empty_aws.heal()
    second = read(config, tmp_path, streams=EVENTS, state=first.state)
    assert (second.exit_code, second.errors) == (0, [])
    assert first_differences({"audit_events": of_regions(empty_aws, three, [closed])}, tables(second, EVENTS)) == []


def test_an_account_counts_as_unread_when_all_its_regions_failed(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    three, (home, closed, _) = IDS[:3], empty_aws.regions
    accounts = empty_aws.open_accounts([Account(one, users=1, groups=0, events=10) for one in three])
    empty_aws.deny_by_scp(three[1], LOOKUPS)
    empty_aws.fail(Fault(LOOKUPS, "access_denied", times=None, region=closed))
    config = roles(empty_aws, accounts, regions=[home, closed])
    some = read(config, tmp_path, streams=EVENTS)
    assert some.exit_code == 0
    [error] = some.errors
    assert (
        "audit_events: 1 of 3 accounts and 2 Regions of others could not be read: "
        f"{three[1]}, Region {closed} of account {three[0]}, Region {closed} of account {three[2]}. "
    ) in error["message"]

    empty_aws.fail(Fault(LOOKUPS, "access_denied", times=None, region=home))
    nothing = read(config, tmp_path, streams=EVENTS)
    assert (nothing.exit_code, nothing.records("audit_events")) == (1, [])
    assert f"3 of 3 accounts could not be read: {', '.join(three)}. " in nothing.errors[0]["message"]
