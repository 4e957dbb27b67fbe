"""Asks AWS the operations of the table, one call after another, each as cheaply as it can be made.

A list is asked for its first two pages, of the smallest size. An operation that asks about an entity is asked about one
that a list has named, and about the one that its probe makes up: the error is a part of the contract.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from aws_calls.errors import AbsentError, AwsError
from aws_calls.operation import declared
from contract.entities import entities, entity_arguments
from contract.models import operation_model
from contract.recording import FIRST_PAGE, MADE_UP, NEXT_PAGE, WHOLE, Recording, add, record
from source_aws_iam.aws.operations import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_calls.calls import Caller
    from contract.callers import Callers
    from contract.wire import Wire

Request = dict[str, Any]
Answer = dict[str, Any]

# The ways in which the connector calls operations whose answer depends on it.
_WAYS: Final[Mapping[str, Sequence[Request]]] = {
    "ec2.describe_regions": [{"AllRegions": True}],
    "iam.get_account_authorization_details": [
        {"Filter": [kind]} for kind in ("User", "Group", "Role", "LocalManagedPolicy", "AWSManagedPolicy")
    ],
    "iam.list_policies": [{"Scope": "Local"}, {"Scope": "AWS", "OnlyAttached": True}],
    # The first call starts a report, and the second one says how far it is.
    "iam.generate_credential_report": [{}, {}],
}
# An entity may have nothing to show: then one more is asked about.
_ENTITIES: Final = 2
# Embedded AWS, where calls cost nothing, is asked for what is there always, and what only sometimes.
_ENTITIES_WHEN_THOROUGH: Final = 12


class Asking:
    """Asks one account. `recording` is what is kept, and `unanswered` why an operation had no answer at all."""

    def __init__(self, callers: Callers, wire: Wire, *, thorough: bool = False) -> None:
        """Whoever is `thorough` asks about many entities, and for every page of the lists that name them."""
        self.recording: Recording = {}
        self.unanswered: dict[str, Exception] = {}
        self._callers = callers
        self._wire = wire
        self._thorough = thorough
        self._asked: defaultdict[str, list[tuple[Request, Answer]]] = defaultdict(list)

    def ask(self, operation: str) -> None:
        """Ask one operation. Those that name what it asks about have to have been asked before."""
        self._wire.listen(self._callers.client(operation), operation_model(operation))
        caller = self._callers.caller(operation)
        options = self._probe_arguments(operation, of_entity=False)
        most = _ENTITIES_WHEN_THOROUGH if self._thorough else _ENTITIES
        known = entities(operation, self._asked)
        for entity in known[:most]:
            shown = [
                self._pages(caller, operation, {**options, **entity, **way}) for way in _WAYS.get(operation, ({},))
            ]
            if any(shown) and not self._thorough:
                break
        made_up = self._probe_arguments(operation, of_entity=True)
        if made_up:
            # What a probe has to find first, such as the instance that an entity is in, is not made up.
            found = known[0] if known else {}
            self._call(caller, operation, MADE_UP, {**options, **found, **made_up})

    def keep(self, operation: str) -> None:
        """Keep the answer to a call that somebody else has made."""
        exchange = self._wire.take(operation_model(operation))
        if exchange:
            add(self.recording, operation, record(WHOLE, exchange))

    def _pages(self, caller: Caller, operation: str, request: Request) -> bool:
        """Ask for the first pages. Return whether they show anything."""
        paging = caller.paging(operation.partition(".")[2])
        if paging is None:
            return _shows(self._call(caller, operation, WHOLE, request))
        limit, given, token = paging.get("limit_key"), paging["input_token"], paging["output_token"]
        small = {**request, limit: declared(operation, OPERATIONS).smallest_page} if limit else request
        first = self._call(caller, operation, FIRST_PAGE, small)
        if first.get(token):
            self._call(caller, operation, NEXT_PAGE, {**small, given: first[token]})
        page: Answer = {token: True} if self._thorough and not entity_arguments(operation) else {}
        while page.get(token):
            page = self._call(caller, operation, WHOLE, request)
            request = {**request, given: page.get(token)}
        return _shows(first)

    def _call(self, caller: Caller, operation: str, call: str, request: Request) -> Answer:
        """Make one call and keep its answer. Return it, {} where AWS did not say what was asked for."""
        model, method = operation_model(operation), operation.partition(".")[2]
        probe = declared(operation, OPERATIONS).probe
        self._wire.take(model)
        answer: Answer = {}
        failure: Exception | None = None
        try:
            answer = caller.call(method, probe.absent if probe else (), **request)
        except (AbsentError, AwsError, BotoCoreError, ClientError) as error:
            failure = error
        exchange = self._wire.take(model)
        if exchange:
            page = _page(caller.paging(method), request, answer)
            add(self.recording, operation, record(call, exchange, page))
            self._asked[operation].append((request, answer))
        elif failure:
            self.unanswered.setdefault(operation, failure)
        return answer

    def _probe_arguments(self, operation: str, *, of_entity: bool) -> Request:
        """Return the arguments of the probe that make up an entity, or the others."""
        probe = declared(operation, OPERATIONS).probe
        if probe is None:
            return {}
        of_entities, account = entity_arguments(operation), self._callers.account
        region = self._callers.caller(operation).target(operation.partition(".")[2]).region
        places = {"partition": account.partition, "account_id": account.account_id, "region": region}
        return {
            name: value.format(**places) if isinstance(value, str) else value
            for name, value in probe.arguments.items()
            if (name in of_entities) is of_entity
        }


def _shows(answer: Answer) -> bool:
    lists = [value for value in answer.values() if isinstance(value, list)]
    return any(lists) or (bool(answer) and not lists)


def _page(paging: Mapping[str, Any] | None, request: Request, answer: Answer) -> Mapping[str, Any] | None:
    """Return the size of the page that was asked for, and whether the answer is no larger."""
    asked = request.get(paging.get("limit_key", "")) if paging else None
    if paging is None or asked is None or not answer:
        return None
    keys = paging["result_key"]
    items = sum(len(answer.get(key, ())) for key in ([keys] if isinstance(keys, str) else keys))
    return {"asked": asked, "honoured": items <= asked}
