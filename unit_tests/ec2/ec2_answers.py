"""EC2 of one Region as a table of answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unit_tests.iam.aws_answers import ACCOUNT_ID, Answer, Answers
from unit_tests.inventory import slice_of, stream_of

REGION = "us-east-1"
DENIED = "UnauthorizedOperation"


class Ec2Answers(Answers):
    """One account of which one Region is read."""

    services = ("ec2",)

    def __init__(self, table: Mapping[str, Answer]) -> None:
        super().__init__(table, regions=[REGION])

    def rows(self, stream: str) -> list[dict[str, Any]]:
        """Read a stream as the manifest declares it."""
        return [dict(row) for row in stream_of(self.context, stream).read_records({}, slice_of(ACCOUNT_ID))]


def rows(stream: str, **table: Answer) -> list[dict[str, Any]]:
    return Ec2Answers(table).rows(stream)


def paged(records: str, *pages: list[Any]) -> Answer:
    """Answer page after page."""

    def answer(request: Mapping[str, Any]) -> Mapping[str, Any]:
        number = int(request.get("NextToken", "0"))
        last = number + 1 == len(pages)
        return {records: pages[number], **({} if last else {"NextToken": str(number + 1)})}

    return answer
