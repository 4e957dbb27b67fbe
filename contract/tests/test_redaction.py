"""No text of an answer is kept, unless botocore's model has it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.codes import UNLISTED, known_code
from contract.models import operation_model
from contract.recording import FIRST_PAGE, record
from contract.redaction import redacted
from contract.wire import Exchange
from source_aws_iam.aws.operations import OPERATIONS

# All that may stand in the place of a text.
PLACEHOLDERS = re.compile(
    r"|text|key|blob|opaque|1|/|/path/|%7B%7D|\{\}|<xml/>|123456789012|us-east-1|name@example\.com|https://example\.com"
    r"|00000000-0000-0000-0000-000000000000|2000-01-01T00:00:00(\.000)?(Z|\+00:00)"
    r"|TEXT_THAT_IS_NO_TIME|VALUE_THAT_THE_MODEL_DOES_NOT_LIST|MEMBER_THAT_THE_MODEL_DOES_NOT_HAVE|CODE_THAT_IS_NOT_LISTED"
    r"|(ABIA|ACCA|AGPA|AIDA|AIPA|AKIA|ANPA|ANVA|APKA|AROA|ASCA|ASIA)X{12,60}|(o|r|ou)-[x-]{4,60}"
    r"|arn:aws:(iam|sts|organizations|ec2|cloudtrail|s3|sso|identitystore|access-analyzer|service):(us-east-1)?:(123456789012|aws)?"
    r":(user|group|role|policy|mfa|assumed-role|account|organization|ou|root|key-pair|resource|instance-profile"
    r"|server-certificate|saml-provider|oidc-provider|analyzer|instance|permissionSet|trail)/name"
)
ARN_OF_NOBODY = "arn:aws:service:us-east-1:123456789012:resource/name"
# What stands in every record, whatever the answer is.
OF_RECORDS = {
    *("call", "the first page", "status", "headers", "answer", "code", "present", "another"),
    *("content-type", "x-amzn-requestid", "x-amz-request-id", "retry-after", "text/xml"),
}
JSON = ("organizations.", "cloudtrail.", "accessanalyzer.")
XML = ("iam.", "sts.", "ec2.")
SEVERAL = settings(max_examples=60, deadline=None, suppress_health_check=[*HealthCheck])

# Text of every kind that is replaced by something of its kind, with a part that somebody has written.
some = st.text(st.characters(codec="utf-8"), max_size=12) | st.text("abcdefghij0123456789-", min_size=1, max_size=40)
texts = some | st.builds(
    lambda kind, one, two: kind.format(one, two),
    st.sampled_from(
        [
            *("arn:aws:iam::{}:user/{}", "arn:{}:{}:us-east-1:123456789012:x", "AIDA{}", "AIDAXXXXXXXXXXXX{}", "r-{}"),
            *("ou-{}-{}", "{}@{}", "/{}/{}/", "%7B{}", "{{{}", "<{}", "https://{}/{}", "2026-01-02T03:04:05{}"),
            *("2026-01-02T03:04:05Z{}", "us-east-{}", "NoSuchEntity.{}", "Active{}", "{}"),
        ]
    ),
    some,
    some,
)
word = st.text("abcdefgh", min_size=1, max_size=6)
texts |= st.builds("arn:{}:{}:{}:{}:{}/{}".format, word, word, word, word, word, word)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


def of(services: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from([name for name in OPERATIONS if name.startswith(services)])


def like(shape: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values that mostly are what the model says, with members that it does not have."""
    if depth > 5:
        return anything
    if shape.type_name == "structure":
        names = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        known = {name: like(member, depth + 1) for name, member in names.items()}
        return anything | st.builds(
            lambda one, two: {**two, **one},
            st.fixed_dictionaries({}, optional=known),
            st.dictionaries(texts, anything, max_size=1),
        )
    if shape.type_name == "list":
        return anything | st.lists(like(shape.member, depth + 1), max_size=2)
    if shape.type_name == "map":
        keys = texts | st.sampled_from([*getattr(shape.key, "enum", ())] or ["a"])
        return anything | st.dictionaries(keys, like(shape.value, depth + 1), max_size=3)
    return anything | texts


def vocabulary(shape: Any, found: set[str] | None = None, depth: int = 0) -> set[str]:
    """All names and enum values of a shape."""
    found = set() if found is None else found
    if depth < 12 and shape is not None:
        found |= {*getattr(shape, "enum", ()), *getattr(shape, "members", ())}
        inner = [*getattr(shape, "members", {}).values()]
        inner += [getattr(shape, name) for name in ("member", "key", "value") if hasattr(shape, name)]
        for part in inner:
            vocabulary(part, found, depth + 1)
    return found


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for item in value.values():
            yield from texts_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts_in(item)


def unexplained(value: Any, operation: str) -> list[str]:
    allowed = vocabulary(operation_model(operation).output_shape) | OF_RECORDS
    return [text for text in texts_in(value) if text not in allowed and not PLACEHOLDERS.fullmatch(text)]


@SEVERAL
@given(data=st.data(), operation=of(JSON + XML))
def test_no_text_of_a_value_is_kept(data: st.DataObject, operation: str) -> None:
    shape = operation_model(operation).output_shape
    kept = redacted(shape, data.draw(like(shape)))
    assert unexplained(kept, operation) == []
    assert all(number in (0, 1, 946684800) for number in numbers_in(kept))


def numbers_in(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        value = [*value.values()]
    if isinstance(value, list):
        for item in value:
            yield from numbers_in(item)
    elif isinstance(value, (int, float)):
        yield value


@SEVERAL
@given(data=st.data(), operation=of(JSON), status=st.sampled_from([200, 400, 404, 500]))
def test_no_text_of_an_answer_in_json_is_kept(data: st.DataObject, operation: str, status: int) -> None:
    model = operation_model(operation)
    error = st.fixed_dictionaries({"__type": texts, "message": texts}, optional={"Code": anything, "Reason": texts})
    body = json.dumps(data.draw(like(model.output_shape) if status == 200 else error | anything))
    kept = record(FIRST_PAGE, Exchange(model, status, {"content-type": data.draw(texts)}, body.encode()))
    assert unexplained({**kept, "code": _listed(kept)}, operation) == []


@SEVERAL
@given(data=st.data(), operation=of(XML))
def test_no_text_of_an_answer_in_xml_is_kept(data: st.DataObject, operation: str) -> None:
    model = operation_model(operation)
    shape: Any = model.output_shape
    names = [*vocabulary(shape), *("member", "item", "entry", "key", "value", "Error", "Code", "Message", "somebody")]
    tags = st.sampled_from([name for name in names if name.isalnum()])
    written = texts.map(lambda text: re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd]", "?", text))
    trees = st.recursive(st.tuples(tags, written), lambda inner: st.tuples(tags, st.lists(inner, max_size=4)))
    root = ET.Element(f"{model.name}Response")
    result = ET.SubElement(root, shape.serialization.get("resultWrapper", "Result"))
    for tree in data.draw(st.lists(trees, max_size=5)):
        plant(result, tree)
    status = data.draw(st.sampled_from([200, 404]))
    headers = {"content-type": "text/xml", "retry-after": data.draw(texts), data.draw(texts): data.draw(texts)}
    kept = record(FIRST_PAGE, Exchange(model, status, headers, ET.tostring(root)))
    assert unexplained({**kept, "code": _listed(kept)}, operation) == []


def plant(parent: ET.Element, tree: Any) -> None:
    element = ET.SubElement(parent, tree[0])
    if isinstance(tree[1], str):
        element.text = tree[1]
    else:
        for inner in tree[1]:
            plant(element, inner)


def _listed(kept: dict[str, Any]) -> str:
    """A text may happen to be a code of AWS. Any other one is not kept."""
    code = kept.get("code", UNLISTED)
    assert code in {UNLISTED, known_code(code)}
    return UNLISTED


@pytest.mark.parametrize(
    ("operation", "value", "kept"),
    [
        (
            "iam.list_users",
            {
                "Users": [
                    {"UserId": "AIDACKCEVSQ6C2EXAMPLE", "Arn": "arn:aws-us-gov:iam::111122223333:user/division/ana"}
                ]
            },
            {"Users": [{"UserId": "AIDAXXXXXXXXXXXXXXXXX", "Arn": "arn:aws:iam::123456789012:user/name"}]},
        ),
        ("iam.list_users", {"Users": [{"Arn": "arn:a:b:c:d:e/f"}]}, {"Users": [{"Arn": ARN_OF_NOBODY}]}),
        ("iam.get_account_summary", {"SummaryMap": {"Users": 27, "Ana": 0}}, {"SummaryMap": {"Users": 1, "key": 0}}),
        (
            "iam.list_access_keys",
            {"AccessKeyMetadata": [{"Status": "Active"}, {"Status": "ana"}], "IsTruncated": True},
            {
                "AccessKeyMetadata": [{"Status": "Active"}, {"Status": "VALUE_THAT_THE_MODEL_DOES_NOT_LIST"}],
                "IsTruncated": True,
            },
        ),
        ("iam.list_users", {"Users": [{"Ana": "x"}]}, {"Users": [{"MEMBER_THAT_THE_MODEL_DOES_NOT_HAVE": "text"}]}),
        (
            "organizations.list_accounts",
            {"Accounts": [{"JoinedTimestamp": 1709285415.123, "Email": "ana@corp.test"}]},
            {"Accounts": [{"JoinedTimestamp": 946684800, "Email": "name@example.com"}]},
        ),
        (
            "iam.get_role",
            {"Role": {"AssumeRolePolicyDocument": "%7B%22a%22%3A1%7D", "RoleName": "ana", "CreateDate": "soon"}},
            {"Role": {"AssumeRolePolicyDocument": "%7B%7D", "RoleName": "text", "CreateDate": "TEXT_THAT_IS_NO_TIME"}},
        ),
    ],
)
def test_what_is_kept_has_the_kind_and_the_format_of_what_it_stands_for(operation: str, value: Any, kept: Any) -> None:
    assert redacted(operation_model(operation).output_shape, value) == kept


@pytest.mark.parametrize(
    ("operation", "body", "code"),
    [
        ("iam.get_user", "<ErrorResponse><Error><Code>NoSuchEntity</Code></Error></ErrorResponse>", "NoSuchEntity"),
        ("iam.get_user", "<ErrorResponse><Error><Code>NoSuchAna</Code></Error></ErrorResponse>", UNLISTED),
        ("iam.get_user", "<html>ana</html>", UNLISTED),
        (
            "ec2.describe_regions",
            "<Response><Errors><Error><Code>AuthFailure</Code></Error></Errors></Response>",
            "AuthFailure",
        ),
        ("organizations.list_roots", '{"__type": "ServiceException"}', "ServiceException"),
        ("organizations.list_roots", '{"__type": "ana"}', UNLISTED),
    ],
)
def test_a_code_is_kept_where_a_model_or_a_list_of_aws_has_it(operation: str, body: str, code: str) -> None:
    assert record(FIRST_PAGE, Exchange(operation_model(operation), 404, {}, body.encode()))["code"] == code
