"""AWS failures as Airbyte failures: the trace names the stream, the call and what to do."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from airbyte_cdk.models import FailureType, StreamDescriptor
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from aws_calls.errors import AwsError, Outcome
from source_aws_iam.sync.account_region import WHOLE, AccountRegion
from source_aws_iam.sync.failures import Unexpected
from source_aws_iam.sync.machine_limits import exhausted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from source_aws_iam.sync.context import SyncContext
    from source_aws_iam.sync.failures import Failure

FAILURE_TYPE: Final[Mapping[Outcome, FailureType]] = {
    Outcome.ACT: FailureType.config_error,
    Outcome.LATER: FailureType.transient_error,
}
_WORST_FIRST: Final = (FailureType.system_error, FailureType.config_error, FailureType.transient_error)
# The internal message by which the source recognizes these failures.
ACCOUNTS_FAILED: Final = "accounts failed"
# The most accounts or Regions, and the most causes, in one message.
MOST_NAMED: Final = 50
MOST_CAUSES: Final = 3


@contextmanager
def traced(stream: str) -> Iterator[None]:
    """Raise AwsErrors of a stream, and a lack of memory or threads, as Airbyte's traced exceptions.

    Bugs are raised as they are.
    """
    try:
        yield
    except AwsError as error:
        raise AirbyteTracedException(
            message=f"{stream}: {error}",
            # The CDK quotes this in the summary at the end of a sync, which users see too.
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


def raise_for_accounts(stream: str, context: SyncContext) -> None:
    """Raise one exception for all accounts and Regions in which `stream` could not be read, where many are read.

    The CDK then marks the stream as incomplete. The source decides whether the sync fails.
    """
    failed = context.failures.of_stream(stream) if context.many else {}
    if not failed:
        return
    regions = sum(where.region != WHOLE for where in failed)
    accounts = len(failed) - regions
    what = [f"{accounts} of {len(context.accounts())} accounts"] if accounts else []
    if regions:
        what.append(f"{regions} Region{'s' if regions > 1 else ''}{' of others' if accounts else ''}")
    named = {str(where): error for where, error in failed.items()}
    raise for_accounts(stream, named, f"{' and '.join(what)} could not be read")


def for_accounts(stream: str, failed: Mapping[str, Failure], what: str) -> AirbyteTracedException:
    """Return one exception that says `what` failed, in which accounts or Regions, and why."""
    named = [*failed][:MOST_NAMED]
    more = f" and {len(failed) - len(named)} more" if len(failed) > len(named) else ""
    causes = [f"{where}: {error}" for where, error in failed.items()][:MOST_CAUSES]
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


def for_regions(stream: str, failed: Mapping[AccountRegion, AwsError], regions: int) -> AirbyteTracedException:
    """Return one exception for the Regions, of so many of one account, in which `stream` could not be read."""
    named = {str(where): error for where, error in failed.items()}
    error = for_accounts(stream, named, f"{len(failed)} of {regions} Regions could not be read")
    # Not ACCOUNTS_FAILED: with a single account, the sync fails.
    error.internal_message = ", ".join(f"{error.code} from {error.target}" for error in failed.values())
    return error


def config_error(message: str, stream: str | None = None) -> AirbyteTracedException:
    """Return the exception for something that the user must change."""
    return AirbyteTracedException(
        message=message,
        internal_message=message,
        failure_type=FailureType.config_error,
        stream_descriptor=StreamDescriptor(name=stream) if stream else None,
    )
