"""Answers that are not AWS's, read as botocore reads AWS's."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from botocore.parsers import ResponseParserError
from botocore.session import Session
from hypothesis import given, settings
from hypothesis import strategies as st

from aws_calls.foreign import ForeignAnswerError, Parsers, has_code

CALLS = [
    ("iam", "ListUsers"),
    ("sts", "GetCallerIdentity"),
    ("ec2", "DescribeRegions"),
    ("cloudtrail", "LookupEvents"),
    ("organizations", "ListAccounts"),
]
FOREIGN = [
    b"<html><body>sign in</body></html>",
    b"<!DOCTYPE html>\n<html><head><meta charset=utf-8><body>sign in",
    b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><body/></html>",
    b"<Error><Code>PermanentRedirect</Code><Endpoint>s3.amazonaws.com</Endpoint></Error>",
    b"<ErrorResponse><Error><Code><b>x</b></Code></Error></ErrorResponse>",
    b"OK",
    b'{"status": "ok"}',
    b'{"message": "Forbidden"}',
    b'{"error": {"code": 403}}',
    b'{"__type": 5}',
    b"[]",
    b"[1]",
    b"null",
    b'"Events"',
    b"3",
    b"\xff\xfe\x00",
    b"[" * 5000,
]


@cache
def shape(service: str, operation: str) -> tuple[Any, str]:
    model: Any = Session().get_service_model(service)
    return model.operation_model(operation).output_shape, model.resolved_protocol


def read(call: tuple[str, str], status: int, body: bytes) -> dict[str, Any]:
    output, protocol = shape(*call)
    response = {"status_code": status, "headers": {"X-Amzn-RequestId": "r-1"}, "body": body, "context": {}}
    return dict(Parsers().create_parser(protocol).parse(response, output))


@pytest.mark.parametrize("body", [body for body in FOREIGN if b"ErrorResponse" not in body])
@pytest.mark.parametrize("call", CALLS)
def test_success_with_a_foreign_body_is_told_from_an_answer_of_aws(call: tuple[str, str], body: bytes) -> None:
    with pytest.raises(ForeignAnswerError) as raised:
        read(call, 200, body)
    assert raised.value.status == 200


@pytest.mark.parametrize("status", [300, 301, 302, 307, 401, 403, 404, 407, 418, 429, 500, 501, 502, 503, 520])
@pytest.mark.parametrize("call", CALLS)
def test_a_foreign_error_has_its_status_for_a_code_and_nothing_of_its_text(call: tuple[str, str], status: int) -> None:
    for body in [*FOREIGN, b"", b"   "]:
        parsed = read(call, status, body)
        assert not has_code(parsed["Error"]["Code"], status), body
        assert parsed["ResponseMetadata"]["HTTPStatusCode"] == status
        assert parsed["Error"]["Message"] in ("", "Internal Server Error") or status >= 500


@pytest.mark.parametrize("call", CALLS[:3])
@pytest.mark.parametrize(
    "body",
    [
        "",
        "<{0}Response xmlns='https://iam.amazonaws.com/doc/2010-05-08/'>\n  <{0}Res",
        "<?xml version='1.0'?>\n<!-- x --><ns:{0}Response xmlns:ns='x'>",
    ],
)
def test_an_answer_of_aws_in_xml_that_was_cut_is_broken_and_not_foreign(call: tuple[str, str], body: str) -> None:
    with pytest.raises(ResponseParserError) as raised:
        read(call, 200, body.format(call[1]).encode())
    assert not isinstance(raised.value, ForeignAnswerError)


@pytest.mark.parametrize(
    ("call", "body"),
    [
        (CALLS[3], b""),
        (CALLS[3], b"{}"),
        (CALLS[3], b'{"Events": [{"EventId": "e-'),
        (CALLS[4], b'{"Accounts": [{"Id": '),
    ],
)
def test_an_answer_of_aws_in_json_that_was_cut_has_no_members_and_is_not_foreign(
    call: tuple[str, str], body: bytes
) -> None:
    assert read(call, 200, body).keys() == {"ResponseMetadata"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<UnknownOperationException/>", "UnknownOperationException"),
        (
            b"<AccessDeniedException>\n <Message>Unable to determine</Message></AccessDeniedException>",
            "AccessDeniedException",
        ),
        (b"<ErrorResponse><Error><Code>Throttling</Code><Message/></Error></ErrorResponse>", "Throttling"),
    ],
)
def test_the_codes_of_aws_are_kept_wherever_they_stand(body: bytes, code: str) -> None:
    parsed = read(("iam", "ListUsers"), 403, body)
    assert (parsed["Error"]["Code"], parsed["Error"]["Message"]) == (code, "")


@settings(deadline=None)  # the first example reads the models
@given(call=st.sampled_from(CALLS), status=st.integers(200, 599), body=st.binary() | st.text().map(str.encode))
def test_whatever_comes_is_an_answer_or_an_error_with_a_code(call: tuple[str, str], status: int, body: bytes) -> None:
    try:
        parsed = read(call, status, body)
    except ResponseParserError:
        assert status < 300
    else:
        assert status < 300 or isinstance(parsed["Error"]["Code"], str)
