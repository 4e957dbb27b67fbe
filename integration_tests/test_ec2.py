"""The streams of EC2 and its networks, compared with the ground truth, and with failures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Fault, Seed
from embedded_aws.scenarios.company import plant_machines
from embedded_aws.scenarios.member_accounts import Account
from embedded_aws.scenarios.seed_launches import SECRET
from embedded_aws.truth import truth_of
from embedded_aws.truth.comparison import first_differences
from embedded_aws.truth.ec2 import STREAMS as TRUTHS
from integration_tests.conftest import FAST
from integration_tests.connector import EVERY_STREAM, read
from integration_tests.test_read import assert_complete, tables

STREAMS = [*TRUTHS]
SEED = Seed(users=3, groups=1, events=0)
MEMBERS = ["300000000001", "300000000002"]
# The columns of each call for single resources, and of the one that lists versions of launch templates.
OF_CALLS = {
    "ec2:DescribeImageAttribute": (
        "ec2_images",
        ["shared_with_account_ids", "shared_with_organization_arns", "shared_with_ou_arns"],
    ),
    "ec2:DescribeSnapshotAttribute": ("ec2_snapshots", ["is_public", "shared_with_account_ids"]),
    "ec2:GetManagedPrefixListEntries": ("ec2_prefix_lists", ["entries"]),
    "ec2:DescribeLaunchTemplateVersions": (
        "ec2_launch_templates",
        ["default_version_description", "default_version_data", "has_user_data"],
    ),
}


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(seed=SEED, lookup_rate=None) as embedded:
        yield embedded


def of_members(aws: EmbeddedAws, **overrides: Any) -> dict[str, Any]:
    """Return a config that reads two accounts with resources of their own in two Regions."""
    opened = aws.open_accounts([Account(one, users=1, groups=0) for one in MEMBERS])
    for one in MEMBERS:
        plant_machines(aws, one)
    roles = [asdict(one) for one in opened]
    return aws.config(**FAST, accounts={"scope": "list", "roles": roles}, regions=aws.regions[:2], **overrides)


def listed(aws: EmbeddedAws, account_id: str, region: str) -> dict[str, list[dict[str, Any]]]:
    return aws.ec2[account_id, region]


def test_every_row_is_right_and_costs_one_request_per_list_and_one_per_image_snapshot_and_prefix_list(
    aws: EmbeddedAws, tmp_path: Path
) -> None:
    output = read(aws.config(**FAST), tmp_path, streams=STREAMS)
    assert_complete(aws, output, STREAMS)
    assert all(output.records(stream) for stream in STREAMS)
    spent: Counter[str] = Counter()
    for (_, _, action), count in aws.requests.items():
        spent[action] += count
    regions, home = len(aws.regions), [listed(aws, aws.account_id, region) for region in aws.regions]
    singles = {
        "ec2:DescribeImageAttribute": sum(one["OwnerId"] == aws.account_id for all_ in home for one in all_["Images"]),
        "ec2:DescribeSnapshotAttribute": sum(
            one["OwnerId"] == aws.account_id for all_ in home for one in all_["Snapshots"]
        ),
        "ec2:GetManagedPrefixListEntries": sum(one["OwnerId"] != "AWS" for all_ in home for one in all_["PrefixLists"]),
        # Not where there is no template.
        "ec2:DescribeLaunchTemplateVersions": sum(bool(all_["LaunchTemplates"]) for all_ in home),
    }
    assert {action: spent[action] for action in singles} == singles
    once = {"sts:AssumeRole", "ec2:DescribeRegions"}
    lists = {action: count for action, count in spent.items() if action not in singles.keys() | once}
    assert lists == dict.fromkeys(lists, regions)
    # Two lists are of two streams each.
    assert len(lists) == len(STREAMS) - 2
    assert {action: spent[action] for action in once} == dict.fromkeys(once, 1)


def test_what_is_not_of_the_account_is_not_listed_and_what_services_manage_is(aws: EmbeddedAws, tmp_path: Path) -> None:
    output = read(aws.config(**FAST), tmp_path, streams=STREAMS)
    for stream in ("ec2_images", "ec2_snapshots"):
        assert {row["owner_id"] for row in output.records(stream)} == {aws.account_id}
    assert "disabled" in {row["state"] for row in output.records("ec2_images")}
    assert "AWS" not in {row["owner_id"] for row in output.records("ec2_prefix_lists")}
    for stream in ("ec2_instances", "ec2_network_interfaces", "ec2_volumes", "ec2_launch_templates"):
        assert any((row.get("operator") or {}).get("hidden_by_default") for row in output.records(stream)), stream
    states = {row["state"]: row for row in output.records("ec2_instances")}
    assert [states["terminated"].get(name) for name in ("subnet_id", "is_imds_v1_allowed", "tags")] == [None] * 3


def test_no_user_data_is_in_any_output(aws: EmbeddedAws, tmp_path: Path) -> None:
    planted = [
        version["LaunchTemplateData"]["UserData"]
        for version in listed(aws, aws.account_id, aws.regions[0])["LaunchTemplateVersions"]
        if "UserData" in version["LaunchTemplateData"]
    ]
    output = read(aws.config(**FAST), tmp_path, streams=["ec2_launch_templates"], options=["--debug"])
    assert planted
    assert {True, False} == {row["has_user_data"] for row in output.records("ec2_launch_templates")}
    said = output.stdout + output.stderr
    assert not [secret for secret in [SECRET, *planted] if secret in said]
    assert "user_data" not in said.replace("has_user_data", "")


def test_two_regions_of_two_accounts_are_read(aws: EmbeddedAws, tmp_path: Path) -> None:
    output = read(of_members(aws), tmp_path, streams=STREAMS)
    assert (output.exit_code, output.errors) == (0, [])
    assert output.statuses == dict.fromkeys(STREAMS, "COMPLETE")
    within = [truth_of(aws.within(one), STREAMS) for one in MEMBERS]
    truth = {
        stream: [row for one in within for row in one[stream] if row["region"] in aws.regions[:2]] for stream in STREAMS
    }
    assert first_differences(truth, tables(output, STREAMS)) == []
    owners = {(row["account_id"], row["region"]) for row in output.records("ec2_instances")}
    assert owners == {(one, region) for one in MEMBERS for region in aws.regions[:2]}


def test_more_calls_than_a_token_bucket_holds_are_never_throttled(tmp_path: Path) -> None:
    with EmbeddedAws(token_buckets=True) as aws:
        region = aws.regions[0]
        aws.ec2[aws.account_id, region]["Snapshots"] = [
            {"SnapshotId": f"snap-{number}", "OwnerId": aws.account_id} for number in range(120)
        ]
        output = read(aws.config(**FAST, regions=[region]), tmp_path, streams=["ec2_snapshots"])
        assert (output.statuses, len(output.records("ec2_snapshots"))) == ({"ec2_snapshots": "COMPLETE"}, 120)
        assert aws.throttled_by_buckets == {}


def test_all_pages_are_read(tmp_path: Path) -> None:
    with EmbeddedAws(seed=SEED, lookup_rate=None, page_cap=2) as aws:
        assert_complete(aws, read(aws.config(**FAST), tmp_path, streams=STREAMS), STREAMS)
        home = listed(aws, aws.account_id, aws.regions[0])
        entries = max(len(one["Entries"]) for one in home["PrefixLists"])
        # In pages of two; the other list of a customer has no entries.
        assert aws.requests[aws.account_id, aws.regions[0], "ec2:GetManagedPrefixListEntries"] == -(-entries // 2) + 1


def test_where_lists_are_denied_their_streams_are_incomplete_by_name_and_the_others_are_read(
    aws: EmbeddedAws, tmp_path: Path
) -> None:
    denied = {
        "ec2:DescribeInstances": ["ec2_instances"],
        "ec2:DescribeRouteTables": ["ec2_route_tables", "ec2_routes"],
        "ec2:DescribeLaunchTemplates": ["ec2_launch_templates"],
    }
    for action in denied:
        aws.fail(Fault(action=action, kind="access_denied", times=None))
    output = read(aws.config(**FAST), tmp_path, streams=STREAMS)
    lost = {stream: action for action, streams in denied.items() for stream in streams}
    assert output.statuses == {stream: "INCOMPLETE" if stream in lost else "COMPLETE" for stream in STREAMS}
    assert not any(output.records(stream) for stream in lost)
    assert all(output.records(stream) for stream in STREAMS if stream not in lost)
    errors = {error["message"].split(":")[0]: error for error in output.errors}
    assert errors.keys() == lost.keys()
    for stream, action in lost.items():
        assert errors[stream]["failure_type"] == "config_error"
        assert action in errors[stream]["message"]


def test_where_a_call_for_columns_is_denied_they_are_null_and_named(aws: EmbeddedAws, tmp_path: Path) -> None:
    for action in OF_CALLS:
        aws.fail(Fault(action=action, kind="access_denied", times=None))
    streams = [*(stream for stream, _ in OF_CALLS.values()), "sync_coverage"]
    output = read(aws.config(**FAST), tmp_path, streams=streams)
    assert (output.exit_code, output.statuses) == (0, dict.fromkeys(streams, "COMPLETE"))
    for action, (stream, columns) in OF_CALLS.items():
        rows = output.records(stream)
        assert len(rows) == len(truth_of(aws, [stream])[stream])
        for row in rows:
            assert row["unavailable_fields"] == columns
            assert {row.get(column) for column in columns} == {None}
        covered = [row for row in output.records("sync_coverage") if row["stream"] == stream and row["rows_read"]]
        assert {(row["status"], row["missing_action"]) for row in covered} == {("partial", action)}


def test_a_region_that_a_service_control_policy_closes_fails_alone(aws: EmbeddedAws, tmp_path: Path) -> None:
    config = of_members(aws)
    aws.close_regions(MEMBERS[0], "eu-west-1")
    output = read(config, tmp_path, streams=[*STREAMS, "users"])
    everywhere = {(one, region) for one in MEMBERS for region in aws.regions[:2]}
    for stream in STREAMS:
        rows = {(row["account_id"], row["region"]) for row in output.records(stream)}
        assert rows == everywhere - {(MEMBERS[0], "eu-west-1")}, stream
    assert output.statuses == {**dict.fromkeys(STREAMS, "INCOMPLETE"), "users": "COMPLETE"}
    assert len(output.errors) == len(STREAMS)
    for error in output.errors:
        assert f"1 Region could not be read: Region eu-west-1 of account {MEMBERS[0]}" in error["message"]
        assert "service control policy" in error["message"]


def test_every_stream_of_ec2_is_in_these_tests() -> None:
    assert set(STREAMS) == {stream for stream in EVERY_STREAM if stream.startswith("ec2_")}
