"""Permission probes: the calls of call plans, each with the smallest answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_calls.errors import AbsentError, AwsError, Outcome
from aws_calls.in_time import in_time
from aws_calls.operation import AskedBy, Found, Operation, Probe, declared
from source_aws_iam.aws.memo import Memo
from source_aws_iam.streams.call_plan import ROWS, undecided

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from aws_calls.calls import Caller
    from source_aws_iam.aws.session import Session
    from source_aws_iam.streams.call_plan import Needs

# It is probed in every Region in which a sync would call it (event_history.py).
LOOKUP_EVENTS: Final = "cloudtrail.lookup_events"


class NothingFoundError(Exception):
    """There is no entity with which a call could be probed."""


class Probes:
    """Makes the permission probes of one account, and of the hub."""

    def __init__(self, hub: Session, session: Session, regions: Collection[str]) -> None:
        """`session` is that of the account, `hub` that of the credentials.

        `regions` are those of the config, if it names any: calls in the home Region may then be denied.
        """
        self._hub = hub
        self._session = session
        self._operations = hub.operations
        self._regions = [*regions]
        # What is found for one probe is found for all.
        self._answers = Memo()

    def failures(self, plans: Collection[Needs], left: Callable[[], float]) -> dict[str, AwsError]:
        """Return the failures of the calls, except LOOKUP_EVENTS, that the plans are judged by, in the seconds left."""
        failures: dict[str, AwsError] = {}
        every = {call for plan in plans for alternatives in plan.values() for calls in alternatives for call in calls}
        known = dict.fromkeys((LOOKUP_EVENTS, *(call for call in every if self._declared(call).probe is None)), True)
        while calls := undecided(plans, known):
            workers = self._session.options.workers
            probed = dict(in_time(self.probe, calls, workers=workers, seconds=left()))
            for call in calls:
                failure = probed[call] if call in probed else self.unanswered(call)
                known[call] = failure is None
                if failure:
                    failures[call] = failure
        return failures

    def unreadable(self, plans: Iterable[Needs]) -> AwsError | None:
        """Return None where AWS answers all calls for the rows of one plan, and otherwise the first failure.

        A readable account takes one or a few calls. One in which all calls are denied takes those of every plan.
        """
        probed: dict[str, AwsError | None] = {}
        for calls in self._alternatives(plans):
            for call in calls:
                if call not in probed:
                    probed[call] = self.probe(call) if self._declared(call).probe else None
                if probed[call]:
                    break
            else:
                return None
        return next(filter(None, probed.values()), None)

    def probe(self, call: str, region: str | None = None) -> AwsError | None:
        """Probe a call in `region`, by default where it would be made first. Return its failure, if it failed."""
        probe = self._declared(call).probe
        if probe is None:
            return None
        try:
            self._answer(call, probe, region)
        except (AbsentError, NothingFoundError):
            return None
        except AwsError as error:
            return error
        return None

    def unanswered(self, call: str) -> AwsError:
        """Return the failure of a call that has not been answered in time."""
        target = self._caller(call).target(call.split(".")[1])
        sentence = f"{target} gave no answer in the time that a connection test has. A sync waits longer."
        return AwsError(Outcome.LATER, sentence, code="NoAnswer", target=target)

    def _declared(self, call: str) -> Operation:
        return declared(call, self._operations)

    def _alternatives(self, plans: Iterable[Needs]) -> Collection[tuple[str, ...]]:
        """Return the alternatives to read rows of one account.

        One of each service comes first, because a role may be allowed that service only.
        """
        of_account = {AskedBy.ACCOUNT, AskedBy.ACCOUNT_REGION}
        found = dict.fromkeys(
            tuple(calls)
            for plan in plans
            for calls in plan[ROWS]
            if calls and self._declared(calls[0]).asked_by in of_account
        )
        first = {calls[0].partition(".")[0]: calls for calls in reversed(found)}
        return dict.fromkeys([*reversed(first.values()), *found])

    def _answer(self, call: str, probe: Probe, region: str | None) -> Any:
        """Return the answer to a probe, which is made once. Raises as Caller.call does, and NothingFoundError."""
        return self._answers.settled((call, region), lambda: self._ask(call, probe, region))

    def _ask(self, call: str, probe: Probe, region: str | None) -> Any:
        caller, operation = self._caller(call, region), call.split(".")[1]
        found = {name: self._found(wanted, region) for name, wanted in probe.found.items()}
        made_up = self._filled(probe.arguments, caller.target(operation).region)
        arguments = {**_smallest_page(caller, operation, self._declared(call)), **made_up, **found}
        return caller.call(operation, absent=probe.absent, **arguments)

    def _found(self, wanted: Found, region: str | None) -> Any:
        """Return an argument that another call finds. Raises AwsError, and NothingFoundError."""
        answer = self._answer(wanted.operation, self._declared(wanted.operation).probe or Probe(), region)
        items = answer.get(wanted.records) or [{}]
        if wanted.member not in items[0]:
            raise NothingFoundError
        return items[0][wanted.member]

    def _filled(self, arguments: Mapping[str, Any], region: str) -> dict[str, Any]:
        session = self._session
        names = {"partition": session.partition, "account_id": session.account_id, "region": region}
        return {name: value.format(**names) if isinstance(value, str) else value for name, value in arguments.items()}

    def _caller(self, call: str, region: str | None = None) -> Caller:
        service = call.partition(".")[0]
        asked_by = self._declared(call).asked_by
        regional = asked_by is AskedBy.ACCOUNT_REGION
        first = self._regions[0] if regional and self._regions else None
        enabled = region is not None and region not in self._regions
        of_hub = asked_by in {AskedBy.HUB, AskedBy.DELEGATED_ADMINISTRATOR}
        session = self._hub if of_hub else self._session
        return session.caller(service, region or first, enabled=enabled)


def _smallest_page(caller: Caller, operation: str, declaration: Operation) -> dict[str, Any]:
    size = (caller.paging(operation) or {}).get("limit_key")
    return {size: declaration.smallest_page} if size else {}
