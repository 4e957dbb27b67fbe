"""AWS failures as Airbyte failures: whoever reads the trace learns the stream, the call and what to do."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from airbyte_cdk.models import FailureType, StreamDescriptor
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_aws_iam.accounts.failures import WHOLE, Unexpected
from source_aws_iam.aws.errors import AwsError, Outcome
from source_aws_iam.resources import exhausted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from source_aws_iam.accounts.failures import Failure
    from source_aws_iam.components.connection import Connection

FAILURE_TYPE: Final[Mapping[Outcome, FailureType]] = {
    Outcome.ACT: FailureType.config_error,
    Outcome.LATER: FailureType.transient_error,
}
_WORST_FIRST: Final = (FailureType.system_error, FailureType.config_error, FailureType.transient_error)
# By which the source knows these from all other failures.
ACCOUNTS_FAILED: Final = "accounts failed"
# So many accounts or Regions, and so many causes, are in one message.
MOST_NAMED: Final = 50
MOST_CAUSES: Final = 3


@contextmanager
def traced(stream: str) -> Iterator[None]:
    """Raise the AwsErrors of a stream, and that the machine has too little, as Airbyte's traced exceptions.

    Bugs pass as they are.
    """
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
    except (MemoryError, RuntimeError, ImportError, OSError) as error:
        lack = exhausted(error)
        if lack is None:
            raise
        raise config_error(f"{stream}: {lack}", stream) from error


def raise_for_accounts(stream: str, connection: Connection) -> None:
    """Raise one exception for all of many accounts, and Regions, that `stream` could not be read in, if there are any.

    The CDK marks the stream as incomplete for it. Whether the sync fails with it is decided in the source.
    """
    failed = connection.failures.of_stream(stream) if connection.many else {}
    if not failed:
        return
    regions = sum(place.region != WHOLE for place in failed)
    accounts = len(failed) - regions
    what = [f"{accounts} of {len(connection.members())} accounts"] if accounts else []
    if regions:
        what.append(f"{regions} Region{'s' if regions > 1 else ''}{' of others' if accounts else ''}")
    named = {str(place): error for place, error in failed.items()}
    raise for_accounts(stream, named, f"{' and '.join(what)} could not be read")


def for_accounts(stream: str, failed: Mapping[str, Failure], what: str) -> AirbyteTracedException:
    """Return one exception that says `what` failed, in which accounts or Regions of them, and why."""
    named = [*failed][:MOST_NAMED]
    more = f" and {len(failed) - len(named)} more" if len(failed) > len(named) else ""
    causes = [f"{place}: {error}" for place, error in failed.items()][:MOST_CAUSES]
    types = {
        FailureType.system_error if isinstance(error, Unexpected) else FAILURE_TYPE[error.outcome]
        for error in failed.values()
    }
    return AirbyteTracedException(
        message=f"{stream}: {what}: {', '.join(named)}{more}. {' '.join(causes)}",
        internal_message=ACCOUNTS_FAILED,
        failure_type=next(worst for worst in _WORST_FIRST if worst in types),
        stream_descriptor=StreamDescriptor(name=stream),
    )


def config_error(message: str, stream: str | None = None) -> AirbyteTracedException:
    """Return the exception for something that the user must change."""
    return AirbyteTracedException(
        message=message,
        internal_message=message,
        failure_type=FailureType.config_error,
        stream_descriptor=StreamDescriptor(name=stream) if stream else None,
    )
