"""`check`: who is calling, and which streams AWS will let them read.

Every call that a stream makes is tried once, with the smallest page that AWS allows. One readable stream is enough to
succeed; the others are named, each with the permission it lacks.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from airbyte_cdk.models import AirbyteConnectionStatus, Status

from source_aws_iam.aws.errors import AwsError
from source_aws_iam.aws.session import Session
from source_aws_iam.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

logger = logging.getLogger("airbyte.source_aws_iam")

# Somebody is waiting in front of a form: a second try for a lost packet, not ten for a busy hour.
ATTEMPTS: Final = 2
# Members that true answers have, for the calls whose model does not require one.
_EXPECTED: Final[Mapping[str, str]] = {
    "iam.get_account_authorization_details": "IsTruncated",
    "cloudtrail.lookup_events": "Events",
}


def check_connection(config: Mapping[str, Any], streams: Sequence[Mapping[str, Any]]) -> AirbyteConnectionStatus:
    """Return SUCCEEDED when at least one of the manifest's `streams` is readable, with what is not in the message."""
    settings = Settings.of(config)
    session = Session(settings, attempts=ATTEMPTS)
    try:
        identity = session.identity
    except AwsError as error:
        return AirbyteConnectionStatus(status=Status.FAILED, message=str(error))
    logger.info("AWS knows the caller as %s (account %s).", identity["arn"], identity["account_id"])

    calls = dict.fromkeys(call for stream in streams for call in stream["retriever"]["calls"])
    failures = {call: failure for call in calls if (failure := _probe(session, call, settings))}
    unreadable: dict[str, list[str]] = {}
    for stream in streams:
        lacking = [str(failures[call]) for call in stream["retriever"]["calls"] if call in failures]
        if lacking:
            unreadable[stream["name"]] = lacking
            logger.warning("Stream %s cannot be read. %s", stream["name"], " ".join(lacking))
    if len(unreadable) == len(streams):
        return AirbyteConnectionStatus(
            status=Status.FAILED, message=" ".join(dict.fromkeys(map(str, failures.values())))
        )
    message = None
    if unreadable:
        reasons = " ".join(f"{name}: {' '.join(lacking)}" for name, lacking in unreadable.items())
        message = f"The connection works, but not for every stream. {reasons}"
    return AirbyteConnectionStatus(status=Status.SUCCEEDED, message=message)


def _probe(session: Session, call: str, settings: Settings) -> AwsError | None:
    service, operation = call.split(".")
    # Where events are read, the home Region may be forbidden.
    elsewhere = settings.regions[0] if service == "cloudtrail" and settings.regions else None
    caller = session.caller(service, elsewhere)
    model: Any = caller.model(operation)
    smallest: dict[str, Any] = {name: 1 for name in ("MaxItems", "MaxResults") if name in model.input_shape.members}
    expect = _EXPECTED.get(call) or model.output_shape.required_members[0]
    try:
        caller.call(operation, expect=expect, **smallest)
    except AwsError as error:
        return error
    return None
