"""Every promise is noticed when it is broken: otherwise a fuzz run that finds nothing would mean nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fuzz.changes import CANARY, Change, changed_json, changed_lines, changed_xml
from fuzz.promises import BrokenPromiseError, Promises
from integration_tests.connector import Output

STREAM = {
    "name": "users",
    "json_schema": {"properties": {"user_id": {"type": ["null", "string"]}}},
    "source_defined_primary_key": [["user_id"]],
}
SECRET = "external-id-of-somebody"


def hold(*lines: str, exit_code: int = 0, stderr: str = "") -> None:
    Promises([STREAM], {SECRET}).hold(Output(exit_code, "".join(f"{line}\n" for line in lines), stderr))


def record(row: Any) -> str:
    return json.dumps({"type": "RECORD", "record": {"stream": "users", "data": row}}, ensure_ascii=False)


def failure(kind: str, message: str = "A sentence.") -> str:
    error = {"failure_type": kind, "message": message}
    return json.dumps({"type": "TRACE", "trace": {"type": "ERROR", "error": error}})


def log(text: str) -> str:
    return json.dumps({"type": "LOG", "log": {"message": text}})


def test_what_keeps_all_promises_passes() -> None:
    hold(record({"user_id": SECRET}), log("a word"))
    hold(failure("config_error"), exit_code=1)


@pytest.mark.parametrize(
    ("lines", "more", "words"),
    [
        ((), {"stderr": "Traceback"}, "standard error"),
        (("{",), {}, "no JSON"),
        (('{"type": "LOG", "log": NaN}',), {}, "no JSON"),
        (('{"type": "LOG", "log": "\\ud83d"}',), {}, "no JSON"),
        (("{}",), {}, "no message"),
        ((), {"exit_code": 1}, "0 error traces"),
        ((), {"exit_code": -11}, "exit code -11"),
        ((failure("config_error"),), {}, "exit code 0 with an error"),
        ((failure("system_error"),), {"exit_code": 1}, "a crash"),
        ((failure("config_error", " "),), {"exit_code": 1}, "without a word"),
        ((record({"user_id": 1}),), {}, "not of its schema"),
        ((record({"user_id": None}),), {}, "has no user_id"),
        ((record({"user_id": "1", "event": {"a": CANARY[:12]}}),), {}, "a secret of an event"),
        ((log(f"refused: {SECRET}"),), {}, "a secret of the configuration"),
    ],
)
def test_a_broken_promise_is_noticed(lines: tuple[str, ...], more: dict[str, Any], words: str) -> None:
    with pytest.raises(BrokenPromiseError, match=words):
        hold(*lines, **more)


def test_a_change_reaches_json_inside_of_json() -> None:
    text = json.dumps({"CloudTrailEvent": json.dumps({"userAgent": "x"})})
    found = json.loads(changed_json(text, [Change("replace", 2, "NaN")]))
    assert found["CloudTrailEvent"] == '{"userAgent": NaN}'


def test_the_canary_keeps_the_name_that_makes_it_a_secret() -> None:
    text = json.dumps({"sessionToken": CANARY})
    assert json.loads(changed_json(text, [Change("rename", 1, "harmless")])) == {"sessionToken": CANARY}


XML = b"<R><Users><member><Arn>a</Arn><Document>%7B%22Statement%22%3A%201%7D</Document></member></Users></R>"


@pytest.mark.parametrize(
    ("place", "whole"), [(0, False), (1, False), (2, True), (3, True)], ids=["list", "entity", "in it", "document"]
)
def test_a_change_says_whether_the_answer_lists_as_many_entities(place: int, whole: bool) -> None:
    assert changed_xml(XML, [Change("replace", place, "5")]).whole_entities is whole


def test_a_change_reaches_what_is_inside_a_policy_document() -> None:
    changed = changed_xml(XML, [Change("replace", 3 + 4, "[true]")])
    assert b"<Document>%7B%22Statement%22%3A%20%5Btrue%5D%7D</Document>" in changed.text


def test_a_change_of_a_report_is_in_one_cell() -> None:
    assert changed_lines(b"user,arn\nana,x", [Change("replace", 2, "odd")]) == b"user,arn\nodd,x"
