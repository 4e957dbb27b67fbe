"""Reading IAM in one account: denials are remembered, other failures are not, and no thread waits for itself."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from aws_calls.errors import AbsentError, AwsError, Outcome
from source_aws_iam.aws.in_turn import in_turn
from unit_tests.iam.aws_answers import DENIED, GONE, Answers, by, group, paged, user


def names(rows: Any) -> list[str]:
    return [row["group_name"] for row in rows]


def test_rows_are_those_of_all_pages() -> None:
    aws = Answers({"ListGroups": paged("Groups", [group("a")], [], [group("b"), group("c")])})
    assert names(aws.iam.rows("list_groups", "Groups")) == ["a", "b", "c"]


def test_a_refusal_is_not_asked_for_again_from_any_page_or_entity() -> None:
    aws = Answers({"ListGroups": paged("Groups", [group("a")], DENIED), "GetUser": DENIED})
    for _ in range(3):
        with pytest.raises(AwsError, match="iam:ListGroups"):
            list(aws.iam.rows("list_groups", "Groups"))
    for name in ("ana", "bob"):
        with pytest.raises(AwsError, match="iam:GetUser"):
            aws.iam.one("get_user", UserName=name)
    assert aws.operations == ["ListGroups", "ListGroups", "GetUser"]


@pytest.mark.parametrize(
    "code", ["ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch", "Throttling", "ServiceFailure"]
)
def test_failures_of_credentials_or_of_aws_are_never_taken_for_refusals(code: str) -> None:
    aws = Answers({"ListGroups": code, "GetGroup": DENIED})
    calls: list[Callable[[], object]] = [
        lambda: list(aws.iam.rows("list_groups", "Groups")),
        lambda: aws.iam.if_allowed(lambda: list(aws.iam.rows("list_groups", "Groups"))),
        lambda: aws.iam.first_allowed(lambda: list(aws.iam.rows("list_groups", "Groups")), tuple),
    ]
    for number, call in enumerate(calls, 1):
        with pytest.raises(Exception, match=r"ListGroups") as raised:
            call()
        assert not getattr(raised.value, "denied", False)
        assert aws.operations.count("ListGroups") == number, "asked anew"
    aws.iam.raise_if_unavailable("list_groups")


def test_what_takes_no_call_is_read_without_other_threads_and_in_order() -> None:
    iam = Answers({}).iam
    threads = [*iam.each("users", lambda name: (name, threading.get_ident()), range(200))]
    assert threads == [(name, threading.get_ident()) for name in range(200)]


@pytest.mark.parametrize("known", [0, 1, 30])
def test_from_the_first_call_on_several_are_read_at_a_time(known: int) -> None:
    """A call waits here until another one has begun, but for the first, which nothing can be beside."""
    users = {f"u{number}": {"User": user(f"u{number}")} for number in range(known + 9)}
    aws, another, waiting = Answers({"GetUser": by("UserName", users)}), threading.Event(), threading.Semaphore(1)

    def read(number: int) -> str:
        if number < known:
            return f"known-{number}"
        if number > known and not waiting.acquire(blocking=False):
            another.set()
        elif number > known:
            assert another.wait(30)
        found: str = aws.iam.one("get_user", UserName=f"u{number}")["user"]["user_name"]
        return found

    found = [*aws.iam.each("users", read, range(known + 9))]
    assert found == [f"known-{number}" for number in range(known)] + [f"u{known + number}" for number in range(9)]


def test_one_that_is_absent_is_left_out_wherever_it_is_read() -> None:
    aws = Answers({"GetUser": by("UserName", {name: {"User": user(name)} for name in ("u1", "u2", "u3", "u5")})})
    read = [*aws.iam.each("users", lambda number: aws.iam.one("get_user", UserName=f"u{number}"), range(6))]
    assert [found["user"]["user_name"] for found in read] == ["u1", "u2", "u3", "u5"]


def test_a_refusal_that_is_raised_a_thousand_times_keeps_the_frames_of_none() -> None:
    aws = Answers({"GetUser": DENIED})
    for _ in range(100):
        with pytest.raises(AwsError) as raised:
            aws.iam.one("get_user", UserName="ana")
    assert len(traceback.extract_tb(raised.value.__traceback__)) < 20


def test_the_first_way_that_is_allowed_is_taken_and_else_the_first_refusal_raised() -> None:
    aws = Answers({"ListGroups": paged("Groups", [group("a")], DENIED), "GetUser": DENIED, "ListAccessKeys": GONE})
    iam = aws.iam

    def groups() -> list[str]:
        return names(iam.rows("list_groups", "Groups"))

    def one() -> list[str]:
        return [iam.one("get_user", UserName="ana")["user"]["user_name"]]

    assert iam.first_allowed(groups, one, lambda: ["last"]) == ["last"], "nothing of page one is left"
    with pytest.raises(AwsError, match="iam:ListGroups"):
        iam.first_allowed(groups, one)
    with pytest.raises(AbsentError):
        iam.first_allowed(lambda: list(iam.rows("list_access_keys", "AccessKeyMetadata", UserName="ana")), list)


def test_what_is_gone_is_left_out_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    aws = Answers({"GetUser": by("UserName", {name: {"User": user(name)} for name in "ac"})})
    iam = aws.iam
    found = iam.each("users", lambda name: iam.one("get_user", UserName=name)["user"]["user_name"], "abcd")
    assert list(found) == ["a", "c"]
    assert "2 users of account 123456789012 were deleted" in caplog.text


def test_a_call_that_aws_refuses_for_what_is_gone_is_not_a_refusal() -> None:
    aws = Answers({"GetAccessKeyLastUsed": DENIED})
    request = {"AccessKeyId": "A" * 16}
    with pytest.raises(AbsentError):
        aws.iam.one("get_access_key_last_used", is_absent=lambda: True, **request)
    aws.iam.raise_if_unavailable("get_access_key_last_used")
    with pytest.raises(AwsError):
        aws.iam.one("get_access_key_last_used", is_absent=lambda: False, **request)
    with pytest.raises(AwsError):
        aws.iam.raise_if_unavailable("list_users", "get_access_key_last_used")


def test_in_turn_reads_all_that_is_shown_before_it_fails() -> None:
    aws = Answers({"ListGroups": paged("Groups", [group("a")], DENIED), "GetUser": DENIED})
    iam = aws.iam

    def one() -> Iterator[str]:
        yield iam.one("get_user", UserName="ana")["user"]["user_name"]

    rows = in_turn(lambda: names(iam.rows("list_groups", "Groups")), one, lambda: ["b"])
    assert next(rows) == "b"
    with pytest.raises(AwsError, match="iam:ListGroups"):
        next(rows)


def test_in_turn_stops_at_a_failure() -> None:
    aws = Answers({"ListGroups": "Throttling"})
    with pytest.raises(AwsError) as raised:
        list(in_turn(lambda: names(aws.iam.rows("list_groups", "Groups")), lambda: pytest.fail("too far")))
    assert raised.value.outcome is Outcome.LATER


def test_the_cost_is_told_once_by_however_many_readers(caplog: pytest.LogCaptureFixture) -> None:
    iam = Answers({"GetUser": DENIED}).iam
    iam.if_allowed(lambda: iam.one("get_user", UserName="ana"))
    start = threading.Barrier(8)

    def tell() -> None:
        start.wait()
        iam.tell_cost("users", 12345, "list_users", "get_user")

    threads = [threading.Thread(target=tell) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (record,) = caplog.records
    assert "about 12,345 requests. Add iam:GetUser to the policy" in record.getMessage()


def test_all_streams_share_the_reader_of_a_service_and_region() -> None:
    session = Answers({}).session
    assert session.reader("iam") is session.reader("iam", "us-east-1")
    assert session.reader("iam") is not session.reader("iam", "eu-west-1")
