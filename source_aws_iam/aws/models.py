"""botocore's models of AWS's services, read once for all connections of the process: they take nine megabytes."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader

if TYPE_CHECKING:
    from collections.abc import Mapping

# Operations that AWS pages and botocore does not.
UNKNOWN_TO_BOTOCORE: Final[Mapping[tuple[str, str], Mapping[str, Any]]] = {
    # https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServiceSpecificCredentials.html
    ("iam", "ListServiceSpecificCredentials"): {
        "input_token": "Marker",
        "output_token": "Marker",
        "more_results": "IsTruncated",
        "limit_key": "MaxItems",
        "result_key": "ServiceSpecificCredentials",
    },
}
# What a cache does not have yet, all threads that begin together would look for, in hundreds of folders.
_reading: Final = threading.Lock()


@lru_cache
def loader() -> Any:
    """Return what reads botocore's models, and keeps them. Those in ~/.aws/models and AWS_DATA_PATH are not meant."""
    return Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)


def pagination(service: str, operation: str) -> Mapping[str, Any] | None:
    """Return how to page `operation` ("ListUsers") of `service` ("iam"), or None where AWS does not page it."""
    known = UNKNOWN_TO_BOTOCORE.get((service, operation))
    return known or _of_botocore(service).get(operation)


def _of_botocore(service: str) -> Mapping[str, Mapping[str, Any]]:
    with _reading:
        try:
            model = loader().load_service_model(service, "paginators-1")
        except UnknownServiceError:
            return {}
    found: Mapping[str, Mapping[str, Any]] = model["pagination"]
    return found
