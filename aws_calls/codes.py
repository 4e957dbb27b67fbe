"""What AWS's error codes mean by pattern: there are too many to list, and new ones follow the same patterns.

The codes that services have in common:
https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

# InvalidAction, UnknownOperationException, UnsupportedAPIEndpointException, NotImplemented, NotSupportedService, …
_NOT_OFFERED: Final = re.compile(
    "NotImplemented|NotSupported|^Unsupported(Operation|Action|API)|^(Unknown|Invalid)(Operation|Action)"
    "|^NoSuchVersion|^MethodNotAllowed"
)
# RequestTimeout, ConcurrentModification, ServiceFailure, EntityTemporarilyUnmodifiable, FinalizingOrganization, …
_TRANSIENT: Final = re.compile(
    "Throttl|TooManyRequests|Time(d)?Out|Concurrent|Conflict|Temporar|Transient|InProgress|Aborted|NotReady|Busy"
    "|Unavailable|^Service(Failure|Exception)|^Internal|^Server|^Finalizing|^RequestIncomplete|LimitExceeded",
    re.IGNORECASE,
)
_TRANSIENT_STATUSES: Final = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)
# A request that is wrong in itself: ValidationError, InvalidParameterValue, MissingAction, …
_ABOUT_REQUEST: Final = re.compile(
    "Validation|BadRequest|NotFound|TooLarge|ARNInvalid|^(Invalid|Malformed|Missing|Unknown|NoSuch|Unsupported)"
)
# The domains of AWS's own endpoints, in every partition that botocore knows.
AWS_DOMAINS: Final = (
    *("amazonaws.com", "amazonaws.com.cn", "amazonaws.eu"),
    *("api.aws", "api.amazonwebservices.com.cn", "api.amazonwebservices.eu"),
    *("c2s.ic.gov", "sc2s.sgov.gov", "cloud.adc-e.uk", "csp.hci.ic.gov"),
)


def is_not_offered(code: str, status: int, endpoint: str) -> bool:
    """Return whether the endpoint does not have the call, or not with these arguments.

    AWS's own endpoints have all calls, so an error about the request is a bug there. Another endpoint, such as an
    emulator, may have fewer.
    """
    if status == HTTPStatus.NOT_IMPLEMENTED or _NOT_OFFERED.search(code):
        return True
    return is_about_request(code) and not _is_of_aws(endpoint)


def is_transient(code: str, status: int) -> bool:
    """Return whether the same call may succeed later."""
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _TRANSIENT_STATUSES or bool(_TRANSIENT.search(code))


def is_about_request(code: str) -> bool:
    """Return whether the code says that the request is wrong in itself."""
    return bool(_ABOUT_REQUEST.search(code))


def _is_of_aws(endpoint: str) -> bool:
    # Without a known endpoint, it is AWS's.
    host = urlsplit(endpoint).hostname
    return host is None or any(host == domain or host.endswith(f".{domain}") for domain in AWS_DOMAINS)
