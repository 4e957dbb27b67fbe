"""ec2_launch_templates: each with its default version, without user data."""

from __future__ import annotations

import json
from typing import Any

import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from unit_tests.ec2.ec2_answers import DENIED, Ec2Answers, paged, rows

LIST = "DescribeLaunchTemplates"
VERSIONS = "DescribeLaunchTemplateVersions"
STREAM = "ec2_launch_templates"
OF_VERSION = ["default_version_description", "default_version_data", "has_user_data"]
SECRET = "IyEvYmluL3NoIHBhc3N3b3JkPWh1bnRlcjI="


def template(number: int) -> dict[str, Any]:
    return {"LaunchTemplateId": f"lt-{number}", "LaunchTemplateName": f"web-{number}"}


def version(number: int, **data: Any) -> dict[str, Any]:
    return {
        "LaunchTemplateId": f"lt-{number}",
        "VersionDescription": f"of {number}",
        "DefaultVersion": True,
        "LaunchTemplateData": data,
    }


def templates(*listed: dict[str, Any]) -> dict[str, Any]:
    return {"LaunchTemplates": list(listed)}


def versions(*listed: dict[str, Any]) -> dict[str, Any]:
    return {"LaunchTemplateVersions": list(listed)}


def of_version(row: dict[str, Any]) -> list[Any]:
    return [row[name] for name in OF_VERSION]


def test_each_template_has_its_own_default_version() -> None:
    # In another order than the templates.
    listed = versions(version(2, ImageId="ami-2"), version(1, IamInstanceProfile={"Name": "web"}))
    first, second = rows(STREAM, **{LIST: templates(template(1), template(2)), VERSIONS: listed})
    assert of_version(first) == ["of 1", {"iam_instance_profile": {"name": "web"}}, False]
    assert of_version(second) == ["of 2", {"image_id": "ami-2"}, False]
    assert [*first["unavailable_fields"]] == [*second["unavailable_fields"]] == []


def test_user_data_is_never_in_a_row_and_whether_there_is_any_is() -> None:
    listed = versions(version(1, UserData=SECRET, ImageId="ami-1"), version(2, UserData=""), version(3))
    found = rows(STREAM, **{LIST: templates(*map(template, (1, 2, 3))), VERSIONS: listed})
    assert SECRET not in json.dumps(found)
    assert [row["has_user_data"] for row in found] == [True, False, False]
    assert [row["default_version_data"] for row in found] == [{"image_id": "ami-1"}, {}, {}]


def test_where_versions_are_denied_their_columns_are_null_and_named() -> None:
    aws = Ec2Answers({LIST: templates(template(1), template(2)), VERSIONS: DENIED})
    found = aws.rows(STREAM)
    assert [row["launch_template_name"] for row in found] == ["web-1", "web-2"]
    assert [of_version(row) for row in found] == [[None, None, None]] * 2
    assert [row["unavailable_fields"] for row in found] == [OF_VERSION] * 2


@pytest.mark.parametrize("answered", ["InternalError", {}])
def test_versions_that_fail_fail_the_region(answered: Any) -> None:
    with pytest.raises(AirbyteTracedException, match="DescribeLaunchTemplateVersions"):
        rows(STREAM, **{LIST: templates(template(1)), VERSIONS: answered})


def test_where_there_is_no_template_no_version_is_asked_for() -> None:
    aws = Ec2Answers({LIST: templates()})
    assert (aws.rows(STREAM), aws.operations) == ([], [LIST])


def test_one_listing_has_the_default_versions_of_all_templates() -> None:
    aws = Ec2Answers({LIST: templates(template(1), template(2)), VERSIONS: versions(version(1), version(2))})
    aws.rows(STREAM)
    [(_, request)] = [one for one in aws.asked if one[0] == VERSIONS]
    assert request["Versions"] == ["$Default"]
    assert not {"LaunchTemplateId", "LaunchTemplateName"} & set(request)


def test_templates_and_versions_of_all_pages_are_joined() -> None:
    found = rows(
        STREAM,
        **{
            LIST: paged("LaunchTemplates", [template(1)], [], [template(2)]),
            VERSIONS: paged("LaunchTemplateVersions", [version(1)], [version(2)]),
        },
    )
    assert [row["default_version_description"] for row in found] == ["of 1", "of 2"]


def test_a_template_whose_version_was_deleted_in_between_is_a_row_without_it() -> None:
    [row] = rows(STREAM, **{LIST: templates(template(1)), VERSIONS: versions(version(2, ImageId="ami-2"))})
    assert (of_version(row), [*row["unavailable_fields"]]) == ([None, None, None], [])


def test_a_template_without_an_id_does_not_get_a_version_of_no_template() -> None:
    nameless = {"VersionDescription": "of none", "LaunchTemplateData": {"ImageId": "ami-1"}}
    listed = templates({"LaunchTemplateName": "web"}, {"LaunchTemplateName": "batch"})
    found = rows(STREAM, **{LIST: listed, VERSIONS: versions(nameless)})
    assert [of_version(row) for row in found] == [[None, None, None]] * 2
    assert len({row["launch_template_id"] for row in found}) == 2


def test_a_version_without_data_does_not_say_that_there_is_no_user_data() -> None:
    bare = {"LaunchTemplateId": "lt-1"}
    [row] = rows(STREAM, **{LIST: templates(template(1)), VERSIONS: versions(bare)})
    assert of_version(row) == [None, None, None]
