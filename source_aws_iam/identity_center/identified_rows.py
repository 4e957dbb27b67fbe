"""Rows whose id other calls need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_calls.answers import broken_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from source_aws_iam.aws.reader import Reader, Row


def identified_rows(reader: Reader, operation: str, records: str, key: str, **request: str) -> Iterator[Row]:
    """Yield the rows of a list. One without its `key`, which AWS always sends, is a broken answer: nothing could be
    asked about it.
    """
    for row in reader.rows(operation, records, **request):
        if not row.get(key):
            raise broken_answer(reader.target(operation))
        yield row
