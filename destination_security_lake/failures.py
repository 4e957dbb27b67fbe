"""Failures as Airbyte tells them: a sentence, and who has to do something about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from aws_calls.errors import AwsError, Outcome
from destination_security_lake.disk.work_folder import WorkFolderError

_FAILURE_TYPE: Final[Mapping[Outcome, FailureType]] = {
    Outcome.ACT: FailureType.config_error,
    Outcome.LATER: FailureType.transient_error,
}


def config_error(message: str) -> AirbyteTracedException:
    """Return the exception for something that the user must change."""
    return AirbyteTracedException(message=message, internal_message=message, failure_type=FailureType.config_error)


@contextmanager
def traced() -> Iterator[None]:
    """Raise failures of AWS and of the disk as Airbyte's traced exceptions. Bugs are raised as they are."""
    try:
        yield
    except AwsError as error:
        raise AirbyteTracedException(
            message=str(error),
            internal_message=f"{error.code} from {error.target}",
            failure_type=_FAILURE_TYPE[error.outcome],
        ) from error
    except WorkFolderError as error:
        raise config_error(str(error)) from error
