"""Pages of EC2: MaxResults and an opaque NextToken.

https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-pagination.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from botocore.model import Shape

from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud, Resource
from embedded_aws.server.errors import AwsError
from embedded_aws.server.paging import digest, seal, unseal

_SMALLEST = 5
_LARGEST = 1000
# Bounds that AWS documents, and its model does not have.
_BOUNDS = {"DescribeLaunchTemplateVersions": {"min": 1, "max": 200}}
# What narrows a list down: nothing here does.
_NARROWING = ("Filter", "Filters")


def one_page(cloud: Cloud, call: Call, records: str, items: Sequence[Resource]) -> dict[str, Any]:
    """The page that the call asks for, in the order in which the items were planted.

    A call that asks for no page size gets all; AWS then throttles earlier. A size above the largest is cut to it.
    """
    if any(name in call.params for name in _NARROWING):
        raise AwsError("InvalidParameterValue", "The filter is not served.")
    limit = arguments_of(call).get("MaxResults")
    if limit is None:
        return {records: list(items)}
    size = _size(call, _BOUNDS.get(call.operation, limit.metadata)) if "MaxResults" in call.params else len(items)
    start = _read_token(call)
    shown = items[start : start + min(size, cloud.page_cap or size)]
    end = start + len(shown)
    return {records: list(shown), "NextToken": _write_token(call, end) if end < len(items) else None}


def arguments_of(call: Call) -> Mapping[str, Shape]:
    """The shapes of the arguments that the operation takes."""
    return call.model.input_shape.members if call.model.input_shape else {}


def _size(call: Call, bounds: dict[str, int]) -> int:
    smallest, largest = bounds.get("min", _SMALLEST), bounds.get("max", _LARGEST)
    size = int(call.params["MaxResults"])
    if size < smallest:
        message = f"Value ( {size} ) for parameter maxResults is invalid. Expecting a value of at least {smallest}."
        raise AwsError("InvalidParameterValue", message)
    return min(size, largest)


def _read_token(call: Call) -> int:
    if "NextToken" not in call.params:
        return 0
    unsealed: Any = unseal(call.params["NextToken"])
    if not isinstance(unsealed, list) or unsealed[:1] != [_purpose(call)]:
        raise AwsError("InvalidNextToken", "The token is invalid.")
    start: int = unsealed[1]
    return start


def _write_token(call: Call, end: int) -> str:
    return seal([_purpose(call), end])


def _purpose(call: Call) -> str:
    return digest(call, {"NextToken", "MaxResults"})
