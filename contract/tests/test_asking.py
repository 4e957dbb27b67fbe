"""What AWS may say to a question, and what becomes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

from aws_calls.options import AccessKey, Options
from contract.asking import Asking
from contract.callers import Callers
from contract.embedded import SEED, without_quotas
from contract.learning import learn
from contract.wire import Wire
from embedded_aws import Answer, EmbeddedAws
from source_aws_iam.aws.clients import SourceClients
from source_aws_iam.aws.session import Session
from source_aws_iam.config import Settings

IDENTITY = (
    b"<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/ana</Arn>"
    b"<Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
)
INVALID = b"<ErrorResponse><Error><Code>ValidationError</Code><Message>ana</Message></Error></ErrorResponse>"


class Body:
    def __init__(self, text: bytes) -> None:
        self._text = text

    def stream(self) -> Iterator[bytes]:
        yield self._text


def test_what_aws_itself_finds_wrong_in_a_request_is_kept_like_any_refusal() -> None:
    clients = SourceClients(Options(key=AccessKey("A" * 16, "b")))

    def answered(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        status, body = (200, IDENTITY) if "sts" in request.url else (400, INVALID)
        return AWSResponse(request.url, status, HTTPHeaders(), Body(body))

    for service in ("sts", "iam"):
        clients.client(service, "us-east-1").meta.events.register(f"before-send.{service}", answered)
    hub = Session.of_credentials(clients)
    asking = Asking(Callers(clients, hub, hub, "us-east-1"), Wire())
    asking.ask("iam.list_users")
    kept = {"call": "the first page", "status": 400, "headers": {"content-type": "another"}, "code": "ValidationError"}
    assert asking.recording == {"iam.list_users": [kept]}
    assert asking.unanswered == {}


def test_a_question_that_cannot_be_asked_is_told_with_the_reason() -> None:
    with EmbeddedAws(seed=SEED) as aws:
        aws.rewrite("iam:ListPolicies", lambda _, answer: Answer(200, re.sub(b"arn:[^<]*", b"short", answer.body)))
        learned = learn(without_quotas(Settings.of(aws.config())), ["iam.get_policy"])
    assert [*learned.unanswered] == ["iam.get_policy"]
    assert "PolicyArn" in str(learned.unanswered["iam.get_policy"])
    assert [kept["call"] for kept in learned.recording["iam.get_policy"]] == ["an entity that nobody has"]
