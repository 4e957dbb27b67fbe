"""Several readings of the same kind of rows, of which each may be denied."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from aws_calls.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")


def in_turn(*readers: Callable[[], Iterable[T]]) -> Iterator[T]:
    """Yield what each of `readers` yields. The first error of an unavailable call is raised at the end."""
    errors = []
    for read in readers:
        try:
            yield from read()
        except AwsError as error:
            if not error.unavailable:
                raise
            errors.append(error)
    if errors:
        raise errors[0]
