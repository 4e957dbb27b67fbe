"""Regional streams: each Region fails alone, by name, and a plain one is a manifest entry."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, ClassVar, cast

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.types import StreamSlice
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from aws_calls.errors import AwsError, Outcome, Target
from aws_calls.options import Options
from source_aws_iam.aws.pool import Pool
from source_aws_iam.aws.regions import Regions
from source_aws_iam.streams.regional_stream import PART, RegionalStream
from source_aws_iam.sync.account_handle import AccountHandle
from source_aws_iam.sync.account_region import AccountRegion
from source_aws_iam.sync.context import SYNC_CONTEXT, SyncContext
from source_aws_iam.sync.traces import ACCOUNTS_FAILED

ACCOUNT = "111111111111"
SLICE = StreamSlice(partition={"account_id": ACCOUNT}, cursor_slice={})
REGIONS = ("eu-west-1", "sa-east-1", "us-east-1")


def refusal(region: str, code: str = "UnauthorizedOperation") -> AwsError:
    target = Target("ec2:DescribeThings", ACCOUNT, region)
    return AwsError(Outcome.ACT, f"{target} is refused.", code=code, target=target)


class Session:
    """The session of an account with these Regions."""

    account_id = ACCOUNT
    partition = "aws"

    def __init__(self) -> None:
        self.pool = Pool(2)
        self.asked = 0

    def sign_in(self) -> None:
        pass

    def release(self) -> None:
        self.pool.release()

    @property
    def regions(self) -> Regions:
        self.asked += 1
        return Regions(REGIONS, ("ap-east-1",))


@dataclass
class Things(RegionalStream):
    """One thing in each Region, but for those that fail."""

    failing: Any = None

    def rows_of_region(self, session: Any, region: str, *, enabled: bool) -> Iterator[dict[str, Any]]:
        if region in (self.failing or {}):
            raise self.failing[region]
        yield {"thing": f"of {region}", "enabled": enabled}


def stream(
    failing: Mapping[str, Exception] | None = None, *, many: bool = False, chosen: tuple[str, ...] = ()
) -> Things:
    settings: Any = SimpleNamespace(options=Options(), regions=chosen, accounts=SimpleNamespace(many=many))
    handle = AccountHandle(cast(Any, Session()))
    context = SyncContext(settings, cast(Any, None), lambda: [handle])
    return Things(name="things", config={SYNC_CONTEXT: context}, failing=failing)


def read(things: Things, rows: list[Any]) -> None:
    rows.extend(things.read_records({}, SLICE))


def test_every_row_says_its_region_and_regions_come_in_order() -> None:
    rows: list[Any] = []
    read(stream(), rows)
    assert rows == [
        {"thing": f"of {region}", "enabled": True, "region": region, "account_id": ACCOUNT, "partition": "aws"}
        for region in REGIONS
    ]


def test_the_regions_of_the_config_are_read_instead_and_aws_is_not_asked() -> None:
    rows: list[Any] = []
    things = stream(chosen=("us-west-2",))
    read(things, rows)
    assert [(row["region"], row["enabled"]) for row in rows] == [("us-west-2", False)]
    assert cast(Any, things.context.account(ACCOUNT).session).asked == 0


def test_a_region_of_the_only_account_that_fails_is_named_when_the_others_have_been_read() -> None:
    rows: list[Any] = []
    with pytest.raises(AirbyteTracedException) as raised:
        read(stream({"sa-east-1": refusal("sa-east-1")}), rows)
    assert [row["region"] for row in rows] == ["eu-west-1", "us-east-1"]
    message = str(raised.value.message)
    assert message.startswith(f"things: 1 of 3 Regions could not be read: Region sa-east-1 of account {ACCOUNT}.")
    assert "ec2:DescribeThings" in message
    assert raised.value.failure_type is FailureType.config_error
    assert raised.value.internal_message != ACCOUNTS_FAILED, "it is no account among others"


def test_a_region_of_one_of_many_accounts_is_remembered_and_the_stream_goes_on() -> None:
    rows: list[Any] = []
    things = stream({"sa-east-1": refusal("sa-east-1")}, many=True)
    read(things, rows)
    assert [row["region"] for row in rows] == ["eu-west-1", "us-east-1"]
    assert [*things.context.failures.of_stream("things")] == [AccountRegion(ACCOUNT, "sa-east-1")]


def test_an_account_of_which_no_region_could_be_read_has_failed_as_a_whole() -> None:
    rows: list[Any] = []
    things = stream({region: refusal(region) for region in REGIONS}, many=True)
    read(things, rows)
    assert rows == []
    assert [*things.context.failures.of_stream("things")] == [AccountRegion(ACCOUNT)]


def test_of_a_region_that_fails_in_the_middle_what_came_before_is_read_and_the_region_is_named() -> None:
    class Half(Things):
        def rows_of_region(self, session: Any, region: str, *, enabled: bool) -> Iterator[dict[str, Any]]:
            yield {"thing": f"of {region}"}
            yield from super().rows_of_region(session, region, enabled=enabled)

    rows: list[Any] = []
    things = stream({"sa-east-1": refusal("sa-east-1")}, many=True)
    read(Half(name="things", config=things.config, failing=things.failing), rows)
    assert [row["region"] for row in rows] == ["eu-west-1", "eu-west-1", "sa-east-1", "us-east-1", "us-east-1"]
    assert [*things.context.failures.of_stream("things")] == [AccountRegion(ACCOUNT, "sa-east-1")]
    covered = things.context.coverage.of("things", ACCOUNT)
    assert {region: one.rows for region, one in covered.items()} == {
        "ap-east-1": 0,
        "eu-west-1": 2,
        "sa-east-1": 1,
        "us-east-1": 2,
    }
    assert [region for region, one in covered.items() if one.is_read] == ["eu-west-1", "us-east-1"]


class Long(Things):
    """More than two parts in each Region."""

    taken: ClassVar[list[tuple[str, int]]]
    met: ClassVar[threading.Barrier | None] = None

    def rows_of_region(self, session: Any, region: str, *, enabled: bool) -> Iterator[dict[str, Any]]:
        for number in range(2 * PART + 1):
            if self.met and number == PART and region != REGIONS[-1]:
                self.met.wait()
            self.taken.append((region, number))
            yield {"thing": number}


def test_of_each_region_no_more_than_a_part_is_read_ahead() -> None:
    class Counted(Long):
        taken: ClassVar[list[tuple[str, int]]] = []

    rows = iter(Counted(name="things", config=stream().config).read_records({}, SLICE))
    assert next(rows)["thing"] == 0
    assert len(Counted.taken) <= len(REGIONS) * PART
    found = [(row["region"], row["thing"]) for row in rows]
    assert sorted(found) == sorted((region, number) for region in REGIONS for number in range(2 * PART + 1))[1:]
    assert [number for region, number in found if region == REGIONS[1]] == [*range(2 * PART + 1)]


def test_what_follows_the_first_part_is_read_of_several_regions_at_a_time_too() -> None:
    class Meeting(Long):
        taken: ClassVar[list[tuple[str, int]]] = []
        met = threading.Barrier(2, timeout=20)

    rows = list(Meeting(name="things", config=stream().config).read_records({}, SLICE))
    assert len(rows) == len(REGIONS) * (2 * PART + 1)


def test_a_fault_of_ours_is_raised_as_it_came() -> None:
    with pytest.raises(KeyError, match="a value"):
        read(stream({"sa-east-1": KeyError("a value")}, many=True), [])


def test_several_regions_are_read_at_a_time() -> None:
    met = threading.Barrier(2, timeout=20)

    class Meeting(Things):
        def rows_of_region(self, session: Any, region: str, *, enabled: bool) -> Iterator[dict[str, Any]]:
            if region != REGIONS[-1]:
                met.wait()
            yield {}

    things = stream()
    rows = list(Meeting(name="things", config=things.config).read_records({}, SLICE))
    assert len(rows) == len(REGIONS)
