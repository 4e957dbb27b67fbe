"""A request as AWS parses it, and its answer.

AWS takes the service and the Region from the SigV4 credential scope and not from the host name. So one loopback URL can
serve every endpoint.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

from moto.core.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.utils import get_service_model
from werkzeug.datastructures import Headers, MultiDict

from embedded_aws.server import s3_routes
from embedded_aws.server.rest import MODELS, Route, action_of, route

Protocol = Literal["query", "ec2", "json", "rest-json", "rest-xml"]

ADMIN_AGENT = "embedded-aws-admin"
"""User-agent suffix of `EmbeddedAws.client`: a call of the test itself, neither counted nor faulted."""

WEB_IDENTITY = "AssumeRoleWithWebIdentity"
"""The unsigned call."""

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential="
    r"(?P<access_key_id>[^/,]+)/\d{8}/(?P<region>[^/,]+)/(?P<service>[^/,]+)/aws4_request,\s*"
    r"SignedHeaders=(?P<signed_headers>[^,]+),\s*Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass(frozen=True)
class Signature:
    """The parts of a SigV4 `Authorization` header."""

    access_key_id: str
    region: str
    service: str
    signed_headers: str
    signature: str


@dataclass(frozen=True)
class Call:
    """A request. Header names are lower case; `target` is path and query string as they were sent."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    at: datetime | None = None
    """When it came, by the cloud's clock: it may have to wait before it is served."""

    @cached_property
    def signature(self) -> Signature | None:
        match = _AUTHORIZATION.fullmatch(self.headers.get("authorization", ""))
        return Signature(**match.groupdict()) if match else None

    @property
    def service(self) -> str:
        if self.signature is None:
            return "sts" if self.operation == WEB_IDENTITY else "unsigned"
        return self.signature.service

    @property
    def region(self) -> str:
        return self.signature.region if self.signature else ""

    @property
    def protocol(self) -> Protocol:
        if "x-amz-target" in self.headers:
            return "json"
        if self.signature and self.signature.service == "s3":
            return "rest-xml"
        if self.signature and self.signature.service in MODELS:
            return "rest-json"
        return "ec2" if self.signature and self.signature.service == "ec2" else "query"

    @cached_property
    def _form(self) -> MultiDict[str, str]:
        text = f"{urlsplit(self.target).query}&{self.body.decode('utf-8', 'replace')}"
        return MultiDict(parse_qsl(text, keep_blank_values=True))

    @cached_property
    def _route(self) -> Route | None:
        if self.protocol == "rest-xml":
            return s3_routes.route(self.method, self.target)
        if self.protocol != "rest-json" or not self.signature:
            return None
        return route(self.signature.service, self.method, urlsplit(self.target).path)

    @cached_property
    def operation(self) -> str:
        """`ListUsers`; where nothing names it, the HTTP method."""
        if self._route:
            return self._route.operation
        target = self.headers.get("x-amz-target")
        return target.rpartition(".")[2] if target else self._form.get("Action", self.method)

    @property
    def action(self) -> str:
        """What IAM's policies call it, `iam:ListUsers`: one action may allow several operations."""
        return f"{self.service}:{action_of(self.operation)}"

    @property
    def full_operation(self) -> str:
        """`iam:ListUsers`, and `s3:ListObjectsV2` where the action is `s3:ListBucket`."""
        return f"{self.service}:{self.operation}"

    def is_for(self, action: str) -> bool:
        """Return whether `action` names the call: by its action, by its operation or as "*"."""
        return action in ("*", self.action, self.full_operation)

    @property
    def model(self) -> OperationModel:
        """What botocore's model says of the operation."""
        service = get_service_model(MODELS.get(self.service, self.service))
        operation: OperationModel = service.operation_model(self.operation)
        return operation

    @cached_property
    def params(self) -> dict[str, Any]:
        """The arguments, typed by botocore's service model as the SDK knows them."""
        if self.protocol == "json":
            loaded: dict[str, Any] = json.loads(self.body or b"{}")
            return loaded
        if self.protocol == "rest-xml" and self._route is None:
            return {}
        parser = PROTOCOL_PARSERS[self.protocol](self.model)
        in_path = self._route.arguments if self._route else {}
        values = MultiDict(parse_qsl(urlsplit(self.target).query)) if self._route else self._form
        headers = Headers(self.headers)  # names of headers count without regard to case
        request: Any = {"values": values, "headers": headers, "body": self.body, "url_params": in_path}
        parsed: dict[str, Any] = parser.parse(request)
        return parsed

    @property
    def by_admin(self) -> bool:
        return self.headers.get("user-agent", "").endswith(ADMIN_AGENT)


@dataclass(frozen=True)
class Answer:
    """What goes back over the wire."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    dated: bool = True
    """Whether it has the header Date."""
