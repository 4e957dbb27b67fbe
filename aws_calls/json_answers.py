"""Answers of CloudTrail, Organizations and IAM Access Analyzer.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#protocol-behaviors
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from botocore.parsers import ResponseParserError
from botocore.utils import lowercase_dict

from aws_calls.answer_reader import AnswerReader
from aws_calls.timestamps import parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# The Python types of the model's types in JSON. All others are parsed from their text.
_TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "structure": dict,
    "map": dict,
    "list": list,
    "blob": str,
    "timestamp": (str, int, float),
}


class JsonAnswer(AnswerReader):
    """A node is a value of JSON, which may be of any type."""

    def root(self) -> tuple[Any, Mapping[str, str]]:
        headers = lowercase_dict(self.response["headers"])
        ids = {"RequestId": headers["x-amzn-requestid"]} if "x-amzn-requestid" in headers else {}
        try:
            text = (self.response["body"] or b"").decode()
        except UnicodeDecodeError:
            raise ResponseParserError("no UTF-8") from None
        try:
            return json.loads(text), ids
        except ValueError:  # a cut answer counts as one without members
            return {}, ids

    def fits(self, kind: str, node: Any) -> bool:
        wanted = _TYPES.get(kind)
        return not wanted or (isinstance(node, wanted) and not isinstance(node, bool))

    def members(self, node: Any) -> Mapping[str, Any]:
        return node  # type: ignore[no-any-return]

    def items(self, node: Any) -> Iterable[Any]:
        return (item for item in node if item is not None)

    def pairs(self, shape: Any, node: Any) -> Iterable[tuple[str, Any]]:
        return ((key, value) for key, value in node.items() if value is not None)

    def text(self, node: Any) -> str:
        return node if isinstance(node, str) else json.dumps(node)

    def scalar(self, kind: str, node: Any) -> Any:
        if kind == "timestamp":
            return parsed(node)
        whole = kind in ("integer", "long") and isinstance(node, float) and node.is_integer()
        return int(node) if whole else super().scalar(kind, node)
