"""One account of a sync: a failed sign-in is remembered, without the frames of its caller."""

from __future__ import annotations

import gc
from typing import Any, cast

import pytest

from aws_calls.errors import AwsError
from source_aws_iam.sync.account_handle import AccountHandle
from unit_tests.sync.test_failures import read_until_refused, refusal


class Session:
    """The session of an account that nobody may sign in to."""

    account_id = "111111111111"
    asked = 0

    def sign_in(self) -> None:
        self.asked += 1
        raise refusal()


def test_what_a_stream_had_read_is_not_kept_with_the_refusal_that_the_next_one_gets() -> None:
    session = Session()
    member = AccountHandle(cast(Any, session))
    read = [read_until_refused(member.sign_in, str) for _ in range(2)]
    with pytest.raises(AwsError):
        member.sign_in()
    gc.collect()

    assert session.asked == 1
    assert [answer() for answer in read] == [None, None]
