"""An endpoint that lacks calls, as emulators do: the same as for a denial, with another message."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from embedded_aws import Answer, Call, EmbeddedAws, Fault
from integration_tests.conftest import FAST
from integration_tests.connector import EVERY_STREAM, Json, Output, read, run

# How a Region says that it is not enabled: EC2 has a code of its own.
UNKNOWN_KEY = {
    **{name: "AWS does not know the access key" for name in EVERY_STREAM if name.startswith("ec2_")},
    "access_analyzer_findings": "Otherwise the access key is unknown or inactive",
    "trails": "Otherwise the access key is unknown or inactive",
}


def xml(code: str, status: int = 400) -> Callable[[Call, Answer], Answer]:
    body = f"<ErrorResponse><Error><Code>{code}</Code><Message>not here</Message></Error></ErrorResponse>"
    return lambda _, __: Answer(status, body.encode(), {"Content-Type": "text/xml"})


def of_json(code: str, status: int = 400) -> Callable[[Call, Answer], Answer]:
    body = json.dumps({"__type": code, "message": "not here"})
    return lambda _, __: Answer(status, body.encode(), {"Content-Type": "application/x-amz-json-1.1"})


def page(status: int) -> Callable[[Call, Answer], Answer]:
    return lambda _, __: Answer(status, b"<html>Not Implemented</html>", {"Content-Type": "text/html"})


LACKING: dict[str, Any] = {
    "iam:GetAccountAuthorizationDetails": xml("InvalidAction"),
    "iam:GenerateCredentialReport": xml("NotImplemented", 501),
    "iam:ListMFADevices": xml("ValidationError"),
    "iam:GetLoginProfile": xml("UnsupportedOperation"),
    "iam:ListAttachedUserPolicies": xml("InternalFailure", 501),
    "iam:ListServerCertificates": page(501),
    "iam:ListAccountAliases": lambda _, __: Answer(404, b"<UnknownOperationException/>", {}),
    "organizations:ListAccounts": of_json("UnknownOperationException", 404),
    "organizations:DescribeOrganization": of_json("NotImplemented", 501),
    "ec2:DescribeRegions": page(501),
    "cloudtrail:LookupEvents": of_json("UnsupportedOperationException"),
}


def sorted_rows(output: Output, stream: str, elsewhere: set[str]) -> list[str]:
    found = (row for row in output.records(stream) if row.get("region") not in elsewhere)
    return sorted(json.dumps(row, sort_keys=True) for row in map(comparable, found))


def comparable(row: Json) -> Json:
    """The row without the sentences, which name the permission or the endpoint, and without the moment."""
    varying = {"read_error", "error", "missing_action", "job_completion_date"}
    return {name: value for name, value in row.items() if name not in varying}


def test_calls_that_the_endpoint_lacks_are_replaced_or_missed_as_if_they_were_denied(
    aws: EmbeddedAws, tmp_path: Path
) -> None:
    # First of all: a rewritten answer has been served before, and AWS has a credential report from then on.
    for action in LACKING:
        aws.fail(Fault(action=action, kind="access_denied", times=None))
    denied = read(aws.config(**FAST), tmp_path, streams=EVERY_STREAM)
    aws.heal()
    for action, answer in LACKING.items():
        aws.rewrite(action, answer)
    lacking = read(aws.config(**FAST), tmp_path, streams=EVERY_STREAM)
    checked = run("check", folder=tmp_path, config=aws.config())

    assert lacking.statuses == denied.statuses
    assert lacking.statuses["users"] == lacking.statuses["roles"] == "COMPLETE"
    assert lacking.statuses["server_certificates"] == lacking.statuses["audit_events"] == "INCOMPLETE"
    # In Regions that are not enabled, AWS does not come to deny a call: it does not know the key.
    elsewhere = {row["region"] for row in denied.records("sync_coverage")} - {"global", *aws.regions}
    assert elsewhere, "those that are read where nobody tells which are enabled"
    for stream in EVERY_STREAM:
        assert sorted_rows(lacking, stream, elsewhere) == sorted_rows(denied, stream, elsewhere), stream
    assert any("mfa_devices" in row["unavailable_fields"] for row in lacking.records("users"))
    assert {error["failure_type"] for error in lacking.errors} == {"config_error"}
    for error in lacking.errors:
        # Embedded AWS has not enabled all Regions that every account has, and does not know the key in the others.
        unknown_key = next((text for name, text in UNKNOWN_KEY.items() if f"{name}: " in error["message"]), None)
        expected = unknown_key or f"{aws.url} does not offer "
        assert expected in error["message"]
    told = [text for text in lacking.warnings if "one by one" in text or "enabled by default" in text]
    assert told
    assert all("does not offer" in text and "permission for" not in text for text in told)

    status, message = checked.connection_status
    assert status == "SUCCEEDED"
    assert "Missing permissions" not in message
    assert "server_certificates" in message.split("Cannot be read: ")[1].split(".")[0]
    assert f"{aws.url} does not offer iam:" in message
