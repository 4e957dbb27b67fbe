"""identity_center_applications: each application that people sign in to with Identity Center.

An instance of a member account has applications too, for which its own account is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_aws_iam.identity_center.identified_rows import identified_rows
from source_aws_iam.identity_center.identity_center_stream import AdministratorStream
from source_aws_iam.identity_center.resource_tags import resource_tags
from source_aws_iam.streams.columns import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.identity_center.instances import Instance


class Applications(AdministratorStream):
    """One row per application."""

    def rows_for_administrator(self, instance: Instance) -> Iterator[Row]:
        """Yield the applications, several at a time."""

        def row(application: Row) -> Row:
            arn = application["application_arn"]
            found = visible(
                {
                    ("assignment_required",): lambda: _assignment_required(instance, arn),
                    ("tags",): lambda: {"tags": resource_tags(instance, arn)},
                }
            )
            return {**application, **found}

        yield from instance.admin.each("applications", row, applications(instance))


def applications(instance: Instance) -> list[Row]:
    """Return the applications of an instance. All streams share them."""
    admin, request = instance.admin, {"InstanceArn": instance.arn}
    return admin.once(
        ("applications", instance.arn),
        lambda: [*identified_rows(admin, "list_applications", "Applications", "application_arn", **request)],
    )


def _assignment_required(instance: Instance, arn: str) -> Row:
    found = instance.admin.one("get_application_assignment_configuration", ApplicationArn=arn)
    return {"assignment_required": found.get("assignment_required")}
