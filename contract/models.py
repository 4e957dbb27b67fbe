"""botocore's models of the operations."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from botocore import xform_name
from botocore.model import ServiceModel

from aws_calls.models import loader

if TYPE_CHECKING:
    from botocore.model import OperationModel


@cache
def operation_model(operation: str) -> OperationModel:
    """Return the model of an operation ("iam.list_users"). Raises LookupError where botocore has none."""
    service, _, method = operation.partition(".")
    model = _service_model(service)
    return model.operation_model({xform_name(name): name for name in model.operation_names}[method])


def members(operation: str) -> dict[str, Any]:
    """Return the arguments of an operation, each with its shape."""
    shape: Any = operation_model(operation).input_shape
    return dict(shape.members) if shape else {}


def required(operation: str) -> list[str]:
    """Return the names of the arguments that an operation must have."""
    shape: Any = operation_model(operation).input_shape
    return list(shape.required_members) if shape else []


@cache
def _service_model(service: str) -> ServiceModel:
    return ServiceModel(loader().load_service_model(service, "service-2"), service_name=service)
