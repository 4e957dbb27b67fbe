"""ec2_key_pairs: the plain regional stream, compared with the ground truth, and with failures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAws, Fault, Seed
from embedded_aws.control.faults import Kind
from embedded_aws.scenarios.member_accounts import Account
from integration_tests.conftest import FAST
from integration_tests.connector import Output, read
from integration_tests.test_read import assert_complete

STREAMS = ["ec2_key_pairs"]
ACTION = "ec2:DescribeKeyPairs"


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(seed=Seed(users=3, groups=1, events=0), lookup_rate=None) as embedded:
        yield embedded


def regions_of(output: Output) -> set[str]:
    return {row["region"] for row in output.records("ec2_key_pairs")}


def test_the_key_pairs_of_all_regions_are_read_without_their_keys_and_with_one_call_for_each(
    aws: EmbeddedAws, tmp_path: Path
) -> None:
    output = read(aws.config(**FAST), tmp_path, streams=STREAMS)
    assert_complete(aws, output, STREAMS)
    assert len(output.records("ec2_key_pairs")) == 3
    assert "public_key" not in output.stdout
    asked = {(region, action): count for (_, region, action), count in aws.requests.items() if action[:4] == "ec2:"}
    assert asked == {("us-east-1", "ec2:DescribeRegions"): 1, **{(region, ACTION): 1 for region in aws.regions}}


def test_exactly_the_regions_of_the_config_are_read(aws: EmbeddedAws, tmp_path: Path) -> None:
    output = read(aws.config(**FAST, regions=["eu-west-1"]), tmp_path, streams=STREAMS)
    assert (output.statuses, regions_of(output)) == ({"ec2_key_pairs": "COMPLETE"}, {"eu-west-1"})
    assert aws.requests["123456789012", "us-east-1", "ec2:DescribeRegions"] == 0


@pytest.mark.parametrize("kind", ["throttle", "reset", "expired_token"])
def test_what_passes_is_retried(kind: Kind, aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.fail(Fault(action=ACTION, kind=kind, times=1))
    assert_complete(aws, read(aws.config(**FAST), tmp_path, streams=STREAMS), STREAMS)


@pytest.mark.parametrize(("kind", "type_"), [("access_denied", "config_error"), ("truncated_body", "transient_error")])
def test_a_region_that_fails_is_named_and_the_others_are_read(
    kind: Kind, type_: str, aws: EmbeddedAws, tmp_path: Path
) -> None:
    aws.fail(Fault(action=ACTION, kind=kind, times=None, region="us-east-1"))
    output = read(aws.config(**FAST), tmp_path, streams=STREAMS)
    assert (output.exit_code, output.statuses) == (1, {"ec2_key_pairs": "INCOMPLETE"})
    assert regions_of(output) == {"eu-west-1"}
    [error] = output.errors
    assert error["failure_type"] == type_
    named = "ec2_key_pairs: 1 of 3 Regions could not be read: Region us-east-1 of account 123456789012. "
    assert error["message"].startswith(named)
    assert ACTION in error["message"]


def test_a_region_that_is_not_enabled_is_named_where_the_config_asks_for_it(aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.accounts.not_enabled[aws.account_id] = ["af-south-1"]
    output = read(aws.config(**FAST, regions=["us-east-1", "af-south-1"]), tmp_path, streams=STREAMS)
    assert regions_of(output) == {"us-east-1"}
    [error] = output.errors
    assert "Region af-south-1 of account 123456789012" in error["message"]
    assert "is not enabled" in error["message"]


def test_where_the_regions_may_not_be_listed_those_of_all_accounts_are_read(aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.fail(Fault(action="ec2:DescribeRegions", kind="access_denied", times=None))
    output = read(aws.config(**FAST), tmp_path, streams=STREAMS)
    assert regions_of(output) == {"us-east-1", "eu-west-1"}
    assert any("The permission ec2:DescribeRegions is missing" in text for text in output.warnings)


def test_of_many_accounts_each_region_fails_alone(aws: EmbeddedAws, tmp_path: Path) -> None:
    ids = ["300000000001", "300000000002"]
    opened = aws.open_accounts([Account(one, users=1, groups=0) for one in ids])
    for one in ids:
        for region in aws.regions:
            aws.ec2[one, region]["KeyPairs"] = [{"KeyPairId": f"key-{one}{region}", "KeyName": "ünï"}]
    aws.fail(Fault(action=ACTION, kind="access_denied", times=None, region="eu-west-1", account_id=ids[0]))
    config = aws.config(**FAST, accounts={"scope": "list", "roles": [asdict(one) for one in opened]})
    output = read(config, tmp_path, streams=[*STREAMS, "users"])
    rows = {(row["account_id"], row["region"]) for row in output.records("ec2_key_pairs")}
    assert rows == {(one, region) for one in ids for region in aws.regions} - {(ids[0], "eu-west-1")}
    assert output.statuses == {"ec2_key_pairs": "INCOMPLETE", "users": "COMPLETE"}
    assert output.exit_code == 0
    [error] = output.errors
    assert "1 Region could not be read: Region eu-west-1 of account 300000000001" in error["message"]
