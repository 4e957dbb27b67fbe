"""What the connector uses of botocore and urllib3, without a promise, while a call is made."""

from __future__ import annotations

import re
import threading
from socketserver import StreamRequestHandler, TCPServer
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ProxyConnectionError

from unit_tests.private_uses.aws_client import BUSY, GOOD, client
from unit_tests.private_uses.uses import canary, name, parameters

DOCUMENT = (
    b"<GetPolicyVersionResponse><GetPolicyVersionResult><PolicyVersion><Document>%7B%7D</Document></PolicyVersion>"
    b"</GetPolicyVersionResult></GetPolicyVersionResponse>"
)
VERSION = {"PolicyArn": "arn:aws:iam::aws:policy/ReadOnly", "VersionId": "v1"}
NOBODY = EndpointConnectionError(endpoint_url="https://iam.amazonaws.com/")


def heard(aws: Any, *events: str) -> list[tuple[str, dict[str, Any]]]:
    """What botocore emits from now on of these events: the event's name and what comes with it."""
    found: list[tuple[str, dict[str, Any]]] = []

    def hear(event_name: str, **brought: Any) -> None:
        found.append((event_name.partition(".")[0], brought))

    for event in events:
        aws.meta.events.register(f"{event}.iam", hear)
    return found


@canary(
    "botocore emits `request-created` for each attempt, before it signs",
    sign="request-created",
    why="Retries are paced too, and a request that waited is signed when it leaves.",
    instead="Wait in `before-send`, which is documented, if signatures may be that old; else pace around the call.",
)
def test_each_attempt_is_announced_before_it_is_signed() -> None:
    aws = client(BUSY, GOOD, attempts=2)
    order = list[str]()
    aws.meta.events.register_first("request-created.iam", lambda **_: order.append("created"))
    aws.meta.events.register("before-sign.iam", lambda **_: order.append("signing"))
    aws.get_user()
    assert order == ["created", "signing"] * 2


@canary(
    "botocore emits `response-received` after each attempt, with the `context` of its request and what was parsed",
    sign="response-received",
    why="It gives the slot back, and tells the pacer how long the answer took and whether AWS throttled.",
    instead="Time and judge the call in `calls.py`, per call instead of per attempt.",
)
def test_each_answer_is_announced_with_the_context_of_its_request() -> None:
    aws = client(BUSY, NOBODY, GOOD, attempts=3)
    contexts = []
    aws.meta.events.register("request-created.iam", lambda request, **_: contexts.append(request.context))
    found = heard(aws, "response-received")
    aws.get_user()
    brought = [one for _, one in found]
    assert [one["context"] is context for one, context in zip(brought, contexts, strict=True)] == [True] * 3
    assert [(one["parsed_response"] or {}).get("Error", {}).get("Code") for one in brought] == [
        "ServiceUnavailable",
        None,
        None,
    ]


@canary(
    "botocore emits `after-call-error` where it raises anything but an error answer",
    sign="after-call-error",
    why="An answer that cannot be read is no response to botocore, and its slot has to be given back.",
    instead="Hold the slot in `calls.py`, around the call.",
)
def test_a_call_that_raises_is_announced() -> None:
    aws = client(MemoryError())
    found = heard(aws, "after-call-error")
    with pytest.raises(MemoryError):
        aws.get_user()
    assert [event for event, _ in found] == ["after-call-error"]


@canary(
    "botocore emits `before-parse` with a `response_dict` whose body may be replaced, and a `customized_response_dict` "
    "that is added to what is parsed",
    sign="before-parse",
    why="Events are read as they came: one of another type must not cost its page.",
    instead="Read the answer in the parser of `parsers.py`, by the name of its shape: it is our own.",
)
def test_an_answer_may_be_read_before_it_is_parsed() -> None:
    def read(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
        assert (response_dict["status_code"], response_dict["body"]) == (200, b'{"Events": 1}')
        response_dict["body"] = b"{}"
        customized_response_dict["Events"] = ["ours"]

    aws = client((200, b'{"Events": 1}'), service="cloudtrail")
    aws.meta.events.register("before-parse.cloudtrail.LookupEvents", read)
    assert aws.lookup_events()["Events"] == ["ours"]


@canary(
    "botocore asks `needs-retry` after each attempt, and takes the first delay that a handler returns",
    sign="needs-retry",
    why="Every call is tried as often as it may be, where botocore's own handler has used up the client's budget.",
    instead="Retry in `calls.py`, with `total_max_attempts: 1` for botocore, or use the setting that takes the "
    "budget away, if there is one by then.",
)
def test_a_handler_decides_whether_a_call_is_tried_again() -> None:
    aws = client(BUSY, GOOD, attempts=1)
    aws.meta.events.register("needs-retry.iam", lambda attempts, **_: 0 if attempts == 1 else None)
    assert aws.get_user()["User"] == {"UserName": "ana"}


@canary(
    "`botocore.retries` has the conditions and waits of the standard mode as classes, and its budget apart from them",
    sign="botocore.retries",
    why="AWS decides what is worth another try, and how long to wait for it.",
    instead="Write the conditions down in `retrying.py`: connection errors, 5xx, and the codes of throttling.",
)
def test_the_parts_of_the_standard_mode_can_be_put_together() -> None:
    assert parameters("botocore.retries.standard:RetryHandler") >= {
        "retry_policy",
        "retry_event_adapter",
        "retry_quota",
    }
    assert parameters("botocore.retries.standard:RetryPolicy") >= {"retry_checker", "retry_backoff"}
    assert parameters("botocore.retries.standard:StandardRetryConditions") >= {"max_attempts"}
    assert parameters("botocore.retries.standard:ExponentialBackoff") >= {"throttling_detector"}
    assert name("botocore.retries.quota:RetryQuota")(7).acquire(7)


@canary(
    "botocore decodes policy documents in `botocore.handlers.json_decode_policies`, registered for `after-call.iam`",
    sign="json_decode_policies",
    why="It raises at a document that is nested deep, so the connector takes it away and decodes them itself.",
    instead="Find what decodes them now, or take documents that are objects in `values.py`.",
)
def test_policy_documents_are_decoded_by_a_handler_that_can_be_taken_away() -> None:
    aws = client((200, DOCUMENT), (200, DOCUMENT))
    assert aws.get_policy_version(**VERSION)["PolicyVersion"]["Document"] == {}
    aws.meta.events.unregister("after-call.iam", name("botocore.handlers:json_decode_policies"))
    assert aws.get_policy_version(**VERSION)["PolicyVersion"]["Document"] == "%7B%7D"


@canary(
    "botocore asks `response_parser_factory` for a parser of each answer, whose `parse` gets `body`, `headers` and "
    "`status_code`, and reads a modeled error with it once more",
    sign="create_parser",
    why="Answers that are not AWS's, and odd values, are told apart where the answer is read.",
    instead="See `botocore/endpoint.py` for who reads answers now, and let `core.py` register ours there.",
)
def test_the_parser_is_ours() -> None:
    read: list[tuple[set[str], bool]] = []

    class Factory:
        def create_parser(self, protocol_name: str) -> Any:
            assert protocol_name == "query"
            return Parser()

    class Parser:
        def parse(self, response: dict[str, Any], shape: Any) -> dict[str, Any]:
            read.append((set(response), bool(shape.metadata.get("exception"))))
            return {"Error": {"Code": "NoSuchEntity", "Message": ""}, "ResponseMetadata": {}}

    aws = client((404, b""), parsers=Factory())
    with pytest.raises(aws.exceptions.NoSuchEntityException):
        aws.get_user()
    assert [exception for _, exception in read] == [False, True]
    assert all(keys >= {"body", "headers", "status_code"} for keys, _ in read)


@canary(
    "botocore's parsers give an error without a code its status for a code",
    sign="_NO_CODE",
    why="An error that has no code of its own is something else's, and not AWS's.",
    instead="Add what botocore makes up now to `_NO_CODE` in `foreign.py`.",
)
def test_an_error_without_a_code_gets_its_status() -> None:
    for service, body in (("iam", b""), ("iam", b"<html>no</html>"), ("cloudtrail", b"{}")):
        aws = client((503, body), service=service)
        with pytest.raises(ClientError) as raised:
            aws.get_user() if service == "iam" else aws.lookup_events()
        assert raised.value.response["Error"].get("Code") == "503"


@canary(
    "botocore's exceptions keep in `kwargs` what they are about",
    sign="kwargs",
    why="Sentences name the profile, the file or the variable, and never repeat botocore's whole text.",
    instead="Read it from the text with a regular expression for each kind, or say the sentence without it.",
)
def test_exceptions_say_what_they_are_about() -> None:
    assert name("botocore.exceptions:ProfileNotFound")(profile="dev").kwargs == {"profile": "dev"}
    assert dict(NOBODY.kwargs) == {"endpoint_url": "https://iam.amazonaws.com/"}


@canary(
    "A certificate for another name is urllib3's `CertificateError`, by the name of its class",
    sign="CertificateError",
    why="It needs another sentence than one whose issuer is unknown.",
    instead="Find what urllib3 raises now, and let `environment.py` know it.",
)
def test_a_certificate_for_another_name_has_an_exception_of_its_own() -> None:
    matching = name("urllib3.util.ssl_match_hostname:match_hostname")
    with pytest.raises(ValueError, match="doesn't match") as raised:
        matching({"subjectAltName": (("DNS", "example.com"),)}, "example.org")
    assert type(raised.value).__name__ == "CertificateError"


@canary(
    "A proxy that refuses to connect is an OSError whose text has `Tunnel` and the status",
    sign="Tunnel.*",
    why="Whether the proxy asks for a password is all that can be told from it.",
    instead="Recognize it by its new text in `environment.py`.",
)
def test_a_proxy_that_refuses_says_its_status() -> None:
    class Refusing(StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            self.wfile.write(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")

    with TCPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        proxies = {"https": f"http://127.0.0.1:{server.server_address[1]}"}
        request = name("botocore.awsrequest:AWSRequest")("GET", "https://iam.amazonaws.com/").prepare()
        with pytest.raises(ProxyConnectionError) as raised:
            name("botocore.httpsession:URLLib3Session")(proxies=proxies).send(request)
        thread.join()
    assert re.search(r"Tunnel.*?: 407", str(raised.value.kwargs["error"]))
