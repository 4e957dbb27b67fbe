"""Answers as AWS writes them: read as botocore reads them, in every operation of the services that are called."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timezone
from functools import cache
from random import Random
from typing import Any
from xml.sax.saxutils import escape

import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.parsers import create_parser
from botocore.session import Session
from hypothesis import given, settings
from hypothesis import strategies as st

from aws_calls.parsers import TolerantParsers

DEEPEST = 6
TEXTS = ["ana", "", " é\u2028 ", "<&>", "true", "7"]


@cache
def service(name: str) -> Any:
    return Session().get_service_model(name)


def scalar(shape: Shape, chance: Random, *, of_json: bool) -> Any:
    moment = datetime.fromtimestamp(chance.randrange(2**31), timezone.utc)
    if shape.type_name == "timestamp":
        return moment.timestamp() if of_json else moment.isoformat().replace("+00:00", "Z")
    if shape.type_name == "boolean":
        flag = chance.random() < 0.5
        return flag if of_json else str(flag).lower()
    if shape.type_name in ("integer", "long"):
        return chance.randrange(-(2**31), 2**31)
    if shape.type_name in ("float", "double"):
        return chance.random()
    text = chance.choice(TEXTS)
    return base64.b64encode(text.encode()).decode() if shape.type_name == "blob" else text


def chosen(shape: StructureShape, chance: Random) -> list[str]:
    names = list(shape.members)
    union: Any = shape
    return [chance.choice(names)] if union.is_tagged_union else [name for name in names if chance.random() < 0.8]


def in_json(shape: Shape, chance: Random, depth: int = 0) -> Any:
    if getattr(shape, "is_document_type", False):
        return {"any": ["thing", 1, None]}
    if isinstance(shape, StructureShape):
        return {
            shape.members[name].serialization.get("name", name): in_json(shape.members[name], chance, depth + 1)
            for name in chosen(shape, chance)
            if depth < DEEPEST
        }
    if isinstance(shape, ListShape):
        return [in_json(shape.member, chance, depth + 1) for _ in range(chance.randrange(3 if depth < DEEPEST else 1))]
    if isinstance(shape, MapShape):
        return {key: in_json(shape.value, chance, depth + 1) for key in TEXTS[: chance.randrange(3)]}
    return scalar(shape, chance, of_json=True)


def in_xml(shape: Shape, chance: Random, depth: int = 0) -> str:
    space = chance.choice(["", "\n  "])
    if isinstance(shape, StructureShape):
        return space + space.join(
            element(shape.members[name], name, chance, depth + 1) for name in chosen(shape, chance) if depth < DEEPEST
        )
    if isinstance(shape, ListShape):
        count = chance.randrange(3 if depth < DEEPEST else 1)
        return space + "".join(element(shape.member, "member", chance, depth + 1) for _ in range(count))
    if isinstance(shape, MapShape):
        entries = (f"<key>{key}</key>{element(shape.value, 'value', chance, depth + 1)}" for key in ("Users", "Roles"))
        return space + space.join(f"<entry>{entry}</entry>" for entry in entries)
    return escape(str(scalar(shape, chance, of_json=False)))


def element(shape: Shape, name: str, chance: Random, depth: int) -> str:
    tag = shape.serialization.get("name", name)
    return f"<{tag}>{in_xml(shape, chance, depth)}</{tag}>"


def body(operation: Any, chance: Random) -> bytes:
    shape, protocol = operation.output_shape, operation.service_model.resolved_protocol
    if protocol == "json":
        return json.dumps(in_json(shape, chance) if shape else {}).encode()
    inner = in_xml(shape, chance) if shape else ""
    if protocol == "ec2":
        inner = f"<requestId>r-1</requestId>{inner}"
    else:
        result = shape.serialization["resultWrapper"] if shape else "Nothing"
        inner = f"<{result}>{inner}</{result}><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>"
    name = f"{operation.name}Response"
    return f'<?xml version="1.0"?>\n<{name} xmlns="https://aws.amazon.com/doc/">{inner}</{name}>'.encode()


@pytest.mark.parametrize("name", ["iam", "sts", "ec2", "organizations", "cloudtrail", "sso-admin", "identitystore"])
@settings(max_examples=200, deadline=None)
@given(data=st.data(), seed=st.integers(0, 2**32))
def test_what_aws_writes_is_read_as_botocore_reads_it(name: str, data: st.DataObject, seed: int) -> None:
    model = service(name)
    operation = model.operation_model(data.draw(st.sampled_from(model.operation_names)))
    response: dict[str, Any] = {
        "status_code": data.draw(st.sampled_from([200, 202])),
        "headers": {"x-amzn-RequestId": "r-1", "Content-Type": "text/xml"},
        "body": body(operation, Random(seed)),  # noqa: S311 - nothing is secret
        "context": {},
    }
    protocol, shape = model.resolved_protocol, operation.output_shape
    ours = TolerantParsers().create_parser(protocol).parse(response, shape)
    response["headers"] = {key.lower(): value for key, value in response["headers"].items()}
    assert ours == create_parser(protocol).parse(response, shape)
