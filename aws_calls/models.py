"""botocore's models of AWS's services, read once for the whole process: they take nine megabytes."""

from __future__ import annotations

import gzip
import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson
from botocore import xform_name
from botocore.exceptions import DataNotFoundError, UnknownServiceError
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
    # https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLastAccessedDetails.html
    ("iam", "GetServiceLastAccessedDetails"): {
        "input_token": "Marker",
        "output_token": "Marker",
        "more_results": "IsTruncated",
        "limit_key": "MaxItems",
        "result_key": "ServicesLastAccessed",
    },
}
# Without this lock, all threads that begin together would look for the same model, in hundreds of folders.
_reading: Final = threading.Lock()


@lru_cache
def loader() -> Any:
    """Return the loader of botocore's own models, and keep it. It ignores ~/.aws/models and AWS_DATA_PATH."""
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


def operations_of(service: str) -> frozenset[str]:
    """Return the operations that botocore has of `service`, in its spelling ("list_users").

    `spec` calls this. The model has up to three megabytes, so it is read in milliseconds here, and not kept.
    """
    try:
        version = loader().determine_latest_version(service, "service-2")
    except DataNotFoundError:
        return frozenset()
    path = Path(Loader.BUILTIN_DATA_PATH, service, version, "service-2.json")
    packed = path.with_name(f"{path.name}.gz")
    text = gzip.decompress(packed.read_bytes()) if packed.exists() else path.read_bytes()
    return frozenset(map(xform_name, orjson.loads(text)["operations"]))
