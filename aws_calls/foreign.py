"""Answers that are not AWS's, but those of a proxy, a gateway, a login page or another server.

botocore takes every answer for AWS's. Its parsers raise various exceptions at some of them, and read others as answers
without members. Here such an answer becomes an error that says so.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from botocore.parsers import ResponseParserError
from botocore.utils import lowercase_dict

from aws_calls.errors import AwsError, Outcome, Target
from aws_calls.parsers import TolerantParsers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# What botocore's parsers raise at text of another kind. OSError is that of a time out of range.
_PARSE_ERRORS: Final = (
    *(ResponseParserError, ValueError, LookupError, TypeError, AttributeError),
    *(ArithmeticError, RecursionError, OSError),
)
# The name of the first element, after a byte order mark, the XML declaration and comments.
_ROOT: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*<(?:\w+:)?(\w+)", re.DOTALL)
_HEAD: Final = 2000
# The codes that botocore gives to an error without one, besides the status itself.
_NO_CODE: Final = frozenset({"", "Unknown", None})
# Statuses that say that the same request may succeed later.
_TRANSIENT: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
# The protocol of S3 alone.
_OF_S3: Final = "rest-xml"
_FOREIGN: Final = (
    "{target} was answered by something that is not AWS ({origin}). A proxy, a gateway or "
    "a login page stands in between, or endpoint_url names another server. Check endpoint_url, the network and its "
    "proxies, then sync again."
)
_PROXY: Final = (
    "{target} was answered by something that is not AWS ({origin}): the proxy on the way "
    "asks for a user name and a password. Add them to the variable that names the proxy, HTTPS_PROXY or HTTP_PROXY, or "
    "add the endpoint to NO_PROXY."
)


class ForeignAnswerError(ResponseParserError):
    """A status of success with a body that does not begin as an answer of AWS does."""

    def __init__(self, status: int) -> None:
        """`status` is that of the answer. The body is not kept: it may contain anything."""
        super().__init__(f"HTTP {status}")
        self.status = status


def foreign(status: int, target: Target) -> AwsError:
    """Return the error for an answer with `status` that is not AWS's."""
    is_success, is_server_error = status < HTTPStatus.MULTIPLE_CHOICES, status >= HTTPStatus.INTERNAL_SERVER_ERROR
    transient = is_success or is_server_error or status in _TRANSIENT
    template = _PROXY if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED else _FOREIGN
    origin = f"HTTP {status} from {target.endpoint}" if target.endpoint else f"HTTP {status}"
    sentence = template.format(target=target, origin=origin)
    return AwsError(Outcome.LATER if transient else Outcome.ACT, sentence, code=f"HTTP {status}", target=target)


def has_code(code: str | None, status: int) -> bool:
    """Return whether an error answer has a code. botocore makes one up where there is none."""
    return code not in _NO_CODE and code != str(status)


class Parsers(TolerantParsers):
    """Makes parsers that also check whether an answer is AWS's."""

    def create_parser(self, protocol_name: str) -> Any:
        """Return the parser of answers in `protocol_name`: "query", "ec2", "json", "rest-json", or S3's "rest-xml"."""
        may_be_of_aws = _json_of_aws if protocol_name.endswith("json") else _xml_of_aws
        return _Parser(super().create_parser(protocol_name), _xml_of_s3 if protocol_name == _OF_S3 else may_be_of_aws)


class _Parser:
    def __init__(self, parser: Any, may_be_of_aws: Callable[[bytes, Any], bool]) -> None:
        self._parser = parser
        self._may_be_of_aws = may_be_of_aws

    def parse(self, response: Mapping[str, Any], shape: Any) -> dict[str, Any]:
        """Return the answer as botocore parses it. An error without a code gets its status as the code.

        Raises ResponseParserError for a status of success with a body that cannot be parsed.
        """
        status, body = response["status_code"], response["body"] or b""
        # The content of an object is read later, and may be anything.
        body = body.strip() if isinstance(body, bytes) else b""
        try:
            parsed: dict[str, Any] | None = self._parser.parse(response, shape) or {}
        except _PARSE_ERRORS:
            parsed = None
        if shape is not None and shape.metadata.get("exception"):
            return parsed or {}  # details of an error that was parsed before
        if status >= HTTPStatus.MULTIPLE_CHOICES:
            return _error(parsed or {}, response)
        if body and not self._may_be_of_aws(body, shape):
            raise ForeignAnswerError(status)
        if parsed is None:
            raise ResponseParserError("unreadable")
        return parsed


def _json_of_aws(body: bytes, shape: Any) -> bool:
    """Return whether `body` is, or begins as, an object that is empty or has a member of AWS's answer."""
    names = (member.serialization.get("name", name) for name, member in shape.members.items()) if shape else ()
    return body.startswith(b"{") and (body == b"{}" or any(f'"{name}"'.encode() in body for name in names))


def _xml_of_aws(body: bytes, _: Any) -> bool:
    """Return whether the first element of `body` is named as in AWS's answers: "ListUsersResponse"."""
    return _root(body).endswith("Response")


def _xml_of_s3(body: bytes, _: Any) -> bool:
    """Return the same of S3's answers: "ListBucketResult"."""
    return _root(body).endswith("Result")


def _root(body: bytes) -> str:
    found = _ROOT.match(body[:_HEAD])
    return found[1].decode() if found else ""


def _error(parsed: Mapping[str, Any], response: Mapping[str, Any]) -> dict[str, Any]:
    """Return an error answer with a code and a text, also where botocore found none."""
    status, error = response["status_code"], parsed.get("Error")
    code = error.get("Code") if isinstance(error, dict) else None
    if isinstance(error, dict) and isinstance(code, str) and has_code(code, status):
        return {**parsed, "Error": {**error, "Message": str(error.get("Message") or "")}}
    # The front ends of AWS's services send the code as an element: <UnknownOperationException/>
    root = _root(response["body"] or b"")
    headers = lowercase_dict(response["headers"])
    return {
        "Error": {"Code": root if root.endswith("Exception") else str(status), "Message": ""},
        "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": headers},
    }
