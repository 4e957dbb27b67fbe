"""Results and errors -> the XML or JSON that botocore parses.

Results go through moto's serializers, which are driven by the same service models as the SDK, so element
names and list wrappers cannot drift from what AWS sends. Errors are short templates: they are not part of the
models.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from xml.sax.saxutils import escape

from moto.core.serialize import SerializationContext, get_serializer_class

from embedded_aws.server.calls import Answer, Call
from embedded_aws.server.errors import AwsError

_JSON = "application/x-amz-json-1.1"
_REST_JSON = "application/json"
_XML = "application/xml"
_QUERY_ERROR = (
    "<ErrorResponse><Error><Type>{type}</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    "<RequestId>{request_id}</RequestId></ErrorResponse>"
)
_EC2_ERROR = (
    "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
    "<RequestID>{request_id}</RequestID></Response>"
)
_S3_ERROR = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    "<Error><Code>{code}</Code><Message>{message}</Message>{details}<RequestId>{request_id}</RequestId></Error>"
)


def render(call: Call, result: Mapping[str, Any]) -> Answer:
    """`result` has AWS's member names. XML leaves out members that are None; JSON is sent as it is."""
    request_id = str(uuid.uuid4())
    if call.protocol == "json":
        return _answer(200, json.dumps(result), _JSON, request_id)
    serializer = get_serializer_class(call.service, call.protocol)(call.model, SerializationContext(request_id))
    serialized = serializer.serialize(result)
    if call.protocol == "rest-xml":
        typed = {"Content-Type": result["ContentType"]} if "ContentType" in result else {}
        headers = {**serialized["headers"], **typed}
        return _s3_answer(serialized["status_code"], serialized["body"], headers, request_id)
    content_type = _REST_JSON if call.protocol == "rest-json" else "text/xml"
    return _answer(serialized["status_code"], serialized["body"], content_type, request_id)


def render_error(call: Call, error: AwsError) -> Answer:
    request_id = str(uuid.uuid4())
    if call.protocol == "json":
        return _answer(error.status, json.dumps({"__type": error.code, "message": error.message}), _JSON, request_id)
    if call.protocol == "rest-json":
        answer = _answer(error.status, json.dumps({"message": error.message}), _REST_JSON, request_id)
        return replace(answer, headers={**answer.headers, "x-amzn-ErrorType": error.code})
    if call.protocol == "rest-xml":
        return _s3_answer(error.status, _s3_error(call, error, request_id), error.headers, request_id)
    template = _EC2_ERROR if call.protocol == "ec2" else _QUERY_ERROR
    body = template.format(
        type="Receiver" if error.status >= 500 else "Sender",
        code=escape(error.code),
        message=escape(error.message),
        request_id=request_id,
    )
    return _answer(error.status, body, "text/xml", request_id)


def _s3_error(call: Call, error: AwsError, request_id: str) -> str:
    """An answer to HEAD has no body, and so does not say what is wrong."""
    if call.method == "HEAD":
        return ""
    details = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in error.details.items())
    return _S3_ERROR.format(
        code=escape(error.code), message=escape(error.message), details=details, request_id=request_id
    )


def _s3_answer(status: int, body: str | bytes, headers: Mapping[str, str], request_id: str) -> Answer:
    """S3 has names of its own for what identifies a request."""
    encoded = body.encode() if isinstance(body, str) else body
    identified = {"x-amz-request-id": request_id, "x-amz-id-2": request_id[::-1]}
    return Answer(status, encoded, {"Content-Type": _XML, **identified, **headers})


def _answer(status: int, body: str | bytes, content_type: str, request_id: str) -> Answer:
    encoded = body.encode() if isinstance(body, str) else body
    return Answer(status, encoded, {"Content-Type": content_type, "x-amzn-RequestId": request_id})
