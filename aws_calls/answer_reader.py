"""Parses answers by AWS's models, as botocore does, except that one odd value does not cost the whole answer.

botocore relies on its models. It raises ValueError for text that is no time, number or Base64, and parses a boolean
that is neither true nor false as false. Here such a value is left out of the answer, as if AWS had not sent it, and its
text is in `ResponseMetadata` under ODD. Where the model has text, any other JSON value becomes text.
"""

from __future__ import annotations

import base64
from abc import ABC, abstractmethod
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from botocore.parsers import ResponseParserError
from botocore.utils import lowercase_dict

from aws_calls.timestamps import parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

# The key in ResponseMetadata of the members that could not be parsed: {"CreateDate": "yesterday"}.
ODD: Final = "OddMembers"
# The length to which an odd value is cut.
_SHOWN: Final = 60
_BOOLEANS: Final = {"true": True, "false": False}
_FROM_TEXT: Final[Mapping[str, Callable[[str], Any]]] = {
    "boolean": lambda text: _BOOLEANS[text.lower()],
    **dict.fromkeys(("integer", "long"), int),
    **dict.fromkeys(("float", "double"), float),
    "timestamp": parsed,
    "blob": base64.b64decode,
}
# RuntimeError and OSError are raised for times beyond the calendar.
_UNREADABLE: Final = (ValueError, LookupError, ArithmeticError, OSError, RuntimeError)


# All that one sync needs. In the tests, each client brings shapes of its own.
@lru_cache(maxsize=4096)
def _members(shape: Any) -> tuple[tuple[str, str, Any, str], ...]:
    """Return the name, the name in answers, the shape and the type of each member of a structure."""
    return tuple(
        (name, member.serialization.get("name", name), member, member.type_name)
        for name, member in shape.members.items()
    )


class _Odd(NamedTuple):
    """Marks a value that could not be parsed, until it is left out."""

    text: str


class AnswerReader(ABC):
    """Parses one answer. A node is a value of the answer in the form of its protocol."""

    def __init__(self, response: Mapping[str, Any], shape: Any) -> None:
        """`shape` is the answer in the model, or None where the model has none."""
        self.response = response
        self.shape = shape
        self._odd: dict[str, str] = {}
        self._inside = {"structure": self._structure, "list": self._list, "map": self._map}

    def read(self) -> dict[str, Any]:
        """Return the answer as botocore would. Raises ResponseParserError where it cannot be parsed at all."""
        root, ids = self.root()
        found = {} if self.shape is None else self._value(self.shape, root)
        if isinstance(found, _Odd):
            raise ResponseParserError(self.shape.name)
        status, headers = self.response["status_code"], lowercase_dict(self.response["headers"])
        metadata = {**ids, "HTTPStatusCode": status, "HTTPHeaders": headers, **({ODD: self._odd} if self._odd else {})}
        return {**found, "ResponseMetadata": metadata}

    @abstractmethod
    def root(self) -> tuple[Any, Mapping[str, str]]:
        """Return the node of the answer, and the ids of the request. Raises ResponseParserError."""

    @abstractmethod
    def fits(self, kind: str, node: Any) -> bool:
        """Return whether `node` may be a value of the type `kind` ("list")."""

    @abstractmethod
    def members(self, node: Any) -> Mapping[str, Any]:
        """Return the nodes in a structure, by name."""

    @abstractmethod
    def items(self, node: Any) -> Iterable[Any]:
        """Return the nodes in a list."""

    @abstractmethod
    def pairs(self, shape: Any, node: Any) -> Iterable[tuple[str, Any]]:
        """Return the keys and nodes in a map."""

    @abstractmethod
    def text(self, node: Any) -> str:
        """Return `node` as text."""

    def scalar(self, kind: str, node: Any) -> Any:
        """Return a value that is no structure, list or map. May raise any of _UNREADABLE."""
        text = self.text(node)
        return _FROM_TEXT[kind](text.strip()) if kind in _FROM_TEXT else text

    def _value(self, shape: Any, node: Any) -> Any:
        if getattr(shape, "is_document_type", False):  # JSON of any form
            return node
        if not self.fits(shape.type_name, node):
            return _Odd(self.text(node))
        if shape.type_name in self._inside:
            return self._inside[shape.type_name](shape, node)
        try:
            return self.scalar(shape.type_name, node)
        except _UNREADABLE:
            return _Odd(self.text(node))

    def _list(self, shape: Any, node: Any) -> list[Any]:
        items = (self._value(shape.member, item) for item in self.items(node))
        return [item for item in items if not isinstance(item, _Odd)]

    def _map(self, shape: Any, node: Any) -> dict[str, Any]:
        pairs = ((key, self._value(shape.value, inner)) for key, inner in self.pairs(shape, node))
        return {key: value for key, value in pairs if not isinstance(value, _Odd)}

    def _structure(self, shape: Any, node: Any) -> dict[str, Any]:
        found, members = {}, self.members(node)
        for name, sent_as, member, kind in _members(shape):
            inner = members.get(sent_as)
            if inner is None:
                continue
            if kind == "string" and self.fits(kind, inner):
                # Most members are, and no text is odd.
                found[name] = self.text(inner)
                continue
            value = self._value(member, inner)
            if not isinstance(value, _Odd):
                found[name] = value
            elif text := value.text.strip():
                self._odd.setdefault(name, text[:_SHOWN])
        return found
