"""Answers that a test gives instead of AWS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from embedded_aws import Answer, EmbeddedAws


@pytest.fixture
def empty_aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as embedded:
        yield embedded


def test_a_rewritten_answer_reaches_the_caller_and_not_the_hand_of_the_test(empty_aws: EmbeddedAws) -> None:
    empty_aws.rewrite("iam:ListUsers", lambda _, answer: Answer(200, answer.body.replace(b"false", b"true")))
    assert empty_aws.client_of(empty_aws.base_key, "iam").list_users()["IsTruncated"]
    assert not empty_aws.client("iam").list_users()["IsTruncated"]
    assert not empty_aws.client_of(empty_aws.base_key, "iam").list_groups()["IsTruncated"]


def test_a_rewrite_may_replace_refusals_too_and_ends_with_the_faults(empty_aws: EmbeddedAws) -> None:
    empty_aws.rewrite("*", lambda _, __: Answer(418, b"<html>teapot</html>", {"Content-Type": "text/html"}))
    with pytest.raises(ClientError) as refused:
        empty_aws.client_of(empty_aws.base_key, "sts").get_caller_identity()
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 418
    empty_aws.heal()
    assert empty_aws.client_of(empty_aws.base_key, "sts").get_caller_identity()
