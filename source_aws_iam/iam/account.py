"""Calling IAM in one account: pages as rows, refusals remembered, entities that vanish counted."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from source_aws_iam.aws.errors import AbsentError, AwsError, Outcome, Target, UnaskableError
from source_aws_iam.aws.parsers import odd_members
from source_aws_iam.aws.values import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from source_aws_iam.aws.session import Session

T = TypeVar("T")
Entity = TypeVar("Entity")
Row = dict[str, Any]

ABSENT: Final = frozenset({"NoSuchEntity"})
logger = logging.getLogger("airbyte.source_aws_iam")


class Account:
    """IAM of one account. Thread-safe. `account` returns the one that all streams share."""

    def __init__(self, session: Session) -> None:
        """Read what `session` may read."""
        self.account_id = session.account_id
        self.partition = session.partition
        self.asks_every_user = session.settings.ask_every_user
        self._session = session
        self._iam = session.caller("iam")
        self._refused: dict[str, AwsError] = {}

    def once(self, key: object, produce: Callable[[], T]) -> T:
        """Return what `produce` returned the first time for `key`."""
        return self._session.once(key, produce)

    def settled(self, key: object, produce: Callable[[], T]) -> T:
        """Return or raise what `produce` did the first time for `key`. What took minutes to fail is not tried again."""
        return self._session.settled(key, produce)

    def rows(self, operation: str, records: str, **request: Any) -> Iterator[Row]:
        """Yield the items of `records` on every page. Raises AwsError, and AbsentError for an entity that is gone."""
        members = self._output(operation).members
        shape = members[records].member
        self._check(operation, request)
        # AWS may leave an empty list out of an answer, or that nothing follows, but not both.
        expect = {records, "IsTruncated"} & members.keys()
        with self._permitted(operation):
            for page in self._iam.pages(operation, expect=expect, absent=ABSENT, **request):
                self._tell_of_odd(operation, page)
                # What is left of an item of which nothing could be read stands for nothing.
                yield from filter(None, (plain(item, shape) for item in page.get(records, []) if item))

    def one(
        self,
        operation: str,
        *expect: str,
        absent: Collection[str] = ABSENT,
        gone: Callable[[], bool] = lambda: False,
        **request: Any,
    ) -> Row:
        """Return the whole answer as a row. Every answer has one of the members `expect`. Raises as `rows` does.

        `gone` says whether the entity is, for a call that AWS refuses then as if it were not allowed.
        """
        self._check(operation, request)
        with self._permitted(operation, gone):
            answer = self._iam.call(operation, expect=expect, absent=absent, **request)
        self._tell_of_odd(operation, answer)
        row: Row = plain(answer, self._output(operation))
        return row

    def each(self, kind: str, read: Callable[[Entity], T], entities: Iterable[Entity]) -> Iterator[T]:
        """Yield `read` of each of the entities ("users"), several at a time. Those that are gone are left out."""

        def read_if_there(entity: Entity) -> list[T]:
            try:
                return [read(entity)]
            except AbsentError:
                return []

        gone = 0
        for found in self._session.side_by_side(read_if_there, entities):
            gone += not found
            yield from found
        if gone:
            logger.info("%d %s of account %s were deleted while they were read.", gone, kind, self.account_id)

    def first_allowed(self, *ways: Callable[[], T]) -> T:
        """Return what the first way returns that AWS allows. Where it allows none, the first refusal is raised."""
        refusals = []
        for way in ways:
            try:
                return way()
            except AwsError as error:
                if not error.unavailable:
                    raise
                refusals.append(error)
        raise refusals[0]

    def if_allowed(self, read: Callable[[], T]) -> T | None:
        """Return what `read` returns, or None where AWS refuses it: whoever uses this says what is missing then."""
        try:
            return read()
        except AwsError as error:
            if not error.unavailable:
                raise
            return None

    def complete(self, *operations: str) -> None:
        """Raise the refusal of the first of the operations that AWS refused: rows are missing that only it knows."""
        for operation in operations:
            if operation in self._refused:
                raise self._refused[operation].with_traceback(None)

    def tell_cost(self, what: str, requests: int, *refused: str) -> None:
        """Warn, once, that `what` takes so many requests because one of the bulk calls `refused` is not available."""
        error = next((self._refused[operation] for operation in refused if operation in self._refused), None)
        if error:
            self.once(("cost", error.target.action, what), lambda: _warn_of_cost(error, what, requests))

    def target(self, operation: str) -> Target:
        """Return what `operation` calls, for sentences about it."""
        return self._iam.target(operation)

    def _tell_of_odd(self, operation: str, answer: Any) -> None:
        """Warn, once for each member of the operation, of values that could not be read: their columns are null."""
        sentence = "%s: AWS's %s is '%s', which cannot be read and counts as left out."
        for member, text in odd_members(answer):
            tell = partial(logger.warning, sentence, self.target(operation), member, text)
            self.once(("odd", operation, member), tell)

    def _check(self, operation: str, request: Mapping[str, Any]) -> None:
        """Raise UnaskableError where AWS gave an id that cannot be given back to it. That hides nothing else."""
        if any(isinstance(value, str) for value in request.values()) and not self._iam.accepts(operation, request):
            target = self.target(operation)
            sentence = f"{target} cannot be asked about something that AWS listed, because its id is not one of AWS's."
            raise UnaskableError(Outcome.ACT, sentence, code="UnaskableId", target=target)

    def _output(self, operation: str) -> Any:
        return self._iam.model(operation).output_shape

    @contextmanager
    def _permitted(self, operation: str, gone: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """Ask AWS, unless it has refused the operation before: what is refused for one entity is for all."""
        if operation in self._refused:
            # Raised thousands of times: each would add its frames, with the rows in them, to those of the last one.
            raise self._refused[operation].with_traceback(None)
        try:
            yield
        except AwsError as error:
            if not error.unavailable:
                raise
            if gone():
                raise AbsentError(error.code) from None
            self._refused[operation] = error
            raise


def _warn_of_cost(error: AwsError, what: str, requests: int) -> None:
    if not error.lacks_permission:
        logger.warning("%s Therefore %s are read one by one, in about %s requests.", error, what, f"{requests:,}")
        return
    logger.warning(
        "The permission for %s is missing, so %s are read one by one, in about %s requests. Add %s to the "
        "policy of the role or user that this connection uses: one request then answers for very many.",
        error.target,
        what,
        f"{requests:,}",
        error.target.action,
    )


def in_turn(*readers: Callable[[], Iterable[T]]) -> Iterator[T]:
    """Yield what each of `readers` yields. The first refusal is raised when all that AWS shows has been read."""
    refusals = []
    for read in readers:
        try:
            yield from read()
        except AwsError as error:
            if not error.unavailable:
                raise
            refusals.append(error)
    if refusals:
        raise refusals[0]


def account(session: Session) -> Account:
    """Return the Account of a session."""
    return session.once("iam", lambda: Account(session))
