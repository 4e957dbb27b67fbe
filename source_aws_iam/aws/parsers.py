"""How answers are read: as botocore reads them, but that one odd value does not cost the whole answer.

botocore expects what its models say. It raises ValueError where a time, a number or Base64 is none, and reads a boolean
that is neither true nor false as false. Here such a value is left out of the answer, as if AWS had not sent it, and its
text is in `ResponseMetadata` under ODD. Where the model wants text, any other JSON value becomes text.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from botocore.parsers import (
    EC2QueryParser,
    JSONParser,
    QueryParser,
    ResponseParser,
    ResponseParserError,
    ResponseParserFactory,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import Shape

# Where the names of members whose values could not be read stand in an answer: {"CreateDate": "yesterday"}.
ODD: Final = "OddMembers"
# So much of an odd value is shown.
_SHOWN: Final = 60
_TYPES: Final[dict[str, type | tuple[type, ...]]] = {
    "structure": dict,
    "map": dict,
    "list": list,
    "blob": str,
    "timestamp": (str, int, float),
}
_BOOLEANS: Final = {"true": True, "false": False}


class _Odd(NamedTuple):
    """What stands in the place of a value that could not be read, until it is left out."""

    text: str


class _Tolerant(ResponseParser):
    """Leaves odd values out. A parser is made for each answer."""

    def __init__(self, *arguments: Any, **defaults: Any) -> None:
        super().__init__(*arguments, **defaults)
        self._odd: dict[str, str] = {}

    def parse(self, response: Any, shape: Any) -> Any:
        parsed = super().parse(response, shape)
        if self._odd:
            parsed["ResponseMetadata"][ODD] = self._odd
        return parsed

    def _parse_shape(self, shape: Shape, node: Any) -> Any:
        try:
            return super()._parse_shape(shape, node)  # type: ignore[misc]
        except ValueError:  # a number or Base64 that is none
            return _Odd(_text(node))

    def _time(self, value: str | float) -> Any:
        try:
            return self._timestamp_parser(value)  # type: ignore[attr-defined]
        except (ValueError, OverflowError, OSError, RuntimeError):  # a time beyond the calendar may raise any of them
            return _Odd(_text(value))

    def _handle_structure(self, shape: Any, node: Any) -> Any:
        parsed = super()._handle_structure(shape, node)  # type: ignore[misc]
        for name in [name for name, value in parsed.items() if isinstance(value, _Odd)]:
            if text := parsed.pop(name).text.strip():
                self._odd.setdefault(name, text[:_SHOWN])
        return parsed

    def _handle_list(self, shape: Any, node: Any) -> Any:
        items = super()._handle_list(shape, node)  # type: ignore[misc]
        return [item for item in items if item is not None and not isinstance(item, _Odd)]


class _TolerantXml(_Tolerant):
    """Values are the texts of elements, with space around those that are no text in AWS's model."""

    def _parse_shape(self, shape: Any, node: Any) -> Any:
        if isinstance(node, list) and not shape.serialization.get("flattened"):
            # An element that is there more than once.
            node = [item for part in node for item in part] if shape.type_name == "list" else node[0]
        return super()._parse_shape(shape, node)

    def _handle_boolean(self, _: Any, node: Any) -> Any:
        return _BOOLEANS[text] if (text := _text(node).strip().lower()) in _BOOLEANS else _Odd(text)

    def _handle_integer(self, _: Any, node: Any) -> int:
        return int(_text(node))

    def _handle_timestamp(self, _: Any, node: Any) -> Any:
        return self._time(_text(node).strip())

    def _handle_map(self, shape: Any, node: Any) -> dict[str, Any]:
        found = {}
        for entry in node:
            parts = {self._node_tag(part): part for part in entry}  # type: ignore[attr-defined]
            names = (shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value"))
            if all(name in parts for name in names):
                value = self._parse_shape(shape.value, parts[names[1]])
                if not isinstance(value, _Odd):
                    found[_text(parts[names[0]])] = value
        return found

    _handle_long = _handle_integer


class _TolerantJson(_Tolerant):
    """Values are JSON, which may be of any type."""

    def _parse_shape(self, shape: Any, node: Any) -> Any:
        if isinstance(node, str) and shape.type_name == "string":
            return node
        wanted = _TYPES.get(shape.type_name)
        if wanted and (not isinstance(node, wanted) or isinstance(node, bool)):
            return _Odd(_text(node))
        return super()._parse_shape(shape, node)

    def _handle_json_body(self, raw_body: bytes, shape: Any) -> Any:
        try:
            parsed = super()._handle_json_body(raw_body, shape)  # type: ignore[misc]
        except RecursionError:
            raise ResponseParserError(shape.name) from None
        if isinstance(parsed, _Odd):
            raise ResponseParserError(shape.name)
        return parsed

    def _handle_string(self, _: Any, value: Any) -> str:
        return _text(value)

    def _handle_timestamp(self, _: Any, value: Any) -> Any:
        return self._time(value)

    def _handle_boolean(self, _: Any, value: Any) -> Any:
        return _BOOLEANS[text] if (text := _text(value).strip().lower()) in _BOOLEANS else _Odd(text)

    def _handle_integer(self, _: Any, value: Any) -> Any:
        if isinstance(value, float) and value.is_integer():
            return int(value)
        return int(_text(value))

    def _handle_map(self, shape: Any, value: Any) -> dict[str, Any]:
        found = super()._handle_map(shape, value)  # type: ignore[misc]
        return {key: item for key, item in found.items() if not isinstance(item, _Odd)}

    _handle_long = _handle_integer


class _Query(_TolerantXml, QueryParser):
    """IAM and STS."""


class _Ec2(_TolerantXml, EC2QueryParser):
    """EC2."""


class _Json(_TolerantJson, JSONParser):
    """CloudTrail and Organizations."""


_PARSERS: Final = {"query": _Query, "ec2": _Ec2, "json": _Json}


class TolerantParsers(ResponseParserFactory):
    """What botocore asks for a parser. `set_parser_defaults` works as in botocore's own."""

    def create_parser(self, protocol_name: str) -> Any:
        """Return the parser of one answer."""
        known = _PARSERS.get(protocol_name)
        return known(**self._defaults) if known else super().create_parser(protocol_name)  # type: ignore[attr-defined]


def odd_members(answer: Any) -> Iterator[tuple[str, str]]:
    """Yield (name, text) of the members of an answer that were left out because they could not be read."""
    yield from answer.get("ResponseMetadata", {}).get(ODD, {}).items()


def _text(node: Any) -> str:
    """Return the text of an XML element, and JSON as text."""
    if isinstance(node, str):
        return node
    return (node.text or "") if hasattr(node, "text") else json.dumps(node)
