"""The saved state of audit_events, or the sentence about a state that cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_calls.timestamps import utc
from source_aws_iam.cloudtrail import NAME
from source_aws_iam.cloudtrail.state import AuditState, ClockBehindError, ForeignStateError, read_state
from source_aws_iam.sync.traces import config_error

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


def saved_state(state: Mapping[str, Any], now: datetime) -> AuditState:
    """Return what `state` has. Raises config_error where the connector did not write it, or the clock is wrong."""
    try:
        return read_state(state, now)
    except ClockBehindError as error:
        raise config_error(
            f"This machine's clock is behind the saved state of {NAME}, or was ahead when it was saved: the state "
            f"ends at {utc(error.through)}, the clock says {utc(now.replace(microsecond=0))}. Set the clock and "
            "sync again. The state is kept as it is.",
            NAME,
        ) from None
    except ForeignStateError as error:
        raise config_error(
            f"The saved state of {NAME} was not written by this connector, or was changed by hand (at: {error}). "
            f"Reset the stream {NAME} in the connection: it is then read again from start_date.",
            NAME,
        ) from None
