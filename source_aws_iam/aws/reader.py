"""Reads AWS for streams: pages become rows, denied operations are remembered, absent entities are counted.

A bulk call comes first; where AWS denies it, per-entity calls take over. A column that AWS denies altogether is null,
and named in the row's `unavailable_fields`.
"""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from aws_calls.errors import AbsentError, AwsError, InvalidIdError, Outcome, Target
from aws_calls.parsers import odd_members
from source_aws_iam.aws.values import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from aws_calls.calls import Caller
    from source_aws_iam.aws.memo import Memo
    from source_aws_iam.aws.pool import Pool

T = TypeVar("T")
Entity = TypeVar("Entity")
Row = dict[str, Any]

logger = logging.getLogger("airbyte.source_aws_iam")


class Reader:
    """Reads one service in one Region of one account. Thread-safe. Session.reader returns the one that all streams
    share.

    Operations have botocore's names ("list_users"), and are declared in operations.py. Rows are in snake_case.
    """

    def __init__(self, caller: Caller, *, account_id: str, partition: str, memo: Memo, pool: Pool) -> None:
        """`caller` makes the calls, `memo` keeps what is read once, and `pool` has the threads for several calls at a
        time.
        """
        self.account_id = account_id
        self.partition = partition
        self._caller = caller
        self._memo = memo
        self._pool = pool
        self._unavailable: dict[str, AwsError] = {}
        self._made = threading.local()

    @property
    def unavailable(self) -> Mapping[str, AwsError]:
        """The errors of the operations that are known to be unavailable, by operation."""
        return {**self._unavailable}

    def once(self, key: object, produce: Callable[[], T]) -> T:
        """Return what `produce` returned the first time for `key`. Other threads wait; a failure is not kept."""
        return self._memo.once((self, key), produce)

    def settled(self, key: object, produce: Callable[[], T]) -> T:
        """Return or raise what `produce` did the first time for `key`. A failure that took minutes is not repeated."""
        return self._memo.settled((self, key), produce)

    def rows(self, operation: str, records: str, **request: Any) -> Iterator[Row]:
        """Yield the items of `records` on every page. Raises AwsError, and AbsentError for an entity that is absent."""
        self._check(operation, request)
        with self._permitted(operation):
            yield from self._items(operation, records, self._caller.pages(operation, **request))

    def shared_rows(self, operation: str, records: str) -> Iterator[Row]:
        """Yield the same as `rows`. Streams that read the same list share its first page, which is mostly the only one.

        The others are asked for by each stream, so that no more than one page is kept.
        """
        with self._permitted(operation):
            pages = self._caller.pages(operation, first=partial(self.once, ("first page", operation)))
            yield from self._items(operation, records, pages)

    def _items(self, operation: str, records: str, pages: Iterator[Mapping[str, Any]]) -> Iterator[Row]:
        shape = self._caller.shape(operation, records).member
        for page in pages:
            self._warn_of_odd(operation, page)
            # An item without a member that could be parsed is no row.
            yield from filter(None, (plain(item, shape) for item in page.get(records, []) if item))

    def pages(self, operation: str, **request: Any) -> Iterator[Row]:
        """Yield every page as a row, of an operation whose answers say more than their list. Raises as `rows` does."""
        self._check(operation, request)
        shape: Any = self._caller.model(operation).output_shape
        with self._permitted(operation):
            for page in self._caller.pages(operation, **request):
                self._warn_of_odd(operation, page)
                yield plain(page, shape)

    def one(self, operation: str, is_absent: Callable[[], bool] = lambda: False, **request: Any) -> Row:
        """Return the whole answer as a row. Raises as `rows` does.

        `is_absent` says whether the entity is absent, for a call that AWS then answers as if it were denied.
        """
        self._check(operation, request)
        with self._permitted(operation, is_absent):
            answer = self._caller.call(operation, **request)
        self._warn_of_odd(operation, answer)
        shape: Any = self._caller.model(operation).output_shape
        row: Row = plain(answer, shape)
        return row

    def each(self, kind: str, read: Callable[[Entity], T], entities: Iterable[Entity]) -> Iterator[T]:
        """Yield `read` of each of the entities ("users"), in their order. Those that are absent are left out.

        Several are read at a time, from the first on for which a call is made: other threads cost more than what is
        known already.
        """
        remaining = iter(entities)

        def read_if_there(entity: Entity) -> list[T]:
            try:
                return [read(entity)]
            except AbsentError:
                return []

        absent = 0
        for found in chain(self._until_called(read_if_there, remaining), self._pool.map(read_if_there, remaining)):
            absent += not found
            yield from found
        if absent:
            logger.info("%d %s of account %s were deleted while they were read.", absent, kind, self.account_id)

    def _until_called(self, read: Callable[[Entity], T], entities: Iterator[Entity]) -> Iterator[T]:
        """Yield `read` of the first entities, up to and including one for which this thread makes a call."""
        made = self._made_here()
        for entity in entities:
            yield read(entity)
            if self._made_here() != made:
                return

    def _made_here(self) -> int:
        """Return how many calls this thread has made."""
        return getattr(self._made, "calls", 0)

    def first_allowed(self, *reads: Callable[[], T]) -> T:
        """Return the result of the first of `reads` that AWS allows. Where it allows none, raise the first error."""
        errors = []
        for read in reads:
            try:
                return read()
            except AwsError as error:
                if not error.unavailable:
                    raise
                errors.append(error)
        raise errors[0]

    def if_allowed(self, read: Callable[[], T]) -> T | None:
        """Return the result of `read`, or None where it is unavailable. The caller then says what is missing."""
        try:
            return read()
        except AwsError as error:
            if not error.unavailable:
                raise
            return None

    def raise_if_unavailable(self, *operations: str) -> None:
        """Raise the error of the first of the operations that is unavailable: rows that only it knows are missing."""
        for operation in operations:
            if operation in self._unavailable:
                raise self._unavailable[operation].with_traceback(None)

    def tell_cost(self, what: str, requests: int, *denied: str) -> None:
        """Warn, once, that `what` takes so many requests because one of the bulk calls `denied` is."""
        error = next((self._unavailable[operation] for operation in denied if operation in self._unavailable), None)
        if error:
            self.once(("cost", error.target.action, what), lambda: _warn_of_cost(error, what, requests))

    def target(self, operation: str) -> Target:
        """Return the target of a call of `operation`, for messages."""
        return self._caller.target(operation)

    def _warn_of_odd(self, operation: str, answer: Any) -> None:
        """Warn, once for each member of the operation, of values that could not be parsed: their columns are null."""
        sentence = "%s: the value '%s' of %s cannot be parsed, so its column is null."
        for member, text in odd_members(answer):
            warn = partial(logger.warning, sentence, self.target(operation), text, member)
            self.once(("odd", operation, member), warn)

    def _check(self, operation: str, request: Mapping[str, Any]) -> None:
        """Raise InvalidIdError where AWS's model does not accept an id that AWS listed. Other entities are not
        affected.
        """
        if any(isinstance(value, str) for value in request.values()) and not self._caller.accepts(operation, request):
            target = self.target(operation)
            sentence = f"{target} was not called for something that AWS listed, because AWS's model rejects its id."
            raise InvalidIdError(Outcome.ACT, sentence, code="InvalidId", target=target)

    @contextmanager
    def _permitted(self, operation: str, is_absent: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """Call AWS, unless the operation is known to be unavailable: what is denied for one entity is for all."""
        if operation in self._unavailable:
            # It may be raised thousands of times, and each time would add frames, with the rows in them.
            raise self._unavailable[operation].with_traceback(None)
        self._made.calls = self._made_here() + 1
        try:
            yield
        except AwsError as error:
            if not error.unavailable:
                raise
            if is_absent():
                raise AbsentError(error.code) from None
            self._unavailable[operation] = error
            raise


def _warn_of_cost(error: AwsError, what: str, requests: int) -> None:
    if not error.lacks_permission:
        logger.warning("%s Therefore %s are read one by one, in about %s requests.", error, what, f"{requests:,}")
        return
    logger.warning(
        "The permission for %s is missing, so %s are read one by one, in about %s requests. Add %s to the "
        "policy of the role or user that this connection uses: one request then covers very many.",
        error.target,
        what,
        f"{requests:,}",
        error.target.action,
    )
