"""The role of a permission set is found by its name, whatever else there is."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from source_aws_iam.identity_center.role_names import PATH_PREFIX, role_of

# https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreatePermissionSet.html
NAMES = st.text("abAB01+=,.@-_", min_size=1, max_size=32)
HEX = st.text("0123456789abcdef", min_size=16, max_size=16)


def role(name: str, path: str = PATH_PREFIX, created: str = "2026-01-01T00:00:00Z") -> dict[str, Any]:
    return {
        "role_name": name,
        "path": path,
        "arn": f"arn:aws:iam::111111111111:role{path}{name}",
        "create_date": created,
    }


@given(names=st.dictionaries(NAMES, HEX, min_size=1, max_size=6))
def test_each_permission_set_has_its_own_role_and_no_other(names: dict[str, str]) -> None:
    roles = [role(f"AWSReservedSSO_{name}_{digits}") for name, digits in names.items()]
    for name, digits in names.items():
        found = role_of(name, "us-east-1", roles)
        assert found
        assert found["role_name"] == f"AWSReservedSSO_{name}_{digits}"


@given(name=NAMES, other=NAMES, digits=HEX)
def test_the_role_of_another_permission_set_is_never_taken(name: str, other: str, digits: str) -> None:
    found = role_of(name, "us-east-1", [role(f"AWSReservedSSO_{other}_{digits}")])
    assert (found is not None) == (name == other)


def test_a_name_that_ends_like_a_role_is_told_apart() -> None:
    roles = [
        role("AWSReservedSSO_Admin_0123456789abcdef_fedcba9876543210"),
        role("AWSReservedSSO_Admin_0123456789ABCDEF"),
        role("AWSReservedSSO_Admin_0123456789abcde"),
        role("AWSReservedSSO_XAdmin_0123456789abcdef"),
        role("AWSReservedSSO_Admin_0123456789abcdef\n"),
    ]
    assert role_of("Admin", "us-east-1", roles) is None
    assert role_of("Admin_0123456789abcdef", "us-east-1", roles) == roles[0]


def test_the_region_of_the_instance_is_in_the_path_except_in_us_east_1() -> None:
    name = "AWSReservedSSO_Admin_0123456789abcdef"
    here, there, none = (role(name, f"{PATH_PREFIX}{region}") for region in ("eu-west-1/", "eu-west-2/", ""))
    elsewhere = role(name, "/")
    assert role_of("Admin", "eu-west-1", [there, none, elsewhere, here]) == here
    assert role_of("Admin", "us-east-1", [there, none, elsewhere, here]) == none
    assert role_of("Admin", "us-west-2", [there, none, elsewhere, here]) is None


def test_of_several_the_youngest_is_taken_and_members_may_be_missing() -> None:
    old = role("AWSReservedSSO_Admin_0000000000000000", created="2024-01-01T00:00:00Z")
    new = role("AWSReservedSSO_Admin_1111111111111111", created="2025-01-01T00:00:00Z")
    undated = {key: value for key, value in new.items() if key != "create_date"}
    assert role_of("Admin", "us-east-1", [new, old]) == new
    assert role_of("Admin", "us-east-1", [undated, old]) == old
    assert role_of("Admin", "us-east-1", [{}, {"path": PATH_PREFIX}]) is None
