"""ec2_launch_templates: what new instances get, by the default version of each template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.streams.columns import hidden, without
from source_aws_iam.streams.listing import RegionalListing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.reader import Reader, Row
    from source_aws_iam.aws.session import Session

_OF_VERSION: Final = ("default_version_description", "default_version_data", "has_user_data")
_NONE: Final[Mapping[str, Any]] = {**dict.fromkeys(_OF_VERSION), "unavailable_fields": ()}


@dataclass
class LaunchTemplates(RegionalListing):
    """One row per template. The user data of its default version, a place of secrets, is left out."""

    def rows_of_region(self, session: Session, region: str, *, enabled: bool) -> Iterable[Row]:
        """Yield the templates of one Region, of which AWS allows 5,000. One listing has the default versions of all."""
        reader = session.reader("ec2", region, enabled=enabled)
        templates = [*super().rows_of_region(session, region, enabled=enabled)]
        versions = reader.if_allowed(lambda: _default_versions(reader)) if templates else {}
        for template in templates:
            unknown = hidden(_OF_VERSION) if versions is None else _NONE
            yield {**template, **((versions or {}).get(template.get("launch_template_id", ""), unknown))}


def _default_versions(reader: Reader) -> Mapping[str, Mapping[str, Any]]:
    """Return the columns of the default version of each template, by its id (ec2:DescribeLaunchTemplateVersions)."""
    found = reader.rows("describe_launch_template_versions", "LaunchTemplateVersions")
    return {
        version["launch_template_id"]: {**_NONE, **_columns(version)}
        for version in found
        if version.get("launch_template_id")
    }


def _columns(version: Row) -> Row:
    data = version.get("launch_template_data")
    return {
        "default_version_description": version.get("version_description"),
        "default_version_data": None if data is None else without(data, "user_data"),
        "has_user_data": None if data is None else bool(data.get("user_data")),
    }
