"""The error codes that may be kept. Any other text in the place of a code is not known to be one."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from aws_calls.errors import DENIED, EXPIRED, THROTTLED
from contract.models import operation_model
from source_aws_iam.aws.operations import OPERATIONS

UNLISTED: Final = "CODE_THAT_IS_NOT_LISTED"
# https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
_COMMON: Final = frozenset(
    {
        *("IncompleteSignature", "InternalFailure", "InternalError", "InvalidAction", "InvalidClientTokenId"),
        *("InvalidParameter", "InvalidParameterCombination", "InvalidParameterValue", "InvalidQueryParameter"),
        *("InvalidSignatureException", "MalformedHttpRequestException", "MalformedQueryString", "MissingAction"),
        *("MissingAuthenticationToken", "MissingAuthenticationTokenException", "MissingParameter", "OptInRequired"),
        *("AuthFailure", "Blocked", "DryRunOperation", "IdempotentParameterMismatch", "InvalidInput", "InvalidMarker"),
        *("NotImplemented", "RequestAbortedException", "RequestEntityTooLargeException", "RequestTimeoutException"),
        *("ServiceUnavailable", "SignatureDoesNotMatch", "Unavailable", "UnknownOperationException"),
        *("UnknownParameter", "UnrecognizedClientException", "UnsupportedOperation", "UnsupportedProtocol"),
        *("ValidationError", "ValidationException", "InvalidPaginationToken", "InvalidNextToken"),
        *("InvalidKeyPair.NotFound", "InvalidKeyPair.Format"),
    }
)


def known_code(code: str) -> str:
    """Return the code if AWS's models, its lists of common codes or the table of operations have it."""
    return code if code in _known() else UNLISTED


@cache
def _known() -> frozenset[str]:
    found = _COMMON | DENIED | EXPIRED | THROTTLED
    for name, operation in OPERATIONS.items():
        found |= operation.absent | (operation.probe.absent if operation.probe else frozenset())
        # The errors of the whole service: AWS answers with more than the model says of one operation.
        of_service: Any = operation_model(name).service_model.error_shapes
        found |= {shape.error_code for shape in of_service}
    return found
