"""AWS failures as Airbyte failures: whoever reads the trace learns the stream, the call and what to do."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from airbyte_cdk.models import FailureType, StreamDescriptor
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_aws_iam.aws.errors import AwsError, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FAILURE_TYPE: Final[Mapping[Outcome, FailureType]] = {
    Outcome.ACT: FailureType.config_error,
    Outcome.LATER: FailureType.transient_error,
}


@contextmanager
def traced(stream: str) -> Iterator[None]:
    """Raise the AwsErrors of a stream as Airbyte's traced exceptions; let bugs pass as they are."""
    try:
        yield
    except AwsError as error:
        raise AirbyteTracedException(
            message=f"{stream}: {error}",
            # The CDK quotes this in the summary that ends a sync, which people see too.
            internal_message=f"{error.code} from {error.target}",
            failure_type=FAILURE_TYPE[error.outcome],
            exception=error,
            stream_descriptor=StreamDescriptor(name=stream),
        ) from None


def config_error(message: str, stream: str | None = None) -> AirbyteTracedException:
    """Return the exception for something that the user must change."""
    return AirbyteTracedException(
        message=message,
        internal_message=message,
        failure_type=FailureType.config_error,
        stream_descriptor=StreamDescriptor(name=stream) if stream else None,
    )
