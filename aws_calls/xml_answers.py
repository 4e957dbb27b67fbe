"""Answers of IAM, STS and EC2.

https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#response-serialization
https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html#response-serialization
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from botocore.parsers import ResponseParserError

from aws_calls.answer_reader import AnswerReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


class XmlAnswer(AnswerReader):
    """A node is a list of elements, because an element may occur more than once where AWS's model has it once."""

    def root(self) -> tuple[Any, Mapping[str, str]]:
        try:
            # AWS writes UTF-8. expat limits the expansion of entities.
            root = ET.fromstring(self.response["body"], ET.XMLParser(encoding="utf-8"))  # noqa: S314
        except ET.ParseError:
            raise ResponseParserError("no XML") from None
        members = self.members([root])
        result = self.shape.serialization.get("resultWrapper") if self.shape else None
        if result and result not in members:
            raise ResponseParserError(result)
        return members[result] if result else [root], self._ids(members)

    def _ids(self, members: Mapping[str, Any]) -> Mapping[str, str]:
        if "requestId" in members:  # of EC2
            return {"RequestId": self.text(members["requestId"])}
        found = self.members(members["ResponseMetadata"]) if "ResponseMetadata" in members else {}
        return {name: self.text(node) for name, node in found.items()}

    def fits(self, kind: str, node: Any) -> bool:
        return True

    def members(self, node: Any) -> Mapping[str, Any]:
        found: dict[str, list[Any]] = {}
        for element in node[0]:
            # Without its namespace.
            found.setdefault(element.tag.rpartition("}")[2], []).append(element)
        return found

    def items(self, node: Any) -> Iterable[Any]:
        return ([item] for element in node for item in element)

    def pairs(self, shape: Any, node: Any) -> Iterator[tuple[str, Any]]:
        key, value = shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value")
        for entry in map(self.members, self.items(node)):
            if key in entry and value in entry:
                yield self.text(entry[key]), entry[value]

    def text(self, node: Any) -> str:
        return node[0].text or ""
