"""AWS's error answers, in the words of each protocol.

One cause has up to four names: an unknown key is `InvalidClientTokenId` to IAM and STS (query protocol),
`UnrecognizedClientException` to CloudTrail and Access Analyzer (JSON, with and without paths), `AuthFailure` to EC2,
and `InvalidAccessKeyId` to S3 (XML with paths). Codes, statuses and texts are those of the "Common Errors" pages of the
API references and of live answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from embedded_aws.server.calls import Protocol


class AwsError(Exception):
    """An error answer: code, HTTP status and message as they go over the wire."""

    def __init__(
        self,
        code: str,
        message: str,
        status: int = 400,
        *,
        details: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.details = details or {}
        """More elements of S3's `<Error>`."""
        self.headers = headers or {}


@dataclass(frozen=True)
class Refusal:
    """One cause and what each protocol calls it: (code, HTTP status)."""

    query: tuple[str, int]
    json: tuple[str, int]
    ec2: tuple[str, int]
    rest_json: tuple[str, int]
    rest_xml: tuple[str, int]
    message: str
    message_of_s3: str | None = None
    """Where it is another one."""

    def to(self, protocol: Protocol, message: str | None = None) -> AwsError:
        names: Mapping[Protocol, tuple[str, int]] = {
            "query": self.query,
            "json": self.json,
            "ec2": self.ec2,
            "rest-json": self.rest_json,
            "rest-xml": self.rest_xml,
        }
        of_service = self.message_of_s3 if protocol == "rest-xml" else None
        code, status = names[protocol]
        return AwsError(code, message or of_service or self.message, status)


NOT_SIGNED = Refusal(
    query=("MissingAuthenticationToken", 403),
    json=("MissingAuthenticationTokenException", 400),
    ec2=("MissingAuthenticationToken", 403),
    rest_json=("MissingAuthenticationTokenException", 403),
    rest_xml=("AccessDenied", 403),
    message="Request is missing Authentication Token",
    message_of_s3="Access Denied",
)
UNKNOWN_KEY = Refusal(
    query=("InvalidClientTokenId", 403),
    json=("UnrecognizedClientException", 400),
    ec2=("AuthFailure", 401),
    rest_json=("UnrecognizedClientException", 403),
    rest_xml=("InvalidAccessKeyId", 403),
    message="The security token included in the request is invalid.",
    message_of_s3="The AWS Access Key Id you provided does not exist in our records.",
)
WRONG_SIGNATURE = Refusal(
    query=("SignatureDoesNotMatch", 403),
    json=("InvalidSignatureException", 400),
    ec2=("AuthFailure", 401),
    rest_json=("InvalidSignatureException", 403),
    rest_xml=("SignatureDoesNotMatch", 403),
    message="The request signature we calculated does not match the signature you provided. Check your AWS "
    "Secret Access Key and signing method. Consult the service documentation for details.",
)
WRONG_SCOPE = Refusal(
    query=("SignatureDoesNotMatch", 403),
    json=("SignatureDoesNotMatch", 403),
    ec2=("SignatureDoesNotMatch", 403),
    rest_json=("InvalidSignatureException", 403),
    rest_xml=("AuthorizationHeaderMalformed", 400),
    message="Credential should be scoped to a valid region.",
    message_of_s3="The authorization header is malformed; the region is wrong.",
)
EXPIRED = Refusal(
    query=("ExpiredToken", 403),
    json=("ExpiredTokenException", 400),
    ec2=("RequestExpired", 400),
    rest_json=("ExpiredTokenException", 403),
    rest_xml=("ExpiredToken", 400),
    message="The security token included in the request is expired",
    message_of_s3="The provided token has expired.",
)
DENIED = Refusal(
    query=("AccessDenied", 403),
    json=("AccessDeniedException", 400),
    ec2=("UnauthorizedOperation", 403),
    rest_json=("AccessDeniedException", 403),
    rest_xml=("AccessDenied", 403),
    message="You are not authorized to perform this operation.",
    message_of_s3="Access Denied",
)
THROTTLED = Refusal(
    query=("Throttling", 400),
    json=("ThrottlingException", 400),
    ec2=("RequestLimitExceeded", 503),
    rest_json=("ThrottlingException", 429),
    rest_xml=("SlowDown", 503),
    message="Rate exceeded",
    message_of_s3="Please reduce your request rate.",
)
INTERNAL = Refusal(
    query=("InternalFailure", 500),
    json=("InternalFailure", 500),
    ec2=("InternalError", 500),
    rest_json=("InternalServerException", 500),
    rest_xml=("InternalError", 500),
    message="The request processing has failed because of an unknown error, exception or failure.",
    message_of_s3="We encountered an internal error. Please try again.",
)
UNAVAILABLE = Refusal(
    query=("ServiceUnavailable", 503),
    json=("ServiceUnavailable", 503),
    ec2=("Unavailable", 503),
    rest_json=("ServiceUnavailableException", 503),
    rest_xml=("ServiceUnavailable", 503),
    message="The request has failed due to a temporary failure of the server.",
    message_of_s3="Service is unable to handle request.",
)
NOT_SERVED = Refusal(
    query=("NotImplemented", 501),
    json=("NotImplemented", 501),
    ec2=("NotImplemented", 501),
    rest_json=("NotImplemented", 501),
    rest_xml=("NotImplemented", 501),
    message="Embedded AWS does not serve this operation.",
)


def validation_error(value: object, member: str, constraint: str) -> AwsError:
    """The query services' answer to an argument outside its modelled range."""
    text = f"Value '{value}' at '{member}' failed to satisfy constraint: Member must {constraint}"
    return AwsError("ValidationError", f"1 validation error detected: {text}")


def check_range(value: int, member: str, lowest: int, highest: int) -> int:
    if value < lowest:
        raise validation_error(value, member, f"have value greater than or equal to {lowest}")
    if value > highest:
        raise validation_error(value, member, f"have value less than or equal to {highest}")
    return value


def no_identity_provider(_call: object) -> NoReturn:
    """STS's answer to a token of somebody whom the account does not know."""
    raise AwsError("InvalidIdentityToken", "No OpenIDConnect provider found in your account for the issuer")
