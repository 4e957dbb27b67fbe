"""Streams of Regions: what is read of each is noted apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import pytest
from airbyte_cdk.sources.types import StreamSlice
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from aws_calls.errors import AwsError
from source_aws_iam.aws.regions import Regions
from source_aws_iam.aws.session import Session
from source_aws_iam.streams.regional_stream import RegionalStream
from source_aws_iam.sync.account_region import WHOLE, AccountRegion
from source_aws_iam.sync.context import SyncContext
from unit_tests.iam.aws_answers import ACCOUNT_ID, Answers
from unit_tests.sync.test_failures import refusal

SLICE = StreamSlice(partition={"account_id": ACCOUNT_ID}, cursor_slice={})
EAST, WEST = "us-east-1", "us-west-1"
REGIONS = Regions((EAST, WEST), ("me-south-1",))
MANY = {"scope": "list", "roles": [{"role_arn": f"arn:aws:iam::{ACCOUNT_ID}:role/reader"}]}
Answer = Sequence[Mapping[str, Any]] | Exception


class Things(RegionalStream):
    """What `answers` say of each Region."""

    answers: Mapping[str, Answer]

    def rows_of_region(self, session: Session, region: str, *, enabled: bool) -> Any:
        answer = self.answers[region]
        if isinstance(answer, Exception):
            raise answer
        return answer


def things(
    answers: Mapping[str, Answer],
    regions_are: Regions | AwsError = REGIONS,
    **config: Any,
) -> tuple[Things, SyncContext]:
    aws = Answers({}, **config)
    aws.session._kept.once("regions", lambda: regions_are)
    stream = Things(name="things", config=aws.config)
    stream.answers = answers
    return stream, aws.context


def statuses(context: SyncContext) -> dict[str, tuple[str, int]]:
    return {
        region: (covered.status.value, covered.rows)
        for region, covered in context.coverage.of("things", ACCOUNT_ID).items()
    }


def test_every_region_has_its_rows_and_those_that_are_not_enabled_have_none() -> None:
    stream, context = things({EAST: [{"id": 1}, {"id": 2}], WEST: []})
    rows = list(stream.read_records({}, SLICE))
    assert [(row["account_id"], row["region"], row["id"]) for row in rows] == [
        (ACCOUNT_ID, EAST, 1),
        (ACCOUNT_ID, EAST, 2),
    ]
    assert statuses(context) == {EAST: ("complete", 2), WEST: ("complete", 0), "me-south-1": ("not_enabled", 0)}


def test_of_regions_that_are_chosen_no_other_has_a_row() -> None:
    stream, context = things({WEST: [{"id": 1}]}, regions=[WEST])
    assert len(list(stream.read_records({}, SLICE))) == 1
    assert statuses(context) == {WEST: ("complete", 1)}


@pytest.mark.parametrize("many", [True, False])
def test_a_region_that_is_denied_is_denied_alone(*, many: bool) -> None:
    stream, context = things(
        {EAST: [{"id": 1, "unavailable_fields": ["tags"]}], WEST: refusal("Denied.", action="ec2:DescribeThings")},
        accounts=MANY if many else {"scope": "current"},
    )
    rows: list[Any] = []
    told = nullcontext() if many else pytest.raises(AirbyteTracedException, match="1 of 2 Regions could not be read")
    with told:
        rows.extend(stream.read_records({}, SLICE))
    assert len(rows) == 1
    assert statuses(context) == {EAST: ("partial", 1), WEST: ("denied", 0), "me-south-1": ("not_enabled", 0)}
    assert context.coverage.of("things", ACCOUNT_ID)[WEST].missing_actions == ("ec2:DescribeThings",)
    assert [*context.failures.of_account(ACCOUNT_ID)] == [("things", WEST)], "and the account has not failed"


def test_a_single_account_of_which_no_region_could_be_read_has_failed_for_what_aws_said() -> None:
    stream, context = things({EAST: refusal("Denied."), WEST: refusal("Denied.")})
    with pytest.raises(AirbyteTracedException):
        list(stream.read_records({}, SLICE))
    [(place, failure)] = context.failures.of_stream("things").items()
    assert (place, str(failure)) == (AccountRegion(ACCOUNT_ID, WHOLE), "Denied.")


def test_a_fault_of_ours_fails_the_regions_that_were_not_read_by_then() -> None:
    stream, context = things({EAST: [{"id": 1}], WEST: KeyError("a value of a record")}, accounts=MANY)
    with pytest.raises(KeyError):
        list(stream.read_records({}, SLICE))
    assert statuses(context) == {EAST: ("complete", 1), WEST: ("failed", 0), "me-south-1": ("not_enabled", 0)}
    assert "unexpected KeyError" in str(context.coverage.of("things", ACCOUNT_ID)[WEST].error)


def test_an_account_whose_regions_nobody_tells_has_failed_as_a_whole() -> None:
    stream, context = things({}, regions_are=refusal("EC2 fails.", code="InternalError"), accounts=MANY)
    assert list(stream.read_records({}, SLICE)) == []
    assert statuses(context) == {WHOLE: ("failed", 0)}
