"""A plain client of botocore that is answered without a network."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.loaders import create_loader
from botocore.session import Session

GOOD = (200, b"<GetUserResponse><GetUserResult><User><UserName>ana</UserName></User></GetUserResult></GetUserResponse>")
BUSY = (503, b"<ErrorResponse><Error><Code>ServiceUnavailable</Code></Error></ErrorResponse>")


@cache
def _models() -> Any:
    return create_loader()


class Raw(BytesIO):
    def stream(self, **_: Any) -> Any:
        yield self.read()


def client(
    *answers: tuple[int, bytes] | Exception,
    service: str = "iam",
    attempts: int = 1,
    signing: object = None,
    parsers: object = None,
) -> Any:
    """A client of IAM that gets these answers, one for each attempt."""
    session = Session()
    session.register_component("data_loader", _models())
    if signing:
        session.register_component("credential_provider", signing)
    else:
        session.set_credentials("AKIA", "s")
    if parsers:
        session.register_component("response_parser_factory", parsers)
    make: Any = Config
    config = make(retries={"mode": "standard", "total_max_attempts": attempts})
    made: Any = session.create_client(service, region_name="us-east-1", config=config)
    coming = iter(answers)

    def answer(request: Any, **_: Any) -> AWSResponse:
        coming_now = next(coming)
        if isinstance(coming_now, Exception):
            raise coming_now
        status, body = coming_now
        headers: Any = {}
        return AWSResponse(request.url, status, headers, Raw(body))

    made.meta.events.register_last(f"before-send.{service}", answer)
    return made
