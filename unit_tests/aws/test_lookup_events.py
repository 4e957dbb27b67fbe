"""Answers of LookupEvents: events of any shape come as AWS listed them, and a broken answer has no events."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from botocore.parsers import ResponseParserError
from hypothesis import given, settings
from hypothesis import strategies as st

from source_aws_iam.aws import lookup_events
from unit_tests.aws.test_clients import answering

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,4})?", fullmatch=True)
MEMBERS = ("EventId", "EventName", "ReadOnly", "EventTime", "Username", "Resources", "CloudTrailEvent")
events = values | st.dictionaries(st.sampled_from(MEMBERS), values)


def answer(body: str | bytes) -> dict[str, Any]:
    call, cloudtrail = answering(body.encode() if isinstance(body, str) else body, "cloudtrail")
    found: dict[str, Any] = cloudtrail.lookup_events(**call)
    assert found.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    return found


@given(listed=st.lists(events, max_size=3))
@settings(deadline=None, max_examples=25)
def test_events_of_any_shape_arrive_as_aws_lists_them(listed: list[Any]) -> None:
    body = json.dumps({"Events": listed, "NextToken": "more"})
    assert answer(body) == {"Events": listed, "NextToken": "more"}


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """Answers as AWS writes them and as it might, with numbers of any length, and answers that are cut."""
    flat = st.dictionaries(st.sampled_from(MEMBERS), st.text() | st.integers() | st.floats() | st.none())
    named = st.lists(st.dictionaries(st.sampled_from(("ResourceType", "ResourceName")), st.text()), max_size=2)
    usual = st.builds(lambda event, resources: {**event, "Resources": resources}, flat, named)
    page = {"Events": draw(st.lists(usual | events, max_size=3)), **draw(st.dictionaries(st.just("NextToken"), values))}
    text = json.dumps(page, ensure_ascii=draw(st.booleans()))
    body = text.replace("0", draw(st.just("0") | NUMBERS)).encode("utf-8", "surrogatepass")
    cut = draw(st.none() | st.integers(0, len(body)))
    return body[:cut] + draw(st.just(b"") | st.binary(max_size=3))


@given(bodies())
def test_the_fast_way_reads_what_the_slow_way_reads_and_refuses_what_it_refuses(body: bytes) -> None:
    found = []
    for load in (lookup_events._loaded, lambda body: lookup_events._loaded_exactly(body.decode("utf-8", "replace"))):
        try:
            found.append(repr(load(body)))
        except ValueError:
            found.append("refused")
    assert found[0] == found[1]


@pytest.mark.parametrize("levels", [70, 900, 100_000])
def test_a_member_that_nests_too_deep_arrives_as_its_text_and_the_other_events_as_they_are(levels: int) -> None:
    deep = "[" * levels + "]" * levels
    events = f'{{"EventId":"a","Resources":{deep}}},{{"EventId":"b","Resources":[{{"ResourceName":"x"}}]}},[{deep}]'
    assert answer(f'{{"Events":[{events}]}}') == {
        "Events": [
            {"EventId": "a", "Resources": deep},
            {"EventId": "b", "Resources": [{"ResourceName": "x"}]},
            [deep],
        ]
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'"\xff"', "�"),
        (b'"a\tb"', "a\tb"),
        (b"9" * 5_000, "9" * 5_000),
        (b"-1", -1),
        (b"1e999", float("inf")),
    ],
    ids=["no UTF-8", "a control character", "5,000 digits", "a number", "infinity"],
)
def test_a_character_or_number_that_is_no_json_of_a_strict_reader_costs_no_event(text: bytes, value: Any) -> None:
    assert answer(b'{"Events":[{"EventId":' + text + b"}]}") == {"Events": [{"EventId": value}]}


@pytest.mark.parametrize(
    "body",
    [
        *("", "null", "[]", '"Events"', "{}", '{"Events":null}', '{"Events":{}}', '{"Events":"x"}', '{"Events":7}'),
        *('{"Events":[', '{"Events":[]', "<html>", "[" * 100_000, '{"Events":' + "[" * 100_000, b"\xff\xfe"),
        *('{"Events":[],"NextToken":7}', '{"Events":[],"NextToken":["more"]}'),
    ],
)
def test_an_answer_that_is_not_aws_s_has_no_events_and_is_never_zero_events(body: str | bytes) -> None:
    # Raised of what is no answer of AWS at all.
    with suppress(ResponseParserError):
        assert answer(body) == {}


@pytest.mark.parametrize("token", ["null", '""'])
def test_an_empty_token_is_the_end(token: str) -> None:
    assert answer(f'{{"Events":[],"NextToken":{token}}}') == {"Events": []}
