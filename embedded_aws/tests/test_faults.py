"""Embedded AWS breaks on demand, counts every request, and speaks HTTP/1.1."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from botocore.parsers import ResponseParserError

from embedded_aws import AccessKey, EmbeddedAws, Fault
from embedded_aws.control.faults import Kind


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(lookup_rate=None) as embedded:
        yield embedded


def error_of(call: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call()
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


QUERY = ("iam", "list_users", "iam:ListUsers")
JSON = ("cloudtrail", "lookup_events", "cloudtrail:LookupEvents")
EC2 = ("ec2", "describe_regions", "ec2:DescribeRegions")


@pytest.mark.parametrize(
    ("kind", "target", "code", "status"),
    [
        ("throttle", QUERY, "Throttling", 400),
        ("throttle", JSON, "ThrottlingException", 400),
        ("throttle", EC2, "RequestLimitExceeded", 503),
        ("internal_error", QUERY, "InternalFailure", 500),
        ("internal_error", JSON, "InternalFailure", 500),
        ("unavailable", QUERY, "ServiceUnavailable", 503),
        ("unavailable", JSON, "ServiceUnavailable", 503),
        ("access_denied", QUERY, "AccessDenied", 403),
        ("access_denied", JSON, "AccessDeniedException", 400),
        ("access_denied", EC2, "UnauthorizedOperation", 403),
        ("expired_token", QUERY, "ExpiredToken", 403),
        ("expired_token", JSON, "ExpiredTokenException", 400),
    ],
)
def test_errors_come_in_the_words_of_the_protocol(
    aws: EmbeddedAws, kind: Kind, target: tuple[str, str, str], code: str, status: int
) -> None:
    service, call, action = target
    called = getattr(aws.client_of(aws.base_key, service), call)
    aws.fail(Fault(action, kind))
    assert error_of(called) == (code, status)
    assert called()


@pytest.mark.parametrize(
    ("call", "arguments", "resource"),
    [
        ("list_users", {}, "arn:aws:iam::123456789012:user/"),
        ("get_group", {"GroupName": "g"}, "arn:aws:iam::123456789012:group/g"),
        ("get_account_authorization_details", {}, "*"),
    ],
)
def test_a_denial_names_caller_action_and_resource(
    aws: EmbeddedAws, call: str, arguments: dict[str, str], resource: str
) -> None:
    aws.fail(Fault("*", "access_denied"))
    client = aws.client_of(aws.base_key, "iam")
    with pytest.raises(ClientError) as caught:
        getattr(client, call)(**arguments)
    action = f"iam:{client.meta.method_to_api_mapping[call]}"
    assert caught.value.response["Error"]["Message"] == (
        f"User: arn:aws:iam::123456789012:user/connector is not authorized to perform: {action} "
        f"on resource: {resource} because no identity-based policy allows the {action} action"
    )


@pytest.mark.parametrize(("service", "call", "_action"), [QUERY, JSON])
def test_a_reset_connection_is_reset_and_not_closed(aws: EmbeddedAws, service: str, call: str, _action: str) -> None:
    aws.fail(Fault("*", "reset"))
    with pytest.raises(ConnectionClosedError) as caught:
        getattr(aws.client_of(aws.base_key, service), call)()
    assert "Connection reset by peer" in repr(caught.value.kwargs["error"])


def test_a_connection_that_is_reset_in_the_middle_of_a_body_is_no_answer(aws: EmbeddedAws) -> None:
    aws.fail(Fault("*", "cut_off"))
    with pytest.raises(ConnectionClosedError):
        aws.client_of(aws.base_key, "cloudtrail").lookup_events()


def test_a_forgotten_token_is_refused_in_lookup_events_own_words(aws: EmbeddedAws) -> None:
    aws.fail(Fault("cloudtrail:LookupEvents", "forgotten_token", times=None))
    trail = aws.client_of(aws.base_key, "cloudtrail")
    assert trail.lookup_events()["Events"] == []
    with pytest.raises(ClientError, match="InvalidNextTokenException"):
        trail.lookup_events(NextToken="of yesterday")


def test_an_answer_that_is_undated_lacks_the_header_and_nothing_else(aws: EmbeddedAws) -> None:
    called = aws.client_of(aws.base_key, "iam").list_users
    aws.fail(Fault("iam:ListUsers", "undated"))
    undated, dated = called(), called()
    headers = [answer["ResponseMetadata"]["HTTPHeaders"] for answer in (undated, dated)]
    assert headers[1].keys() - headers[0].keys() == {"date"}
    assert undated["Users"] == dated["Users"] != []


def test_broken_json_is_what_the_sdk_makes_of_it(aws: EmbeddedAws) -> None:
    """botocore swallows all of these: a client must see for itself that `Events` is missing."""
    called = aws.client_of(aws.base_key, "cloudtrail").lookup_events
    kinds: tuple[Kind, ...] = ("empty_body", "truncated_body", "malformed_body", "missing_members")
    for kind in kinds:
        aws.fail(Fault("cloudtrail:LookupEvents", kind))
        answer = called()
        assert "Events" not in answer, kind
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert called()["Events"] == []


def test_broken_xml_is_what_the_sdk_makes_of_it(aws: EmbeddedAws) -> None:
    called = aws.client_of(aws.base_key, "iam").list_users
    kinds: tuple[Kind, ...] = ("empty_body", "truncated_body", "malformed_body")
    for kind in kinds:
        aws.fail(Fault("iam:ListUsers", kind))
        with pytest.raises(ResponseParserError):
            called()
    aws.fail(Fault("iam:ListUsers", "missing_members"))
    assert "IsTruncated" not in called()
    assert called()["Users"]


def test_a_fault_strikes_as_often_as_it_was_told_to(aws: EmbeddedAws) -> None:
    called = aws.client_of(aws.base_key, "iam").list_users
    aws.fail(Fault("iam:ListUsers", "throttle", times=2, after=1))
    assert called()
    assert [error_of(called)[0] for _ in range(2)] == ["Throttling", "Throttling"]
    assert called()


def test_a_fault_for_ever_lasts_until_healed(aws: EmbeddedAws) -> None:
    called = aws.client_of(aws.base_key, "iam").list_users
    aws.fail(Fault("*", "unavailable", times=None))
    assert {error_of(called) for _ in range(4)} == {("ServiceUnavailable", 503)}
    aws.heal()
    assert called()


def test_a_fault_strikes_only_its_action_and_its_region(aws: EmbeddedAws) -> None:
    aws.fail(Fault("cloudtrail:LookupEvents", "throttle", times=None, region="eu-west-1"))
    assert aws.client_of(aws.base_key, "iam", "eu-west-1").list_users()
    assert aws.client_of(aws.base_key, "cloudtrail").lookup_events()
    assert error_of(aws.client_of(aws.base_key, "cloudtrail", "eu-west-1").lookup_events)[0] == "ThrottlingException"


def test_faults_follow_each_other(aws: EmbeddedAws) -> None:
    called = aws.client_of(aws.base_key, "iam").list_users
    aws.fail(Fault("iam:ListUsers", "throttle"))
    aws.fail(Fault("*", "internal_error"))
    assert [error_of(called)[0], error_of(called)[0]] == ["Throttling", "InternalFailure"]
    assert called()


def test_the_test_s_own_hand_is_neither_faulted_nor_counted(aws: EmbeddedAws) -> None:
    aws.fail(Fault("*", "unavailable", times=None))
    assert aws.client("iam").list_users()
    assert aws.requests_total() == 0


def test_every_attempt_is_counted_by_account_region_and_action(aws: EmbeddedAws) -> None:
    iam = aws.client_of(aws.base_key, "iam")
    aws.fail(Fault("iam:ListUsers", "throttle"))
    aws.fail(Fault("iam:ListUsers", "reset", after=1))
    with pytest.raises(ClientError):
        iam.list_users()
    iam.list_users()
    with pytest.raises(ConnectionClosedError):
        iam.list_users()
    aws.client_of(aws.base_key, "cloudtrail", "eu-west-1").lookup_events()
    error_of(aws.client_of(AccessKey("AKIANOBODY", "x"), "iam").list_users)
    assert aws.requests == {
        (aws.account_id, "us-east-1", "iam:ListUsers"): 3,
        (aws.account_id, "eu-west-1", "cloudtrail:LookupEvents"): 1,
        ("unknown", "us-east-1", "iam:ListUsers"): 1,
    }
    assert aws.requests_total() == 5
    aws.reset_requests()
    assert aws.requests_total() == 0


def test_requests_of_many_threads_are_all_served_and_counted(aws: EmbeddedAws) -> None:
    trail = aws.client_of(aws.base_key, "cloudtrail", max_pool_connections=8)
    threads = [threading.Thread(target=lambda: [trail.lookup_events() for _ in range(20)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert aws.requests[aws.account_id, "us-east-1", "cloudtrail:LookupEvents"] == 160


def test_connections_are_kept_alive_and_nothing_is_logged(aws: EmbeddedAws, capfd: pytest.CaptureFixture[str]) -> None:
    connection = HTTPConnection(aws.url.removeprefix("http://"))
    for _ in range(2):
        connection.request("POST", "/", body="Action=ListUsers&Version=2010-05-08")
        used = connection.sock
        answer = connection.getresponse()
        assert answer.status == 403
        assert answer.read().startswith(b"<ErrorResponse>")
        assert connection.sock is used is not None
    connection.close()
    assert capfd.readouterr() == ("", "")


def test_a_stopped_server_hangs_up_on_clients_that_keep_their_connection() -> None:
    with EmbeddedAws() as aws:
        connection = HTTPConnection(aws.url.removeprefix("http://"), timeout=60)
        connection.request("GET", "/")
        connection.getresponse().read()
    sock = connection.sock
    assert sock is not None
    assert sock.recv(1) == b""
    connection.close()


def test_one_embedded_aws_after_another_starts_empty() -> None:
    with EmbeddedAws() as first:
        first.client("iam").create_user(UserName="ana")
        first.events.add({"eventID": "1", "eventTime": "2026-01-15T12:00:00Z", "awsRegion": "us-east-1"})
        first.client_of(first.base_key, "iam").list_users()
    with EmbeddedAws() as second:
        assert [user["user_name"] for user in second.users_truth()] == ["connector"]
        assert second.events.visible() == []
        assert second.requests_total() == 0
