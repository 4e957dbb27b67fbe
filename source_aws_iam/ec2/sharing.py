"""ec2_images and ec2_snapshots: those of the account, and with whom each is shared."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from aws_calls.errors import AbsentError
from source_aws_iam.streams.columns import hidden, visible, without
from source_aws_iam.streams.listing import RegionalListing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from source_aws_iam.aws.reader import Reader, Row
    from source_aws_iam.aws.session import Session

# The group of all AWS accounts.
_ALL = "all"
# AWS says so of an image that was deregistered, and also of one that is listed but in a state such as pending:
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
_UNAVAILABLE = "InvalidAMIID.Unavailable"


@dataclass
class SharedListing(RegionalListing):
    """A listing of what other accounts may use too. No list says which: that takes a call for each row."""

    # What messages call several of them.
    kind: ClassVar[str]
    id_column: ClassVar[str]
    # The columns that the call brings.
    sharing: ClassVar[tuple[str, ...]]

    @abstractmethod
    def shared(self, reader: Reader, row: Row) -> Row:
        """Return the columns `sharing` of a row. Raises AbsentError for what was deleted."""

    def rows_of_region(self, session: Session, region: str, *, enabled: bool) -> Iterable[Row]:
        """Yield the rows of one Region, page by page."""
        reader = session.reader("ec2", region, enabled=enabled)

        def with_sharing(row: Row) -> Row:
            if not row.get(self.id_column):
                return {**row, **hidden(self.sharing)}
            return {**row, **visible({self.sharing: lambda: self.shared(reader, row)})}

        return reader.each(self.kind, with_sharing, super().rows_of_region(session, region, enabled=enabled))


class Images(SharedListing):
    """One row per machine image (AMI). Their list says which are public."""

    kind = "images"
    id_column = "image_id"
    sharing = ("shared_with_account_ids", "shared_with_organization_arns", "shared_with_ou_arns")

    def shared(self, reader: Reader, row: Row) -> Row:
        """Return what the launch permissions of an image say (ec2:DescribeImageAttribute)."""
        try:
            answer = reader.one("describe_image_attribute", ImageId=row["image_id"])
        except AbsentError as error:
            if error.code != _UNAVAILABLE:
                raise
            return dict.fromkeys(self.sharing)
        found = answer.get("launch_permissions") or []
        return {
            "shared_with_account_ids": _named(found, "user_id"),
            "shared_with_organization_arns": _named(found, "organization_arn"),
            "shared_with_ou_arns": _named(found, "organizational_unit_arn"),
        }

    def rows_of_region(self, session: Session, region: str, *, enabled: bool) -> Iterable[Row]:
        """Yield the images of one Region, page by page."""
        for row in super().rows_of_region(session, region, enabled=enabled):
            yield {**without(row, "public"), "is_public": row.get("public")}


class Snapshots(SharedListing):
    """One row per snapshot of a volume."""

    kind = "snapshots"
    id_column = "snapshot_id"
    sharing = ("is_public", "shared_with_account_ids")

    def shared(self, reader: Reader, row: Row) -> Row:
        """Return what the permissions to make volumes of a snapshot say (ec2:DescribeSnapshotAttribute)."""
        answer = reader.one("describe_snapshot_attribute", SnapshotId=row["snapshot_id"])
        found = answer.get("create_volume_permissions") or []
        return {"is_public": _ALL in _named(found, "group"), "shared_with_account_ids": _named(found, "user_id")}


def _named(permissions: Sequence[Row], name: str) -> list[str]:
    return [permission[name] for permission in permissions if permission.get(name)]
