"""Odd answers of AWS: in the shape of botocore's models, with members left out, empty or odd.

Every answer depends on a seed and on what was asked, so that threads may ask in any order.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from random import Random
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.parsers import ResponseParserError

from aws_calls.parsers import TolerantParsers
from aws_calls.timestamps import parsed
from source_aws_iam.aws.values import DOCUMENT
from unit_tests.iam.aws_answers import ACCOUNT_ID, Answers
from unit_tests.iam.report_lines import HEADER, line

NAMES = ("ana", "bob", "doe, jane", "")
PATHS = ("/", "/division/", "", "x")
TIMES = (
    "2026-01-01T00:00:00Z",
    "2026-01-02T03:04:05.123Z",
    "",
    "yesterday",
    "99999999999999",
    "0001-01-01T00:00:00+09:00",
)
NUMBERS = ("0", "7", " 5 ", "", "many", "1e400", "9" * 30)
TEXTS = ("text", "", " ", "é\u2028", "arn:", "a:b:c:d:e:f", "null", "N/A", "<&>")
DOCUMENTS: tuple[Any, ...] = (
    {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": [444455556666]}}]},
    {"Statement": {"Effect": True, "Action": 1, "Resource": {"a": None}, "Principal": "*", "Condition": {"Bool": "x"}}},
    {"Statement": [None, 1, "x", [], {"Principal": {"AWS": None, "Service": [[]]}, "Sid": {}, "NotAction": [None]}]},
    {
        "Statement": [
            {"Principal": {}, "NotPrincipal": 5, "Condition": {"StringLike": {"sts:ExternalId": [{}, 1.5, "*"]}}}
        ]
    },
    {"Statement": "x"},
    {},
    [],
    "x",
    None,
    12,
)
DEEP = "[" * 3000
ARNS = ("user", "group", "role", "policy", "mfa", "account/o-1", "ou/o-1", "root/o-1")
ONCE_A_PAGE = {"IsTruncated": ("false", "", "maybe"), "Marker": ("",), "NextToken": ("",)}


class OddAws(Answers):
    """One account whose answers go through the connector's parsers. `refuses` says which operations are not allowed."""

    def __init__(self, chosen: int, *, refuses: Callable[[str], bool] = lambda _: False, **config: Any) -> None:
        super().__init__({}, **config)
        self._chosen = chosen
        self._refuses = refuses

    def _answer(self, model: Any, context: dict[str, Any], **_: Any) -> tuple[Any, Any]:
        chance = Random(f"{self._chosen} {model.name} {context['asked']}")  # noqa: S311 - nothing is secret
        is_json = model.service_model.resolved_protocol == "json"
        is_of_one = any(name.endswith(("Name", "Arn", "ARN", "Id")) for name in context["asked"])
        refused = ["AccessDenied", "NoSuchEntity"] if is_of_one and not is_json else ["AccessDenied"]
        code = "AccessDenied" if self._refuses(model.name) else chance.choice([*[""] * 80, *refused])
        if code:
            status, body = 400, _error(code, is_json=is_json)
        elif is_json:
            status, body = 200, json.dumps(_json(model.output_shape, "", chance))
        else:
            result = _xml(model.output_shape, "", chance)
            status, body = 200, f"<R><{model.name}Result>{result}</{model.name}Result></R>"
        parsers = TolerantParsers()
        parsers.set_parser_defaults(timestamp_parser=parsed)
        response = {"status_code": status, "headers": {}, "body": body.encode()}
        try:
            answer = parsers.create_parser(model.service_model.resolved_protocol).parse(response, model.output_shape)
        except ResponseParserError:
            answer = {}  # what the connector has to take for broken as well
        return SimpleNamespace(status_code=status), answer


def _error(code: str, *, is_json: bool) -> str:
    if is_json:
        return json.dumps({"__type": code, "message": "no"})
    return f"<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"


def _scalar(shape: Shape, name: str, chance: Random) -> str:
    """Return the text of a value: most times what AWS would write, else something odd."""
    document = chance.choice(DOCUMENTS)
    of_shape: Mapping[str, tuple[str, ...]] = {
        DOCUMENT: (quote(json.dumps(document)), json.dumps(document), quote(DEEP), "%zz", ""),
        "timestamp": TIMES,
        "integer": NUMBERS,
        "long": NUMBERS,
        "boolean": ("true", "false", "", "maybe"),
    }
    kind = shape.name if shape.name in of_shape else shape.type_name
    if name in ONCE_A_PAGE or kind in of_shape:
        return chance.choice(ONCE_A_PAGE.get(name) or of_shape[kind])
    if name == "Content":
        return chance.choice([*[base64.b64encode(_report(chance)).decode()] * 9, "A"])
    return chance.choice([*[_text(name, chance)] * 50, *TEXTS])


def _text(name: str, chance: Random) -> str:
    if name == "Path":
        return chance.choice(PATHS)
    if name.lower().endswith("arn"):
        return f"arn:aws:iam::{ACCOUNT_ID}:{chance.choice(ARNS)}/{chance.choice(NAMES)}"
    return chance.choice(NAMES) if name.endswith("Name") else f"{name}{chance.randrange(4)}"


def _report(chance: Random) -> bytes:
    cells = (
        "true",
        "FALSE",
        "N/A",
        "",
        "2026-01-01T00:00:00+00:00",
        "9999-12-31T23:59:59-09:00",
        'a"b',
        "no_information",
    )
    lines = []
    for name in chance.sample(NAMES, chance.randrange(len(NAMES) + 1)):
        values = line(name)
        values.update({column: chance.choice(cells) for column in chance.sample(HEADER[2:], 5)})
        lines.append(",".join(values.values()))
    header = [*HEADER, *(["more"] if chance.random() < 0.1 else [])]
    header = header if chance.random() < 0.9 else header[:-1]
    return (
        chance.choice([b"", b"\xef\xbb\xbf"])
        + "\n".join([",".join(header), *lines]).encode()
        + chance.choice([b"", b"\n"])
    )


def _left_out(chance: Random) -> bool:
    return chance.random() < 0.2


def _xml(shape: Shape, name: str, chance: Random) -> str:
    if isinstance(shape, StructureShape):
        parts = []
        for member, inner in shape.members.items():
            if member == "Marker" or _left_out(chance):
                continue
            element = f"<{member}>{_xml(inner, member, chance)}</{member}>"
            parts.append(element if chance.random() < 0.95 else chance.choice([element * 2, f"<{member}/>"]))
        return "".join([*parts, chance.choice(["", "\n  ", "<Unknown><a>1</a></Unknown>"])])
    if isinstance(shape, ListShape):
        items = (_xml(shape.member, name.removesuffix("s"), chance) for _ in range(chance.choice([0, 1, 2, 3])))
        return "".join(f"<member>{item}</member>" for item in items)
    if isinstance(shape, MapShape):
        entries = (("Users", "1"), ("MFADevicesInUse", "2"), ("Groups", "x"), ("", ""), ("account_id", "3"))
        return "".join(f"<entry><key>{key}</key><value>{value}</value></entry>" for key, value in entries)
    return escape(_scalar(shape, name, chance))


def _json(shape: Shape, name: str, chance: Random) -> Any:
    if chance.random() < 0.03:
        return chance.choice([None, 1, "x", [], {}, [None], True, 1.5, float("nan")])
    if isinstance(shape, StructureShape):
        kept = [member for member in shape.members if member != "NextToken" and not _left_out(chance)]
        return {member: _json(shape.members[member], member, chance) for member in kept}
    if isinstance(shape, ListShape):
        return [_json(shape.member, name.removesuffix("s"), chance) for _ in range(chance.choice([0, 1, 2, 3]))]
    return _scalar(shape, name, chance)
