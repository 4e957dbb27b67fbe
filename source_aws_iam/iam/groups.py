"""groups: every group with its policies and the number of its members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.iam.entities import KindColumns, entities
from source_aws_iam.iam.group_members import group_sizes
from source_aws_iam.iam.iam_stream import IamStream
from source_aws_iam.iam.identities import GROUP

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.reader import Reader, Row
    from source_aws_iam.aws.session import Session


def groups(iam: Reader) -> Mapping[str, Row]:
    """Return all groups by name. Groups have neither tags nor a boundary."""
    return entities(iam, GROUP, KindColumns(lambda _row: {}, lambda _iam, _name: {}))


class Groups(IamStream):
    """One row per IAM group."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield every group with the number of its members."""
        iam = session.reader("iam")
        sizes = iam.if_allowed(lambda: group_sizes(iam))
        hidden = ["member_count"] if sizes is None else []
        for group in groups(iam).values():
            size = None if sizes is None or not group["group_name"] else sizes[group["group_name"]]
            yield {**group, "member_count": size, "unavailable_fields": [*group["unavailable_fields"], *hidden]}
