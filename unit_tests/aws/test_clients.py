"""Clients that accounts share: how many of their requests are on the wire at a time, and how they read times."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from io import BytesIO
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import EndpointConnectionError
from botocore.parsers import ResponseParserError

from aws_calls.request_path import CALL, Call
from source_aws_iam.aws.clients import SourceClients
from source_aws_iam.config import Settings

KEY = {"auth_type": "access_key", "access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "s" * 40}


class Raw(BytesIO):
    def stream(self, **_: Any) -> Any:
        yield self.read()


def answering(body: bytes | Exception, service: str = "iam") -> tuple[dict[str, Any], Any]:
    """The parameter that says whose call it is, and a client with one slot that is answered without a network."""
    clients = SourceClients(Settings.of({"credentials": KEY, "num_workers": 1}).options, attempts=1)
    client = clients.client(service, "us-east-1")

    def answer(**_: Any) -> AWSResponse:
        if isinstance(body, Exception):
            raise body
        headers: Any = {}
        return AWSResponse("https://iam.amazonaws.com/", 200, headers, Raw(body))

    client.meta.events.register_last(f"before-send.{service}", answer)
    return {CALL: Call(clients.base())}, client


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
    call, iam = answering(body)
    done = threading.Event()

    def calls() -> None:
        for _ in range(3):
            with pytest.raises(raised):
                iam.get_account_summary(**call)
        done.set()

    threading.Thread(target=calls, daemon=True).start()
    assert done.wait(20), "a slot was not given back"


@pytest.fixture
def clocks_of_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine where the time from 02:00 to 03:00 comes twice on the last Sunday of October."""
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0/2,M10.5.0/3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("clocks_of_berlin")
def test_times_are_utc_also_where_the_clocks_of_the_machine_are_set_back() -> None:
    times = [datetime(2026, 10, 25, hour, 30, tzinfo=timezone.utc) for hour in (0, 1)]
    body = json.dumps({"Accounts": [{"JoinedTimestamp": moment.timestamp()} for moment in times]})
    call, organizations = answering(body.encode(), "organizations")
    answer = organizations.list_accounts(**call)
    joined = [account["JoinedTimestamp"].isoformat() for account in answer["Accounts"]]
    assert joined == [moment.isoformat() for moment in times]


def test_times_in_xml_are_utc() -> None:
    call, iam = answering(
        b"<GetUserResponse><GetUserResult><User><CreateDate>2026-01-02T03:04:05Z</CreateDate></User></GetUserResult>"
        b"</GetUserResponse>"
    )
    answer = iam.get_user(**call)
    assert answer["User"]["CreateDate"].isoformat() == "2026-01-02T03:04:05+00:00"


def test_a_call_that_does_not_say_whose_it_is_does_not_leave() -> None:
    _, iam = answering(b"")
    with pytest.raises(RuntimeError, match="whose call it is"):
        iam.get_user()
