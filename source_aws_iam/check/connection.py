"""`check`: who calls, and how much of each stream the caller may read.

The calls of each stream's call plan are probed, the best alternative first, and another one where AWS denies it. One
readable stream is enough to succeed; for the others, the message names the missing permissions. With many accounts,
`check` finds out which can be read, and probes the calls in one of these.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timezone
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from airbyte_cdk.models import AirbyteConnectionStatus, Status

from aws_calls.errors import AwsError, Outcome, Target
from aws_calls.in_time import in_time
from source_aws_iam.aws.clients import SourceClients
from source_aws_iam.aws.regions import missing_global_region
from source_aws_iam.aws.session import Session
from source_aws_iam.check.accounts import probe_accounts
from source_aws_iam.check.event_history import ProbedRegions, probe_regions
from source_aws_iam.check.probes import LOOKUP_EVENTS, Probes
from source_aws_iam.check.trail import NEEDS as OF_TRAIL
from source_aws_iam.check.trail import probe_trail
from source_aws_iam.cloudtrail import NAME as AUDIT_EVENTS
from source_aws_iam.cloudtrail.digests.stream import NAME as DIGESTS
from source_aws_iam.cloudtrail.digests.stream import NEEDS as OF_DIGESTS
from source_aws_iam.cloudtrail.digests.stream import verified_trail
from source_aws_iam.cloudtrail.history.read_range import future_start
from source_aws_iam.config import Settings
from source_aws_iam.organizations.found_accounts import accounts_so_far, find_accounts
from source_aws_iam.streams.call_plan import ROWS, Readable, Verdict, call_plan, judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from source_aws_iam.streams.call_plan import Needs

logger = logging.getLogger("airbyte.source_aws_iam")

# A user waits for the answer: a second attempt for a lost packet, and not ten for a busy hour.
ATTEMPTS: Final = 2
SECONDS_FOR_AN_ANSWER: Final = 10
# Airbyte's form waits for a minute, which includes the start of the connector.
SECONDS: Final = 45
# The part of them that is left after a sign-in that took nearly all.
LEAST_SHARE: Final = 1 / 4
# The part of the time for the Regions of audit events, after all other calls.
SHARE_OF_REGIONS: Final = 1 / 3
NOT_ALL_FOUND: Final = (
    "The accounts of the organization could not all be found in the time that a connection test has. "
    "A sync waits longer."
)


def check_connection(
    config: Mapping[str, Any],
    streams: Sequence[Mapping[str, Any]],
    *,
    clock: Callable[[], float] = time.monotonic,
    now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
) -> AirbyteConnectionStatus:
    """Return SUCCEEDED where at least one of the manifest's `streams` is readable. The message names what is not.

    It ends in time by `clock`, in seconds: calls that have not been answered by then count as failures.
    """
    ends = clock() + SECONDS
    settings = Settings.of(config)
    if settings.start_date and settings.start_date > now():
        return AirbyteConnectionStatus(status=Status.FAILED, message=future_start(settings.start_date, now()))
    plans = {stream["name"]: call_plan(stream["retriever"], config) for stream in streams}
    if settings.trail:
        plans[AUDIT_EVENTS] = OF_TRAIL
    if verified_trail(settings):
        plans[DIGESTS] = OF_DIGESTS
    clients = SourceClients(settings.options, attempts=ATTEMPTS, read_timeout=SECONDS_FOR_AN_ANSWER)
    hub = Session.of_credentials(clients)
    try:
        identity = _identity(hub, ends - clock())
        logger.info("AWS knows the caller as %s (account %s).", identity["arn"], identity["account_id"])
        ends = max(ends, clock() + SECONDS * LEAST_SHARE)
        check = _check_accounts if settings.accounts.many else partial(_check_account, hub)
        status, message = check(hub, settings, plans, lambda: ends - clock())
    except AwsError as error:
        status, message = Status.FAILED, str(error)
    else:
        message = " ".join(filter(None, (message, missing_global_region(hub.partition, settings.regions))))
    return AirbyteConnectionStatus(status=status, message=message or None)


def _identity(hub: Session, seconds: float) -> Mapping[str, str]:
    found = in_time(lambda session: session.identity, [hub], workers=1, seconds=seconds)
    if found:
        return found[0][1]
    target = Target(action="sts:GetCallerIdentity", account_id="", region=hub.region)
    sentence = f"{target} gave no answer in the time that a connection test has. A sync waits longer."
    raise AwsError(Outcome.LATER, sentence, code="NoAnswer", target=target)


def _check_accounts(
    hub: Session, settings: Settings, plans: Mapping[str, Needs], left: Callable[[], float]
) -> tuple[Status, str]:
    """Find accounts, probe which can be read, and judge all streams by one. Each step has a third of the time."""
    listed = in_time(partial(find_accounts, settings), [hub], workers=1, seconds=left() / 3)
    found = listed[0][1] if listed else accounts_so_far(settings, hub)
    most = settings.accounts.to_check
    probed = probe_accounts(
        found[:most],
        lambda session: Probes(hub, session, settings.regions).unreadable(plans.values()),
        workers=settings.options.workers,
        seconds=left() / 2,
        total=len(found) if listed else None,
    )
    for account_id, failure in probed.errors.items():
        logger.warning("Account %s cannot be read: %s", account_id, failure)
    said = [str(probed)] if listed else [NOT_ALL_FOUND, str(probed)]
    if not probed.readable:
        # The few that were found in time say nothing about the others.
        status = Status.FAILED if listed or len(found) >= most else Status.SUCCEEDED
        return status, " ".join(said)
    example = probed.readable[0]
    said.append(f"The streams of accounts were tested in account {example.account_id} only.")
    _, message = _check_account(example.session, hub, settings, plans, left)
    return Status.SUCCEEDED, " ".join(filter(None, (*said, message)))


def _check_account(
    session: Session, hub: Session, settings: Settings, plans: Mapping[str, Needs], left: Callable[[], float]
) -> tuple[Status, str]:
    """Judge all streams by one account, and by the hub's calls to Organizations, in the seconds that are left."""
    reserved = left() * SHARE_OF_REGIONS
    probes = Probes(hub, session, settings.regions)
    failures = probes.failures(list(plans.values()), lambda: left() - reserved)
    if settings.trail:
        regions = ProbedRegions()
        failed = probe_trail(settings, settings.trail, hub, left)
        failures |= {failed.call: failed.error} if failed else {}
    else:
        regions = probe_regions(
            probes, lambda: settings.regions or session.regions.enabled, left, workers=settings.options.workers
        )
        failures |= {LOOKUP_EVENTS: regions.failure} if regions.failure else {}
    verdicts = {name: judge(needs, failures) for name, needs in plans.items()}
    for name, verdict in verdicts.items():
        if str(regions) and [LOOKUP_EVENTS] in plans[name][ROWS]:
            logger.warning("Stream %s cannot be read in all Regions. %s", name, regions)
        else:
            _log(name, verdict, failures)
    # A stream whose rows need no call says nothing about the credentials.
    asking = [name for name, needs in plans.items() if needs[ROWS] != [[]]]
    if all(verdicts[name].readable is Readable.UNREADABLE for name in asking):
        return Status.FAILED, " ".join(_causes(failures.values()))
    return Status.SUCCEEDED, _message(verdicts, failures, regions)


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


def _message(verdicts: Mapping[str, Verdict], failures: Mapping[str, AwsError], regions: ProbedRegions) -> str:
    if not failures and not str(regions):
        return ""
    parts = ["The connection works, but not as well as it could."]
    for readable, words in (
        (Readable.UNREADABLE, "Cannot be read"),
        (Readable.PARTIAL, "Can be read without some columns"),
        (Readable.SLOWER, "Take more requests than they have to"),
    ):
        names = [name for name, verdict in verdicts.items() if verdict.readable is readable]
        if names:
            parts.append(f"{words}: {', '.join(names)}.")
    missing = [failure.target.action for failure in failures.values() if failure.lacks_permission]
    if missing:
        parts.append(f"Missing permissions: {', '.join(missing)}. The log says which stream needs which.")
    parts += _causes(failure for failure in failures.values() if not failure.lacks_permission)
    return " ".join(filter(None, (*parts, str(regions))))


def _causes(failures: Iterable[AwsError]) -> Iterator[str]:
    """Yield the sentence of the first call that failed for each cause, and the names of the others."""
    causes: dict[object, list[AwsError]] = {}
    for failure in failures:
        causes.setdefault((failure.code, failure.denied_by, failure.target.action.split(":")[0]), []).append(failure)
    for first, *others in causes.values():
        yield str(first)
        names = dict.fromkeys(other.target.action for other in others if str(other) != str(first))
        if names:
            yield f"The same is true of {', '.join(names)}."
