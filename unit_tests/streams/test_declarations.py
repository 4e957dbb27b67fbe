"""A manifest that does not fit the code is an error that names the stream."""

from __future__ import annotations

import copy
import logging
from typing import Any

import pytest

from aws_calls.operation import Operation
from source_aws_iam.aws.operations import OPERATIONS
from source_aws_iam.source import SourceAwsIam
from source_aws_iam.streams.declarations import UndeclaredStreamError, check_declarations

STREAMS = SourceAwsIam().resolved_manifest["streams"]
NAMES = [stream["name"] for stream in STREAMS]


def refused(number: int, change: Any) -> str:
    """Return what is said of the manifest with one change in one stream."""
    streams = copy.deepcopy(STREAMS)
    change(streams[number])
    with pytest.raises(UndeclaredStreamError) as raised:
        check_declarations(streams)
    return str(raised.value)


def test_what_is_declared_is_known() -> None:
    check_declarations(STREAMS)


@pytest.mark.parametrize("number", range(len(STREAMS)), ids=NAMES)
def test_a_stream_without_a_declaration_is_refused_by_name(number: int) -> None:
    said = refused(number, lambda stream: stream.pop("retriever"))
    assert f"{NAMES[number]}: needs does not say which calls bring rows." in said
    assert f"{NAMES[number]}: scope is None" in said


@pytest.mark.parametrize("scope", [None, "Account", "galaxy", 1])
def test_an_unknown_scope_is_refused_by_name(scope: Any) -> None:
    said = refused(0, lambda stream: stream["retriever"].update(scope=scope))
    assert f"users: scope is {scope!r}, and has to be one of account, regional, organization, run." in said


@pytest.mark.parametrize(
    "change",
    [
        {"needs": {"rows": [["iam.list_users"]], "tags": [["iam.list_tags"]]}},
        {"optional_calls": ["iam.list_tags"]},
        {"operation": "iam.list_tags"},
        {"few_rows": {"the root user": {"tags": [["iam.list_users"], ["iam.list_tags"]]}}},
        {"with_setting": {"include_policy_tags": {"tags": [["iam.list_tags"]]}}},
    ],
)
def test_an_operation_that_is_not_declared_is_refused_by_name(change: Any) -> None:
    said = refused(0, lambda stream: stream["retriever"].update(change))
    assert "users: the operation iam.list_tags is not declared in aws/operations.py." in said


@pytest.mark.parametrize("name", ["iam.list_unicorns", "unicorns.list_users"])
def test_an_operation_that_botocore_does_not_have_is_refused_by_name(name: str) -> None:
    with pytest.raises(UndeclaredStreamError, match=f"{name}: botocore has no such operation"):
        check_declarations([], {**OPERATIONS, name: Operation("iam:ListUnicorns", ("Unicorns",))})


def test_a_stream_without_a_key_is_refused_by_name() -> None:
    assert "users: it has no primary_key." in refused(0, lambda stream: stream.pop("primary_key"))


def test_spec_refuses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    source = SourceAwsIam()
    streams = [*STREAMS, {**STREAMS[0], "name": "unicorns", "retriever": {}}]
    monkeypatch.setattr(SourceAwsIam, "resolved_manifest", {**source.resolved_manifest, "streams": streams})
    with pytest.raises(UndeclaredStreamError, match="unicorns: scope is None"):
        source.spec(logging.getLogger("airbyte"))
