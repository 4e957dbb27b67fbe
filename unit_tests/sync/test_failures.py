"""Failures by account: the first cause is kept, and logged once."""

from __future__ import annotations

import gc
import logging
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from botocore.exceptions import ClientError

from aws_calls.errors import AwsError, Outcome, Target
from source_aws_iam.sync.account_region import WHOLE, AccountRegion
from source_aws_iam.sync.failures import Failures


def refusal(
    sentence: str = "Refused.",
    account_id: str = "111111111111",
    *,
    code: str = "AccessDenied",
    action: str = "iam:ListUsers",
) -> AwsError:
    return AwsError(Outcome.ACT, sentence, code=code, target=Target(action, account_id, "us-east-1"))


class Answer:
    """Something large that AWS said of an account."""


def read_until_refused(call: Callable[[], object], then: Callable[[AwsError], object]) -> weakref.ref[Answer]:
    """Read an account until `call` fails, and return what was read of it by then."""
    answer = Answer()
    try:
        call()
    except AwsError as error:
        then(error)
    return weakref.ref(answer)


def answered_by_aws() -> None:
    raise ClientError({"Error": {"Code": "AccessDenied"}}, "ListUsers")


def refused_call() -> None:
    """What `Caller` raises: botocore's error is behind it, with frames of its own."""
    try:
        answered_by_aws()
    except ClientError:
        raise refusal() from None


def test_what_was_read_of_accounts_that_failed_is_not_kept_with_their_failures() -> None:
    failures = Failures()
    accounts = ("111111111111", "222222222222")
    read = [read_until_refused(refused_call, partial(failures.add, "users", AccountRegion(one))) for one in accounts]
    gc.collect()

    assert len(failures.of_stream("users")) == 2
    assert [answer() for answer in read] == [None, None]


def test_the_first_cause_of_a_stream_in_an_account_is_kept() -> None:
    failures, first = Failures(), refusal("First.")
    failures.add("users", AccountRegion("111111111111"), first)
    failures.add("users", AccountRegion("111111111111"), refusal("Second."))

    assert failures.of_stream("users") == {AccountRegion("111111111111"): first}
    assert failures.of_account("111111111111") == {("users", WHOLE): first}


def test_failures_are_found_by_stream_and_by_account_in_a_definite_order() -> None:
    failures = Failures()
    for stream, account_id in [("users", "222222222222"), ("users", "111111111111"), ("groups", "222222222222")]:
        failures.add(stream, AccountRegion(account_id), refusal())

    assert list(failures.of_stream("users")) == [AccountRegion("111111111111"), AccountRegion("222222222222")]
    assert list(failures.of_account("222222222222")) == [("groups", WHOLE), ("users", WHOLE)]
    assert failures.of_stream("roles") == failures.of_account("333333333333") == {}


def test_a_stream_is_unread_when_no_account_could_be_read() -> None:
    failures = Failures()
    for stream, account_id in [("users", "1"), ("users", "2"), ("groups", "1"), ("access_keys", "1")]:
        failures.add(stream, AccountRegion(account_id), refusal())
    failures.add("access_keys", AccountRegion("2"), refusal())

    assert failures.unread_streams(3) == []
    assert failures.unread_streams(2) == ["access_keys", "users"]


def test_each_region_that_failed_is_kept_and_found_after_the_accounts() -> None:
    failures = Failures()
    for place in [
        AccountRegion("1", "eu-west-1"),
        AccountRegion("1", "ap-east-1"),
        AccountRegion("2"),
        AccountRegion("1", "ap-east-1"),
    ]:
        failures.add("audit_events", place, refusal(str(place)))

    assert {str(place): str(error) for place, error in failures.of_stream("audit_events").items()} == {
        "2": "2",
        "Region ap-east-1 of account 1": "Region ap-east-1 of account 1",
        "Region eu-west-1 of account 1": "Region eu-west-1 of account 1",
    }
    assert next(iter(failures.of_stream("audit_events"))) == AccountRegion("2"), "accounts that are unread come first"
    assert list(failures.of_account("1")) == [("audit_events", "ap-east-1"), ("audit_events", "eu-west-1")]


def test_an_account_of_which_regions_failed_is_unread_only_when_they_were_all() -> None:
    failures = Failures()
    for region in ("us-east-1", "eu-west-1"):
        failures.add("audit_events", AccountRegion("1", region), refusal(region))
    assert failures.unread_streams(1) == []

    failures.nothing_read("audit_events", "1")
    assert failures.unread_streams(1) == ["audit_events"]
    assert {place: str(error) for place, error in failures.of_stream("audit_events").items()} == {
        AccountRegion("1"): "eu-west-1"
    }, "the first cause by Region, whichever came first"


def test_an_account_that_failed_for_other_reasons_than_aws_is_none_of_ours() -> None:
    failures = Failures()
    failures.nothing_read("audit_events", "1")
    failures.add("users", AccountRegion("1"), refusal())
    failures.nothing_read("audit_events", "1")

    assert list(failures.of_account("1")) == [("users", WHOLE)]


def test_a_region_is_told_with_its_account_once_for_each_cause(caplog: pytest.LogCaptureFixture) -> None:
    failures = Failures()
    with caplog.at_level(logging.WARNING, logger="airbyte.source_aws_iam"):
        for region in ("ap-east-1", "ap-east-1", "eu-west-1"):
            # The session could not be renewed.
            failures.warn("audit_events", AccountRegion("1", region), refusal("Ended.", action="sts:AssumeRole"))
        failures.warn("audit_events", AccountRegion("1", "sa-east-1"), refusal("Denied."))

    assert caplog.messages == [
        "Region ap-east-1 of account 1 is left out of audit_events. Ended.",
        "Region sa-east-1 of account 1 is left out of audit_events. Denied.",
    ]


def test_one_cause_of_an_account_is_told_once_whatever_streams_it_hits(caplog: pytest.LogCaptureFixture) -> None:
    failures = Failures()
    with caplog.at_level(logging.WARNING, logger="airbyte.source_aws_iam"):
        for stream in ("users", "groups"):
            failures.warn(stream, AccountRegion("111111111111"), refusal("The role cannot be assumed."))
        failures.warn("users", AccountRegion("111111111111"), refusal("AWS kept throttling.", code="Throttling"))
        failures.warn("users", AccountRegion("222222222222"), refusal("The role cannot be assumed."))

    assert caplog.messages == [
        f"Account {account_id} is left out of users, and of other streams that need the same. {cause}"
        for account_id, cause in [
            ("111111111111", "The role cannot be assumed."),
            ("111111111111", "AWS kept throttling."),
            ("222222222222", "The role cannot be assumed."),
        ]
    ]


def test_a_denial_that_ends_in_another_id_each_time_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    failures = Failures()
    with caplog.at_level(logging.WARNING, logger="airbyte.source_aws_iam"):
        for number in range(3):
            said = f"AWS said: not authorized. Encoded authorization failure message: {number}"
            failures.warn("users", AccountRegion("111111111111"), refusal(said))

    assert len(caplog.messages) == 1


def test_an_error_that_is_not_awss_is_kept_by_its_name_alone() -> None:
    failures = Failures()
    failures.add("users", AccountRegion("1"), KeyError("AKIAEXAMPLE"))
    failures.add("users", AccountRegion("2"), refusal())

    found = failures.of_stream("users")
    assert "unexpected KeyError" in str(found[AccountRegion("1")])
    assert "AKIA" not in str(found[AccountRegion("1")])
    assert failures.unread_streams(2) == ["users"]


def test_what_was_found_does_not_change_when_more_fails() -> None:
    failures = Failures()
    failures.add("users", AccountRegion("1"), refusal())
    found = failures.of_stream("users")
    failures.add("users", AccountRegion("2"), refusal())

    assert list(found) == [AccountRegion("1")]


def test_many_threads_tell_a_cause_once(caplog: pytest.LogCaptureFixture) -> None:
    failures = Failures()
    with caplog.at_level(logging.WARNING, logger="airbyte.source_aws_iam"), ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: failures.warn(f"stream {number}", AccountRegion("1"), refusal()), range(200)))

    assert len(caplog.messages) == 1
