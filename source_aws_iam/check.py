"""`check`: who is calling, and how much of each stream AWS will let them read.

The calls of each stream's call plan are tried, the best way first, another one where AWS refuses it. Calls for one
entity are tried with a name that nobody has: AWS looks at permissions first. One readable stream is enough to succeed;
of the others the missing permissions are named.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, Final

from airbyte_cdk.models import AirbyteConnectionStatus, Status

from source_aws_iam.accounts.members import members
from source_aws_iam.accounts.organization import NOT_IN_USE
from source_aws_iam.accounts.probing import probe
from source_aws_iam.aws.clients import Clients
from source_aws_iam.aws.errors import AbsentError, AwsError, Outcome
from source_aws_iam.aws.in_time import in_time
from source_aws_iam.aws.session import Session
from source_aws_iam.components.call_plan import ROWS, Readable, Verdict, judge, undecided
from source_aws_iam.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from source_aws_iam.aws.calls import Caller

logger = logging.getLogger("airbyte.source_aws_iam")

# Somebody is waiting in front of a form: a second try for a lost packet, not ten for a busy hour.
ATTEMPTS: Final = 2
SECONDS_FOR_AN_ANSWER: Final = 10
# For everything after the first sign-in: a minute is what Airbyte's form and its user have, with some to start in.
SECONDS: Final = 45
# Members that true answers have, for the calls whose model does not require one.
_EXPECTED: Final[Mapping[str, str]] = {
    "iam.get_account_authorization_details": "IsTruncated",
    "iam.list_service_specific_credentials": "IsTruncated",
    "cloudtrail.lookup_events": "Events",
}
_NOBODY: Final = "source-aws-iam-check"
# What stands in calls for one entity. Without a name, several of them would ask about the caller instead.
_ARGUMENTS: Final[Mapping[str, Any]] = {
    "UserName": _NOBODY,
    "GroupName": _NOBODY,
    "RoleName": _NOBODY,
    "PolicyName": _NOBODY,
    "PolicyArn": f"arn:{{partition}}:iam::{{account_id}}:policy/{_NOBODY}",
    "VersionId": "v1",
    "SAMLProviderArn": f"arn:{{partition}}:iam::{{account_id}}:saml-provider/{_NOBODY}",
    "OpenIDConnectProviderArn": f"arn:{{partition}}:iam::{{account_id}}:oidc-provider/{_NOBODY}",
    "ParentId": "r-none",
    "ResourceId": "000000000000",
    "MaxItems": 1,
    "MaxResults": 1,
}
_NOT_THERE: Final = frozenset(
    {
        *("NoSuchEntity", "ReportNotPresent", "ReportExpired", "ReportInProgress", "LimitExceeded"),
        *(NOT_IN_USE, "ParentNotFoundException", "TargetNotFoundException"),
    }
)
# For a key that does not exist, AWS answers as if the call were not allowed. So nobody can tell without a key.
_CANNOT_BE_TRIED: Final = frozenset({"iam.get_access_key_last_used"})


def check_connection(
    config: Mapping[str, Any], streams: Sequence[Mapping[str, Any]], *, clock: Callable[[], float] = time.monotonic
) -> AirbyteConnectionStatus:
    """Return SUCCEEDED when at least one of the manifest's `streams` is readable, with what is not in the message.

    `clock`, in seconds, ends it: calls that have not been answered by then count as failures.
    """
    settings = Settings.of(config)
    hub = Session(settings, clients=Clients(settings, attempts=ATTEMPTS, read_timeout=SECONDS_FOR_AN_ANSWER))
    try:
        identity = hub.identity
        logger.info("AWS knows the caller as %s (account %s).", identity["arn"], identity["account_id"])
        ends = clock() + SECONDS
        found = members(hub)
    except AwsError as error:
        return AirbyteConnectionStatus(status=Status.FAILED, message=str(error))
    if not settings.accounts.many:
        status, message = _check_account(hub, hub, streams, lambda: ends - clock())
        return AirbyteConnectionStatus(status=status, message=message)
    # The call plan of the first account takes time as well.
    probed = probe(found, settings.accounts.to_check, workers=settings.workers, seconds=(ends - clock()) / 2)
    for account_id, failure in probed.errors.items():
        logger.warning("Account %s cannot be read: %s", account_id, failure)
    if not probed.readable:
        return AirbyteConnectionStatus(status=Status.FAILED, message=str(probed))
    status, message = _check_account(hub, probed.readable[0].session, streams, lambda: ends - clock())
    return AirbyteConnectionStatus(status=status, message=" ".join(filter(None, (str(probed), message))))


def _check_account(
    hub: Session, session: Session, streams: Sequence[Mapping[str, Any]], left: Callable[[], float]
) -> tuple[Status, str | None]:
    """Judge all streams by one account, and by what the hub may ask Organizations, in the seconds that are left."""
    plans = {stream["name"]: stream["retriever"]["needs"] for stream in streams}
    failures = _tried(hub, session, list(plans.values()), left)
    verdicts = {name: judge(needs, failures) for name, needs in plans.items()}
    for name, verdict in verdicts.items():
        _log(name, verdict, failures)
    # Rows that take no call say nothing of the connection.
    asking = [name for name, needs in plans.items() if needs[ROWS] != [[]]]
    if all(verdicts[name].readable is Readable.UNREADABLE for name in asking):
        return Status.FAILED, " ".join(dict.fromkeys(map(str, failures.values())))
    return Status.SUCCEEDED, _message(verdicts, failures)


def _tried(
    hub: Session, session: Session, plans: Sequence[Mapping[str, list[list[str]]]], left: Callable[[], float]
) -> dict[str, AwsError]:
    """Return the failures of all calls that it takes to judge the plans."""
    failures: dict[str, AwsError] = {}
    known = dict.fromkeys(_CANNOT_BE_TRIED, True)

    def whose(call: str) -> Session:
        return hub if call.startswith("organizations.") else session

    while calls := undecided(plans, known):
        workers = session.settings.workers
        tried = dict(in_time(lambda call: _try(whose(call), call), calls, workers=workers, seconds=left()))
        for call in calls:
            failure = tried[call] if call in tried else _unanswered(whose(call), call)
            known[call] = failure is None
            if failure:
                failures[call] = failure
    return failures


def _unanswered(session: Session, call: str) -> AwsError:
    target = _caller(session, call).target(call.split(".")[1])
    sentence = f"{target} gave no answer in the time that a connection test has. A sync waits longer."
    return AwsError(Outcome.LATER, sentence, code="NoAnswer", target=target)


def _caller(session: Session, call: str) -> Caller:
    service = call.partition(".")[0]
    # Where events are read, the home Region may be forbidden.
    regions = session.settings.regions
    return session.caller(service, regions[0] if service == "cloudtrail" and regions else None)


def _try(session: Session, call: str) -> AwsError | None:
    operation = call.split(".")[1]
    caller = _caller(session, call)
    model: Any = caller.model(operation)
    places = {"partition": session.partition, "account_id": session.account_id}
    accepted = model.input_shape.members if model.input_shape else {}
    arguments = {
        name: value.format(**places) if isinstance(value, str) else value
        for name, value in _ARGUMENTS.items()
        if name in accepted
    }
    if "AllUsers" in accepted:
        arguments = {"AllUsers": True, "MaxItems": 1}
    expect = _EXPECTED.get(call) or next(iter([*model.output_shape.required_members, *model.output_shape.members]))
    try:
        caller.call(operation, expect=expect, absent=_NOT_THERE, **arguments)
    except AbsentError:
        return None
    except AwsError as error:
        return error
    return None


def _log(name: str, verdict: Verdict, failures: Mapping[str, AwsError]) -> None:
    missing = ", ".join(failures[call].target.action for call in verdict.missing)
    if verdict.readable is Readable.COMPLETE:
        logger.info("Stream %s can be read completely.", name)
    elif verdict.readable is Readable.SLOWER:
        logger.warning("Stream %s takes more requests than it has to. Missing: %s.", name, missing)
    elif verdict.readable is Readable.PARTIAL:
        columns = ", ".join(verdict.columns)
        logger.warning("Stream %s can be read without these columns: %s. Missing: %s.", name, columns, missing)
    else:
        sentences = " ".join(str(failures[call]) for call in verdict.missing)
        logger.warning("Stream %s cannot be read. %s", name, sentences)


def _message(verdicts: Mapping[str, Verdict], failures: Mapping[str, AwsError]) -> str | None:
    if not failures:
        return None
    parts = ["The connection works, but not as well as it could."]
    for readable, words in (
        (Readable.UNREADABLE, "Cannot be read"),
        (Readable.PARTIAL, "Can be read without some columns"),
        (Readable.SLOWER, "Take more requests than they have to"),
    ):
        names = [name for name, verdict in verdicts.items() if verdict.readable is readable]
        if names:
            parts.append(f"{words}: {', '.join(names)}.")
    missing = [failure.target.action for failure in failures.values() if failure.denied]
    if missing:
        parts.append(f"Missing permissions: {', '.join(missing)}. The log says which stream needs which.")
    parts += dict.fromkeys(str(failure) for failure in failures.values() if not failure.denied)
    return " ".join(parts)
