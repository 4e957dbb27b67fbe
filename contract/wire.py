"""Answers as they came over the wire, before anything reads them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.client import BaseClient
    from botocore.model import OperationModel

_NUMBERS: Final = {"integer": int, "long": int, "float": float, "double": float}
_BOOLEANS: Final = {"true": True, "false": False}
# Beside the members of the answer.
_OF_THE_REQUEST: Final = frozenset({"ResponseMetadata", "requestId", "RequestId"})


@dataclass(frozen=True, repr=False)
class Exchange:
    """One answer. Names of headers are in lower case. Has no repr: the body may hold secrets."""

    model: OperationModel
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def protocol(self) -> str:
        """The protocol in which the service answers: "query", "ec2", "json", …"""
        protocol: str = self.model.service_model.resolved_protocol
        return protocol


class Wire:
    """Keeps the last answer to each operation."""

    def __init__(self) -> None:
        """Nothing has been heard."""
        self._last: dict[str, Exchange] = {}

    def listen(self, client: BaseClient, model: OperationModel) -> None:
        """Keep the answers to an operation of this client, of every attempt.

        botocore hands an answer first to those who registered for the operation, of these to those who came last.
        """
        events: Any = client.meta.events
        service = client.meta.service_model.service_id.hyphenize()
        events.register_first(f"before-parse.{service}.{model.name}", self._keep, unique_id=f"contract.{model.name}")

    def take(self, model: OperationModel) -> Exchange | None:
        """Return the last answer to an operation since it was taken before, or None where there was none."""
        return self._last.pop(_name(model), None)

    def _keep(self, operation_model: OperationModel, response_dict: Mapping[str, Any], **_: Any) -> None:
        headers = {name.lower(): value for name, value in response_dict["headers"].items()}
        exchange = Exchange(operation_model, response_dict["status_code"], headers, response_dict["body"] or b"")
        self._last[_name(operation_model)] = exchange


def _name(model: OperationModel) -> str:
    return f"{model.service_model.service_name}.{model.name}"


def value_of(exchange: Exchange) -> Any:
    """Return an answer under the names it has on the wire, with JSON's types; "" where it cannot be read.

    XML knows no types: a text becomes what the model says, where it is such a thing.
    """
    try:
        if exchange.protocol.endswith("json"):
            return json.loads(exchange.body or b"{}")
        root = ET.fromstring(exchange.body)  # noqa: S314 - expat limits the growth of entities
    except (ValueError, ET.ParseError, RecursionError):
        return ""
    shape: Any = exchange.model.output_shape
    wrapper = shape.serialization.get("resultWrapper") if shape else None
    found = next((child for child in root if _tag(child) == wrapper), root)
    return _from_xml(shape, found)


def _from_xml(shape: Any, element: ET.Element) -> Any:
    text = element.text or ""
    kind = shape.type_name if shape else ""
    if kind in {"structure", "list", "map"}:
        if text.strip() and not len(element):
            return text
        if kind == "list":
            return [_from_xml(shape.member, child) for child in element]
        return dict(_entries(shape, element) if kind == "map" else _members(shape, element))
    return {_tag(child): "" for child in element} if len(element) else _typed(kind, text)


def _members(shape: Any, element: ET.Element) -> Iterator[tuple[str, Any]]:
    known = {member.serialization.get("name", name): member for name, member in shape.members.items()}
    for child in element:
        tag = _tag(child)
        if tag in _OF_THE_REQUEST and tag not in known:
            continue
        member = known.get(tag)
        if member is not None and member.type_name == "list" and member.serialization.get("flattened"):
            yield tag, [_from_xml(member.member, item) for item in element if _tag(item) == tag]
        else:
            yield tag, _from_xml(member, child)


def _entries(shape: Any, element: ET.Element) -> Iterator[tuple[str, Any]]:
    names = (shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value"))
    for entry in element:
        parts = {_tag(part): part for part in entry}
        if all(name in parts for name in names):
            yield parts[names[0]].text or "", _from_xml(shape.value, parts[names[1]])


def _typed(kind: str, text: str) -> Any:
    if kind == "boolean":
        return _BOOLEANS.get(text.strip().lower(), text)
    try:
        return _NUMBERS[kind](text) if kind in _NUMBERS else text
    except ValueError:
        return text


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
