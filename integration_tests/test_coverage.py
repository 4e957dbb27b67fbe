"""sync_coverage: one row for each stream, account and Region, whether or not it was read, after all other streams."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Fault, Latency
from embedded_aws.server.organization import Organization
from embedded_aws.truth import Row, truth_of
from embedded_aws.truth.comparison import first_differences
from embedded_aws.truth.coverage import OF_ORGANIZATION, REGIONAL, covered
from integration_tests.conftest import FAST
from integration_tests.connector import EVERY_STREAM, FEW_ATTEMPTS, Output, catalog, lines, read, start
from integration_tests.test_accounts import IDS, LOOKUPS, members, organization, roles
from integration_tests.test_incremental import at
from integration_tests.test_read import tables

COVERAGE = "sync_coverage"
SOME = ("users", "groups", "group_members", "accounts", "audit_events", COVERAGE)
UNREAD: Any = {"status": "failed", "rows_read": 0, "rows_comparable": None, "rows_counted_by_aws": None}
Key = tuple[str, str, str]


def rows(output: Output) -> dict[Key, Row]:
    """{(account id, Region, stream): its row}. Holds every output to what is true of all."""
    printed = [message["record"] for message in output.messages if message["type"] == "RECORD"]
    found = tables(output, [COVERAGE])[COVERAGE]
    assert {record["stream"] for record in printed[len(printed) - len(found) :]} <= {COVERAGE}, "they come last"
    counts: Counter[Key] = Counter()
    for record in printed:
        stream, data = record["stream"], record["data"]
        if stream in OF_ORGANIZATION:
            counts["", "global", stream] += 1
        elif stream != COVERAGE:
            counts[data["account_id"], data["region"] if stream in REGIONAL else "global", stream] += 1
    for row in found:
        account_id = "" if row["stream"] in OF_ORGANIZATION else row["account_id"]
        assert row["rows_read"] == counts.pop((account_id, row["region"], row["stream"]), 0), row
        assert (row["error"] is None) == (row["status"] in ("complete", "not_enabled")), row
    assert not counts, "nothing was read that has no row"
    return {(row["account_id"], row["region"], row["stream"]): row for row in found}


def truth(aws: EmbeddedAws, account_ids: Iterable[str], streams: Sequence[str] = SOME) -> dict[Key, Row]:
    """The same of a sync that may do everything: what is true of each account, and of the home account of the rest."""
    every = [row for one in account_ids for row in truth_of(aws.within(one), streams)[COVERAGE]]
    of_accounts = [row for row in every if row["stream"] not in OF_ORGANIZATION]
    return {(row["account_id"], row["region"], row["stream"]): row for row in of_accounts}


def of_hub(aws: EmbeddedAws, stream: str, count: int, **others: Any) -> dict[Key, Row]:
    row = {"account_id": aws.account_id, "partition": aws.partition, **covered(stream, count, **others)}
    return {(aws.account_id, "global", stream): row}


def changed(expected: Mapping[Key, Row], account_id: str, stream: str, region: str = "global", **columns: Any) -> Any:
    key = account_id, region, stream
    return {**expected, key: {**expected[key], **columns}}


def assert_covers(output: Output, expected: Mapping[Key, Row]) -> None:
    assert first_differences({COVERAGE: [*expected.values()]}, {COVERAGE: [*rows(output).values()]}) == []


def failed(expected: Mapping[Key, Row], account_id: str, error: str, streams: Iterable[str]) -> dict[Key, Row]:
    """The same with one account that failed as a whole, whose Regions nobody knows."""
    [partition] = {row["partition"] for row in expected.values()}
    left = {key: row for key, row in expected.items() if key[0] != account_id}
    for stream in streams:
        row = covered(stream, 0, status="failed", error=error)
        left[account_id, "global", stream] = {"account_id": account_id, "partition": partition, **row}
    return left


def test_all_is_complete_in_one_account_but_for_regions_that_are_not_enabled(aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.accounts.not_enabled[aws.account_id] = ["me-south-1", "af-south-1"]
    output = read(aws.config(**FAST), tmp_path, streams=EVERY_STREAM)
    assert (output.exit_code, output.errors) == (0, [])
    assert first_differences(truth_of(aws, EVERY_STREAM), tables(output, EVERY_STREAM)) == []
    found = rows(output)
    assert {row["stream"] for row in found.values()} == {*EVERY_STREAM} - {COVERAGE}
    events = {region: row["status"] for (_, region, stream), row in found.items() if stream == "audit_events"}
    assert events == {
        **dict.fromkeys(aws.regions, "complete"),
        **dict.fromkeys(["me-south-1", "af-south-1"], "not_enabled"),
    }


def test_regions_that_the_config_chooses_are_all_that_there_are(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    empty_aws.accounts.not_enabled[empty_aws.account_id] = ["me-south-1"]
    config = empty_aws.config(regions=empty_aws.regions[:1], **FAST)
    output = read(config, tmp_path, streams=["audit_events", COVERAGE])
    assert {key: row["status"] for key, row in rows(output).items()} == {
        (empty_aws.account_id, empty_aws.regions[0], "audit_events"): "complete"
    }


# There are neither units nor an instance of Identity Center here.
NOT_EMPTY = {"accounts", "organization", "organization_policies", "organization_policy_targets"}
EMPTY = [stream for stream in OF_ORGANIZATION if stream not in NOT_EMPTY]


@pytest.mark.parametrize("scope", ["list", "organization"])
def test_all_is_complete_in_many_accounts(scope: str, empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    opened = empty_aws.open_accounts(members(IDS[:3], events=20))
    empty_aws.accounts.not_enabled[IDS[1]] = ["me-south-1"]
    if scope == "organization":
        empty_aws.organize(Organization(accounts=IDS[:3]))
    # With one worker, what has to be started all at once takes the fewest threads.
    config = organization(empty_aws) if scope == "organization" else roles(empty_aws, opened, num_workers=1)
    streams = [*EVERY_STREAM]
    output = read(config, tmp_path, streams=streams)
    assert (output.exit_code, output.errors) == (0, [])
    accounts, one = (4, 1) if scope == "organization" else (3, 0)
    expected = {
        **truth(empty_aws, IDS[:3], streams),
        **of_hub(empty_aws, "accounts", accounts),
        **of_hub(empty_aws, "organization", one),
        **{key: row for stream in EMPTY for key, row in of_hub(empty_aws, stream, 0).items()},
        # That of AWS, attached to the root and to each account.
        **of_hub(empty_aws, "organization_policies", one),
        **of_hub(empty_aws, "organization_policy_targets", 5 * one),
    }
    assert_covers(output, expected)


def test_a_stream_that_is_denied_and_columns_that_are_say_what_is_missing(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    iam = empty_aws.iam()
    iam.create_group("team", "/")
    details = "iam:GetAccountAuthorizationDetails"
    for action in (details, "iam:ListGroupPolicies", "iam:ListRoles", "iam:ListAccountAliases"):
        empty_aws.fail(Fault(action, "access_denied", times=None))
    streams = ["groups", "roles", "role_trusts", "users", "accounts", COVERAGE]
    output = read(empty_aws.config(**FAST), tmp_path, streams=streams)
    found = {stream: row for (_, _, stream), row in rows(output).items()}
    assert {stream: (row["status"], row["missing_action"]) for stream, row in found.items()} == {
        "groups": ("partial", details),
        "roles": ("denied", "iam:ListRoles"),
        "role_trusts": ("denied", details),
        "users": ("complete", None),
        "accounts": ("partial", "iam:ListAccountAliases"),
    }
    assert found["groups"]["error"] == "Some rows lack these columns: inline_policies."
    assert found["role_trusts"]["error"].startswith(f"The permission for {details} in account ")
    assert found["accounts"]["error"] == "Some rows lack these columns: alias."


def test_descriptions_of_policies_are_missing_where_they_are_wanted(aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.fail(Fault("iam:GetPolicy", "access_denied", times=None))
    output = read(aws.config(include_policy_tags=True, **FAST), tmp_path, streams=["policies", COVERAGE])
    [row] = rows(output).values()
    assert (row["status"], row["missing_action"]) == ("partial", "iam:GetPolicy")
    assert row["error"] == "Some rows lack these columns: description, tags."


def test_rows_that_are_denied_after_others_were_read_leave_the_stream_partial(aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.fail(Fault("iam:ListVirtualMFADevices", "access_denied", times=None))
    output = read(aws.config(**FAST), tmp_path, streams=["mfa_devices", COVERAGE])
    assert output.statuses["mfa_devices"] == "INCOMPLETE"
    [row] = rows(output).values()
    assert (row["status"], row["missing_action"]) == ("partial", "iam:ListVirtualMFADevices")
    assert row["rows_read"]
    assert row["error"].startswith("The permission for iam:ListVirtualMFADevices in account ")


@pytest.mark.parametrize("many", [True, False])
def test_a_region_that_is_closed_is_denied_alone(*, many: bool, empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    opened = empty_aws.open_accounts(members(IDS[:2], events=30)) if many else []
    home, closed, broken = empty_aws.regions
    empty_aws.fail(Fault(LOOKUPS, "access_denied", times=None, region=closed))
    empty_aws.fail(Fault(LOOKUPS, "missing_members", times=None, region=broken))
    config = roles(empty_aws, opened) if many else empty_aws.config(**FAST)
    output = read(config, tmp_path, streams=["audit_events", COVERAGE])
    found = rows(output)
    for one in IDS[:2] if many else [empty_aws.account_id]:
        of_home, of_closed, of_broken = (found[one, region, "audit_events"] for region in (home, closed, broken))
        assert (of_home["status"], of_home["missing_action"]) == ("complete", None)
        assert of_home["complete_since"] < of_home["complete_through"]
        assert (of_closed["status"], of_closed["missing_action"]) == ("denied", LOOKUPS)
        assert of_closed["error"].startswith(f"The permission for {LOOKUPS} in account {one}, Region {closed} ")
        assert (of_broken["status"], of_broken["missing_action"]) == ("failed", None)
        assert of_closed["complete_since"] is of_closed["complete_through"] is of_broken["complete_since"] is None


def test_what_earlier_syncs_completed_counts_in_a_region_that_is_closed_now(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    opened = empty_aws.open_accounts(members(IDS[:1], events=30))
    config, streams = roles(empty_aws, opened, event_selection={"mode": "identity"}), ["audit_events", COVERAGE]
    first = read(config, tmp_path, streams=streams)
    empty_aws.deny_by_scp(IDS[0], LOOKUPS)
    second = read(config, tmp_path, streams=streams, state=first.state)
    [state] = [one for one in first.state if one["stream"]["stream_descriptor"]["name"] == "audit_events"]
    spans = {span for every in state["stream"]["stream_state"]["complete"].values() for span in every}
    for key, row in rows(second).items():
        before = rows(first)[key]
        assert row["status"] == "denied"
        assert (row["complete_since"], row["complete_through"]) == (
            before["complete_since"],
            before["complete_through"],
        )
        assert {f"{at(row['complete_since'])}/{at(row['complete_through'])}"} == spans


def test_an_account_that_cannot_be_signed_in_to_has_a_row_for_each_stream(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    opened = empty_aws.open_accounts(members(IDS[:3], events=12))
    empty_aws.remove_role(IDS[1])
    output = read(roles(empty_aws, opened), tmp_path, streams=SOME)
    assert output.exit_code == 0
    [error] = {row["error"] for (account_id, _, _), row in rows(output).items() if account_id == IDS[1]}
    assert "sts:AssumeRole" in error
    expected = truth(empty_aws, [IDS[0], IDS[2]])
    expected = failed(expected, IDS[1], error, set(SOME) - {"accounts", COVERAGE})
    alias = {"status": "partial", "error": "Some rows lack these columns: alias."}
    assert_covers(output, {**expected, **of_hub(empty_aws, "accounts", 3, **alias)})


def test_streams_of_accounts_that_cannot_be_found_have_a_row_each(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    empty_aws.organize(Organization(accounts=IDS[:3]))
    empty_aws.fail(Fault("organizations:ListAccounts", "throttle", times=None))
    output = read(organization(empty_aws), tmp_path, streams=[*SOME, "organization"], constants=FEW_ATTEMPTS)
    assert output.exit_code == 1
    assert output.statuses[COVERAGE] == "COMPLETE"
    found = rows(output)
    unknown = {key: row for key, row in found.items() if key[0] == "unknown"}
    assert unknown.keys() == {
        ("unknown", "global", stream) for stream in ("users", "groups", "group_members", "audit_events")
    }
    home = empty_aws.account_id
    assert found.keys() - unknown.keys() == {(home, "global", "accounts"), (home, "global", "organization")}
    assert found[home, "global", "organization"]["status"] == "complete"
    for row in [*unknown.values(), found[home, "global", "accounts"]]:
        assert row["status"] == "failed"
        assert row["error"].startswith("AWS kept throttling organizations:ListAccounts in account ")


def test_where_nobody_knows_whose_the_credentials_are_every_stream_has_a_row(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    empty_aws.fail(Fault("sts:GetCallerIdentity", "missing_members", times=None))
    output = read(empty_aws.key_config(region="eu-west-1", **FAST), tmp_path, streams=EVERY_STREAM)
    assert output.exit_code == 1
    found = rows(output)
    assert found.keys() == {("unknown", "global", stream) for stream in EVERY_STREAM if stream != COVERAGE}
    # There is no bucket of a trail here, so nothing is asked for it.
    assert found.pop(("unknown", "global", "trail_digests"))["status"] == "complete"
    assert {(row["status"], row["partition"]) for row in found.values()} == {("failed", "aws")}
    assert all("sts:GetCallerIdentity" in row["error"] for row in found.values())


def test_a_stream_that_aws_throttles_for_good_is_failed_and_no_other(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    opened = empty_aws.open_accounts(members(IDS[:2], events=5))
    empty_aws.fail(Fault("iam:ListUsers", "throttle", times=None, account_id=IDS[0]))
    output = read(roles(empty_aws, opened), tmp_path, streams=SOME, constants=FEW_ATTEMPTS)
    error = rows(output)[IDS[0], "global", "users"]["error"]
    assert error.startswith("AWS kept throttling iam:ListUsers in account ")
    expected = changed(truth(empty_aws, IDS[:2]), IDS[0], "users", error=error, **UNREAD)
    assert_covers(output, {**expected, **of_hub(empty_aws, "accounts", 2)})


def test_a_stream_that_cannot_begin_has_a_row_for_each_account(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    opened = empty_aws.open_accounts(members(IDS[:2]))
    foreign = {"stream_descriptor": {"name": "audit_events"}, "stream_state": {"version": 0}}
    state = [{"type": "STREAM", "stream": foreign}]
    output = read(roles(empty_aws, opened), tmp_path, streams=["audit_events", COVERAGE], state=state)
    assert output.exit_code == 1
    assert {key: row["status"] for key, row in rows(output).items()} == {
        (one, "global", "audit_events"): "failed" for one in IDS[:2]
    }
    assert all("was not written by this connector" in row["error"] for row in rows(output).values())


def test_a_count_that_differs_from_awss_own_is_told_and_is_no_gap(aws: EmbeddedAws, tmp_path: Path) -> None:
    iam = aws.client("iam")
    aws.after("iam:GetAccountSummary", 1, lambda: iam.create_group(GroupName="born-later"))
    output = read(aws.config(**FAST), tmp_path, streams=["groups", COVERAGE])
    [row] = rows(output).values()
    assert row["status"] == "complete"
    assert row["rows_read"] == row["rows_comparable"] == row["rows_counted_by_aws"] + 1


def test_a_fault_of_ours_fails_one_stream_of_one_account(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    opened = empty_aws.open_accounts(members(IDS[:2]))
    # The second is what whoever reads the summary of an account then calls.
    fault = {"source_aws_iam.iam.account_summary.snake_case": 5}
    files: Any = {"config": roles(empty_aws, opened), "catalog": catalog(["account_summary", "groups", COVERAGE])}
    process = start("read", folder=tmp_path, constants=fault, state=[], **files)
    stdout, stderr = process.communicate(timeout=120)
    found = rows(Output(process.returncode, stdout, stderr))
    assert {key: row["status"] for key, row in found.items()} == {
        **{(one, "global", "account_summary"): "failed" for one in IDS[:2]},
        **{(one, "global", "groups"): "complete" for one in IDS[:2]},
    }
    assert "unexpected TypeError" in found[IDS[0], "global", "account_summary"]["error"]


def test_a_sync_that_is_stopped_says_nothing_of_coverage(aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.latency = [Latency(0.2, LOOKUPS)]
    files: Any = {"config": aws.config(**FAST), "catalog": catalog(["users", "audit_events", COVERAGE]), "state": []}
    with start("read", folder=tmp_path, **files) as process:
        messages = lines(process)
        read_so_far = (message["record"]["stream"] for message in messages if message["type"] == "RECORD")
        assert "audit_events" in read_so_far
        process.send_signal(signal.SIGTERM)
        assert COVERAGE not in read_so_far
    assert process.returncode == -signal.SIGTERM


@pytest.mark.parametrize("others", [[], ["nobody_has_this_stream"]])
def test_alone_it_has_no_rows_and_waits_for_nobody(others: list[str], empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    chosen = catalog([COVERAGE])
    [coverage] = chosen["streams"]
    chosen["streams"] += [{**coverage, "stream": {**coverage["stream"], "name": name}} for name in others]
    process = start("read", folder=tmp_path, config=empty_aws.config(), catalog=chosen, state=[])
    stdout, stderr = process.communicate(timeout=120)
    output = Output(process.returncode, stdout, stderr)
    assert (output.exit_code, output.records(COVERAGE)) == (int(bool(others)), [])
    assert output.statuses[COVERAGE] == "COMPLETE"
