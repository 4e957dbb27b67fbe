"""Streams of accounts: rows have their account and partition, and are compared with AWS's own count."""

from __future__ import annotations

from typing import Any

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.types import StreamSlice
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_aws_iam.aws.session import Session
from source_aws_iam.iam.iam_stream import IamStream
from source_aws_iam.streams.account_stream import AccountStream
from source_aws_iam.sync.account_region import WHOLE, AccountRegion
from source_aws_iam.sync.context import SelectedStreams
from source_aws_iam.sync.coverage import UNFINISHED, Covered, Status
from unit_tests.iam.aws_answers import ACCOUNT_ID, DENIED, Answers, group, paged

SLICE = StreamSlice(partition={"account_id": ACCOUNT_ID}, cursor_slice={})


class Groups(IamStream):
    """The groups that AWS lists, of which it counts all but one."""

    def is_counted(self, row: Any) -> bool:
        return bool(row["group_name"] != "uncounted")

    def rows(self, session: Session) -> Any:
        return session.reader("iam").rows("list_groups", "Groups")


def read(counter: str = "Groups", **table: Any) -> list[Any]:
    listing = {"ListGroups": paged("Groups", [group("a")], [group("uncounted")])}
    aws = Answers({**listing, **table})
    stream = Groups(name="groups", config=aws.config, counter=counter)
    return list(stream.read_records({}, SLICE))


def test_every_row_says_where_it_is_from() -> None:
    rows = read(GetAccountSummary={"SummaryMap": {"Groups": 1}})
    assert [(row["account_id"], row["partition"], row["group_name"]) for row in rows] == [
        (ACCOUNT_ID, "aws", "a"),
        (ACCOUNT_ID, "aws", "uncounted"),
    ]


@pytest.mark.parametrize(
    "summary", [{"SummaryMap": {"Groups": 1}}, {"SummaryMap": {"Users": 9}}, {"SummaryMap": {}}, DENIED]
)
def test_nothing_is_said_where_the_counts_agree_or_aws_has_none(summary: Any, caplog: pytest.LogCaptureFixture) -> None:
    assert len(read(GetAccountSummary=summary)) == 2
    assert caplog.records == []


def test_counts_that_differ_are_both_in_the_warning(caplog: pytest.LogCaptureFixture) -> None:
    read(GetAccountSummary={"SummaryMap": {"Groups": 7}})
    assert f"groups: 1 rows of account {ACCOUNT_ID} were read, and AWS counts 7 (Groups of" in caplog.text


def test_without_a_counter_aws_is_not_asked() -> None:
    assert len(read(counter="")) == 2


def test_where_aws_does_not_answer_how_many_there_are_no_rows_that_would_seem_to_be_all() -> None:
    rows: list[Any] = []
    aws = Answers({"ListGroups": paged("Groups", [group("a")]), "GetAccountSummary": "Throttling"})
    stream = Groups(name="groups", config=aws.config, counter="Groups")
    with pytest.raises(AirbyteTracedException) as raised:
        rows.extend(stream.read_records({}, SLICE))
    assert raised.value.failure_type is FailureType.transient_error
    assert rows == []


def test_a_refusal_is_an_error_that_names_the_stream_and_the_permission() -> None:
    with pytest.raises(AirbyteTracedException) as raised:
        read(ListGroups=paged("Groups", [group("a")], DENIED), GetAccountSummary=DENIED)
    assert raised.value.failure_type is FailureType.config_error
    assert "groups: The permission for iam:ListGroups" in str(raised.value.message)


def test_a_stream_is_read_account_by_account() -> None:
    with pytest.raises(ValueError, match="account by account"):
        next(iter(Groups(name="groups", config=Answers({}).config).read_records({})))


class Faulty(Groups):
    """A stream with a fault of ours in it."""

    def rows(self, session: Session) -> Any:
        yield from super().rows(session)
        raise KeyError("a value of the record")


def test_a_fault_of_ours_is_raised_as_it_came_and_remembered_without_what_it_says() -> None:
    aws = Answers({"ListGroups": paged("Groups", [group("a")])})
    aws.context.streams = SelectedStreams(sharing=frozenset({"groups"}))
    stream = Faulty(name="groups", config=aws.config)
    shared = stream.context
    with pytest.raises(KeyError, match="a value of the record"):
        list(stream.read_records({}, SLICE))
    failure = shared.failures.of_account(ACCOUNT_ID)["groups", WHOLE]
    assert "unexpected KeyError" in str(failure)
    assert "record" not in str(failure)
    assert [*shared.scheduler.finished()] == [ACCOUNT_ID], "nobody waits for it"


def test_whoever_stops_reading_is_no_failure() -> None:
    aws = Answers({"ListGroups": paged("Groups", [group("a"), group("b")])})
    stream = Groups(name="groups", config=aws.config)
    rows = iter(stream.read_records({}, SLICE))
    next(rows)
    rows.close()  # type: ignore[attr-defined]
    assert stream.context.failures.of_account(ACCOUNT_ID) == {}


@pytest.mark.parametrize(
    ("lacks", "sentence"),
    [
        (MemoryError(), "groups: The connector ran out of memory."),
        (RuntimeError("can't start new thread"), "groups: The connector may start no more threads."),
    ],
)
def test_a_machine_that_has_too_little_is_no_fault_of_the_connector(lacks: Exception, sentence: str) -> None:
    class Starved(AccountStream):
        def rows(self, session: Session) -> Any:
            raise lacks

    aws = Answers({})
    stream = Starved(name="groups", config=aws.config)
    with pytest.raises(AirbyteTracedException) as raised:
        list(stream.read_records({}, SLICE))
    assert raised.value.failure_type is FailureType.config_error
    assert str(raised.value.message).startswith(sentence)
    [failure] = stream.context.failures.of_stream("groups").values()
    assert f"groups: {failure}" == raised.value.message


NEEDS = {"rows": [["iam.list_groups"]], "tags": [["iam.get_account_authorization_details"], ["iam.get_group"]]}


def covered(aws: Answers) -> Covered:
    return aws.context.coverage.at("groups", AccountRegion(ACCOUNT_ID))


def listed(counter: str = "", **table: Any) -> tuple[Answers, Groups]:
    aws = Answers({"ListGroups": paged("Groups", [group("a")], [group("uncounted")]), **table})
    return aws, Groups(name="groups", config=aws.config, counter=counter, needs=NEEDS)


def test_the_coverage_has_the_rows_and_awss_own_count_of_those_that_it_counts() -> None:
    aws, stream = listed("Groups", GetAccountSummary={"SummaryMap": {"Groups": 7}})
    list(stream.read_records({}, SLICE))
    found = covered(aws)
    assert (found.status, found.rows, found.comparable, found.by_aws) == (Status.COMPLETE, 2, 1, 7)


def test_without_a_count_of_aws_there_is_nothing_to_compare() -> None:
    aws, stream = listed()
    list(stream.read_records({}, SLICE))
    assert (covered(aws).rows, covered(aws).comparable, covered(aws).by_aws) == (2, None, None)


def test_rows_that_were_read_before_a_refusal_are_a_part_of_the_stream() -> None:
    aws, stream = listed(ListGroups=paged("Groups", [group("a")], DENIED))
    with pytest.raises(AirbyteTracedException):
        list(stream.read_records({}, SLICE))
    found = covered(aws)
    assert (found.status, found.rows, found.missing_actions) == (Status.PARTIAL, 1, ("iam:ListGroups",))
    assert str(found.error).startswith("The permission for iam:ListGroups")


def test_a_stream_of_which_whoever_reads_it_stops_is_not_complete() -> None:
    aws, stream = listed()
    rows = iter(stream.read_records({}, SLICE))
    next(rows)
    assert covered(aws).status is Status.PARTIAL, "as long as it is being read"
    rows.close()  # type: ignore[attr-defined]
    assert (covered(aws).status, covered(aws).error) == (Status.PARTIAL, UNFINISHED)


class Tagged(Groups):
    """Groups of which AWS shows no tags."""

    def rows(self, session: Session) -> Any:
        iam = session.reader("iam")
        iam.if_allowed(lambda: list(iam.rows("get_account_authorization_details", "GroupDetailList")))
        iam.if_allowed(lambda: iam.one("get_group", GroupName="a"))
        for row in super().rows(session):
            yield {**row, "unavailable_fields": ["tags"]}


def test_columns_that_aws_hides_are_missing_with_the_actions_that_would_bring_them() -> None:
    aws = Answers(
        {"ListGroups": paged("Groups", [group("a")]), "GetAccountAuthorizationDetails": DENIED, "GetGroup": DENIED}
    )
    list(Tagged(name="groups", config=aws.config, needs=NEEDS).read_records({}, SLICE))
    found = covered(aws)
    assert (found.status, found.gaps) == (Status.PARTIAL, frozenset({"tags"}))
    assert found.missing_actions == ("iam:GetAccountAuthorizationDetails",), "the best way to them"
