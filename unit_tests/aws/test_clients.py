"""Clients that accounts share: how many of their requests are on the wire at a time."""

from __future__ import annotations

import threading
from io import BytesIO
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import EndpointConnectionError
from botocore.parsers import ResponseParserError

from source_aws_iam.aws.clients import Clients
from source_aws_iam.settings import Settings

KEY = {"auth_type": "access_key", "access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "s" * 40}


class Raw(BytesIO):
    def stream(self, **_: Any) -> Any:
        yield self.read()


def answering(body: bytes | Exception) -> tuple[Clients, Any]:
    """Clients with one slot, and an IAM client that is answered without a network."""
    clients = Clients(Settings.of({"credentials": KEY, "num_workers": 1}), attempts=1)
    iam = clients.client("iam", "us-east-1")

    def answer(**_: Any) -> AWSResponse:
        if isinstance(body, Exception):
            raise body
        headers: Any = {}
        return AWSResponse("https://iam.amazonaws.com/", 200, headers, Raw(body))

    iam.meta.events.register_last("before-send.iam", answer)
    return clients, iam


@pytest.mark.parametrize(
    ("body", "raised"),
    [
        (b"<html><body>Bad gateway", ResponseParserError),
        (EndpointConnectionError(endpoint_url="https://iam.amazonaws.com/"), EndpointConnectionError),
        (MemoryError(), MemoryError),
    ],
    ids=["unreadable", "unreachable", "bug"],
)
def test_a_call_that_fails_gives_its_slot_back(body: bytes | Exception, raised: type[Exception]) -> None:
    clients, iam = answering(body)
    done = threading.Event()

    def calls() -> None:
        with clients.base().calling():
            for _ in range(3):
                with pytest.raises(raised):
                    iam.get_account_summary()
        done.set()

    threading.Thread(target=calls, daemon=True).start()
    assert done.wait(20), "a slot was not given back"
