"""application_assignments: who is assigned to which application.

AWS could list them by principal too (ListApplicationAssignmentsForPrincipal), but then those of users and groups that
were deleted would be missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_aws_iam.identity_center.applications import applications
from source_aws_iam.identity_center.identity_center_stream import AdministratorStream
from source_aws_iam.identity_center.principal_names import PrincipalNames

if TYPE_CHECKING:
    from collections.abc import Iterator

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.identity_center.instances import Instance


class ApplicationAssignments(AdministratorStream):
    """One row per application and principal."""

    def rows_for_administrator(self, instance: Instance) -> Iterator[Row]:
        """Yield the assignments, several applications at a time."""
        listed = applications(instance)
        if not listed:
            return  # a store may have 100,000 names, which nothing would need
        names = PrincipalNames(instance)

        def of_application(application: Row) -> list[Row]:
            arn = application["application_arn"]
            found = instance.admin.rows("list_application_assignments", "ApplicationAssignments", ApplicationArn=arn)
            shared = {"application_arn": arn, "application_name": application.get("name")}
            return [{**shared, **names.columns(assignment)} for assignment in found]

        for rows in instance.admin.each("applications", of_application, listed):
            yield from rows
