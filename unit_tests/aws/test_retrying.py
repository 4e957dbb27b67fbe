"""Each call has all of its attempts, however many calls failed before it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from botocore.retries.standard import RetryContext

from aws_calls.request_path import CALL, Call
from aws_calls.retrying import Backoff
from source_aws_iam.aws.clients import SourceClients
from source_aws_iam.config import Settings

KEY = {"auth_type": "access_key", "access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "s" * 40}


BODIES = {
    200: b"<GetAccountSummaryResponse><GetAccountSummaryResult/></GetAccountSummaryResponse>",
    503: b"<ErrorResponse><Error><Code>ServiceUnavailable</Code></Error></ErrorResponse>",
}


class Raw(BytesIO):
    def stream(self, **_: Any) -> Any:
        yield self.read()


class Answering:
    """An IAM client that is answered without a network: 503, but every `good`th time."""

    def __init__(self, *, attempts: int, good: int = 0) -> None:
        self.asked = 0
        self._good = good
        clients = SourceClients(Settings.of({"credentials": KEY}).options, attempts=attempts)
        self._call = Call(clients.base())
        self._iam = clients.client("iam", "us-east-1")
        self._iam.meta.events.register_last("before-send.iam", self._answer)

    def call(self) -> None:
        self._iam.get_account_summary(**{CALL: self._call})

    def _answer(self, **_: Any) -> AWSResponse:
        self.asked += 1
        status = 200 if self._good and self.asked % self._good == 0 else 503
        headers: Any = {}
        return AWSResponse("https://iam.amazonaws.com/", status, headers, Raw(BODIES[status]))


def test_calls_that_failed_take_no_tries_from_later_ones() -> None:
    aws = Answering(attempts=2)
    for number in range(1, 61):
        with pytest.raises(ClientError, match="ServiceUnavailable"):
            aws.call()
        assert aws.asked == 2 * number


def test_a_call_is_tried_until_it_succeeds_and_not_once_more() -> None:
    aws = Answering(attempts=3, good=3)
    aws.call()
    assert aws.asked == 3


@pytest.mark.parametrize("attempts", [1, 2, 4])
def test_it_is_tried_as_often_as_it_may_be(attempts: int) -> None:
    aws = Answering(attempts=attempts)
    with pytest.raises(ClientError):
        aws.call()
    assert aws.asked == attempts


@pytest.mark.parametrize(("asked", "waits"), [(30, 30), (10**9, 60), (None, 0), ("soon", 0), (-1, 0)])
def test_a_wait_that_the_answer_asks_for_is_kept(asked: object, waits: int) -> None:
    """As identitystore does while AWS KMS throttles it."""
    backoff = Backoff(random=lambda: 0.0)
    assert backoff.delay_amount(RetryContext(1, parsed_response={"RetryAfterSeconds": asked})) == waits
    assert backoff.delay_amount(RetryContext(1, caught_exception=OSError())) == 0
