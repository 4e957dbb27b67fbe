"""Answers that are not AWS's: of a proxy, a gateway, a login page, another server."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.models import Status

from embedded_aws import Answer, Call, EmbeddedAws
from integration_tests.conftest import FAST
from integration_tests.connector import EVERY_STREAM, read, run
from source_aws_iam.check.connection import check_connection
from source_aws_iam.source import SourceAwsIam

NOT_AWS = "was answered by something that is not AWS"
PAGE = b"<html><head><title>Sign in</title></head><body>IQoJsecret</body></html>"
# Those that fail with AWS: sync_coverage tells of it, and trail_digests reads the bucket of a trail, if any.
ASKING = [stream for stream in EVERY_STREAM if stream not in {"sync_coverage", "trail_digests"}]
BODIES = {
    "a page": (PAGE, "text/html"),
    "a page with a doctype": (b"<!DOCTYPE html>\n<html><meta charset=utf-8><br>", "text/html"),
    "text": (b"Forbidden by policy 17", "text/plain"),
    "nothing": (b"", "text/plain"),
    "JSON": (b'{"error": {"code": 403, "message": "IQoJsecret"}}', "application/json"),
    "a list": (b"[]", "application/json"),
    "S3": (b"<Error><Code>PermanentRedirect</Code><Message>no</Message></Error>", "application/xml"),
}


def answering(status: int, body: bytes = PAGE, kind: str = "text/html", *, but: str = "") -> Any:
    """A gateway that lets only the service `but` through to AWS."""

    def rewrite(call: Call, answer: Answer) -> Answer:
        return answer if call.service == but else Answer(status, body, {"Content-Type": kind})

    return rewrite


@cache
def streams_of_the_manifest() -> list[dict[str, Any]]:
    """The same with every config. To resolve them takes longer than the calls of a connection test."""
    streams: list[dict[str, Any]] = SourceAwsIam(config={}).resolved_manifest["streams"]
    return streams


def checked(config: dict[str, Any]) -> tuple[Status, str]:
    """The connection test in this process."""
    status = check_connection(config, streams_of_the_manifest())
    return status.status, status.message or ""


def test_a_login_page_in_the_place_of_every_service_is_named_by_every_stream(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    """Of a success, which is no error to botocore. STS is let through: otherwise nothing else would be asked."""
    empty_aws.rewrite("*", answering(200, but="sts"))
    output = read(empty_aws.config(**FAST), tmp_path, streams=EVERY_STREAM)
    assert output.exit_code == 1
    assert {error["failure_type"] for error in output.errors} == {"transient_error"}
    assert {error["stream_descriptor"]["name"] for error in output.errors} == set(ASKING)
    for error in output.errors:
        assert f"{NOT_AWS} (HTTP 200 from {empty_aws.url})" in error["message"]
    services = {error["message"].split(": ")[1].split(":")[0] for error in output.errors}
    assert services == {"iam", "organizations", "sso", "ec2"}
    assert "IQoJsecret" not in output.stdout + output.stderr

    status, message = run("check", folder=tmp_path, config=empty_aws.config()).connection_status
    assert status == "FAILED"
    assert f"iam:ListUsers in account 123456789012, Region us-east-1 {NOT_AWS} (HTTP 200" in message or (
        "The same is true of" in message and NOT_AWS in message
    )


def test_a_gateway_before_cloudtrail_alone_is_named_and_all_else_is_read(aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.rewrite("cloudtrail:LookupEvents", answering(404, b'{"message": "no Route matched"}', "application/json"))
    output = read(aws.config(**FAST), tmp_path)
    assert output.statuses == {
        "users": "COMPLETE",
        "groups": "COMPLETE",
        "group_members": "COMPLETE",
        "audit_events": "INCOMPLETE",
    }
    assert {error["failure_type"] for error in output.errors} == {"config_error"}
    assert all(f"{NOT_AWS} (HTTP 404 from {aws.url})" in error["message"] for error in output.errors)


@pytest.mark.parametrize("body", BODIES)
def test_whatever_a_gateway_answers_to_the_sign_in_check_says_so(body: str, empty_aws: EmbeddedAws) -> None:
    for status in (200, 301, 302, 401, 403, 404, 407, 418):
        empty_aws.heal()
        empty_aws.rewrite("*", answering(status, *BODIES[body]))
        for config in (empty_aws.config(), empty_aws.key_config()):
            result, message = checked(config)
            assert result is Status.FAILED
            if (status, body) != (200, "nothing"):
                assert f"{NOT_AWS} (HTTP {status} from {empty_aws.url})" in message
            assert message.startswith("sts:")
            assert "IQoJsecret" not in message
            assert ("HTTPS_PROXY" in message) is (status == 407)


@pytest.mark.parametrize("status", [429, 503])
def test_a_gateway_that_is_busy_is_tried_twice_by_check(status: int, empty_aws: EmbeddedAws) -> None:
    empty_aws.rewrite("*", answering(status))
    result, message = checked(empty_aws.key_config())
    assert (result, f"{NOT_AWS} (HTTP {status}" in message) == (Status.FAILED, True)
    assert empty_aws.requests_total() == 2


@pytest.mark.parametrize("mode", ["key_config", "config"])
def test_whose_identity_cannot_be_found_is_asked_for_once_by_all_streams_together(
    mode: str, empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    empty_aws.rewrite("*", answering(403))
    output = read(getattr(empty_aws, mode)(**FAST), tmp_path, streams=EVERY_STREAM)
    assert empty_aws.requests_total() == 1
    # A role is assumed before it is known that there is nothing to read.
    failed = {*ASKING, "trail_digests"} if mode == "config" else {*ASKING}
    assert {error["stream_descriptor"]["name"] for error in output.errors} == failed
    assert {error["failure_type"] for error in output.errors} == {"config_error"}
