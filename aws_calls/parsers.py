"""The parsers of answers, by protocol and status."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from botocore.parsers import ResponseParserError, ResponseParserFactory

from aws_calls.answer_reader import ODD
from aws_calls.json_answers import JsonAnswer
from aws_calls.xml_answers import XmlAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aws_calls.answer_reader import AnswerReader

# No operation of a service with paths that is called has anything but its body to answer with.
_READERS: Final[Mapping[str, type[AnswerReader]]] = {
    **dict.fromkeys(("query", "ec2"), XmlAnswer),
    **dict.fromkeys(("json", "rest-json"), JsonAnswer),
}


class TolerantParsers(ResponseParserFactory):
    """The factory from which botocore gets its parsers. botocore's own parse errors, and answers in other protocols."""

    def create_parser(self, protocol_name: str) -> Any:
        """Return the parser of one answer."""
        usual = super().create_parser(protocol_name)
        return _Parser(_READERS[protocol_name], usual) if protocol_name in _READERS else usual


class _Parser:
    def __init__(self, reader: type[AnswerReader], usual: Any) -> None:
        self._reader = reader
        self._usual = usual

    def parse(self, response: Mapping[str, Any], shape: Any) -> Any:
        if response["status_code"] >= HTTPStatus.MULTIPLE_CHOICES:
            return self._usual.parse(response, shape)
        try:
            return self._reader(response, shape).read()
        except RecursionError:
            raise ResponseParserError("nesting") from None


def odd_members(answer: Any) -> Iterator[tuple[str, str]]:
    """Yield (name, text) of the members of an answer that were left out because they could not be parsed."""
    yield from answer.get("ResponseMetadata", {}).get(ODD, {}).items()
