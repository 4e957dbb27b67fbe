"""Embedded AWS's IAM lists come in true pages, and say what the account holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws, Seed, StoppedClock

LISTS = {
    "list_users": ("Users", "UserName", {}),
    "list_groups": ("Groups", "GroupName", {}),
    "get_group": ("Users", "UserName", {"GroupName": "engineering"}),
    "list_roles": ("Roles", "RoleName", {}),
    "list_policies": ("Policies", "Arn", {"Scope": "Local"}),
}
DETAILS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")


@pytest.fixture(scope="module")
def full() -> Iterator[EmbeddedAws]:
    """A seeded account; what a test changes it changes back."""
    with EmbeddedAws(seed=Seed(users=230, groups=15, events=0), now=StoppedClock()) as embedded:
        yield embedded


def all_pages(call: Any, **arguments: Any) -> list[dict[str, Any]]:
    pages = [call(**arguments)]
    while pages[-1]["IsTruncated"]:
        pages.append(call(**arguments, Marker=pages[-1]["Marker"]))
    return pages


def error_of(call: Any, **arguments: Any) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


def details(pages: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [item for page in pages for item in page[kind]]


@pytest.mark.parametrize("operation", LISTS)
def test_lists_come_in_pages_of_the_size_asked_for(full: EmbeddedAws, operation: str) -> None:
    members, name, arguments = LISTS[operation]
    call = getattr(full.client("iam"), operation)
    whole = call(**arguments, MaxItems=1000)
    assert whole["IsTruncated"] is False
    assert "Marker" not in whole
    pages = all_pages(call, **arguments, MaxItems=3)
    assert {len(page[members]) for page in pages[:-1]} == {3}
    names = [item[name] for page in pages for item in page[members]]
    assert names == [item[name] for item in whole[members]]
    assert len(set(names)) == len(names) > 3


def test_a_page_has_100_items_unless_asked_otherwise(full: EmbeddedAws) -> None:
    iam = full.client("iam")
    assert [len(page["Users"]) for page in all_pages(iam.list_users)] == [100, 100, 31]
    assert [len(page["Users"]) for page in all_pages(iam.get_group, GroupName="engineering")] == [100, 1]


def test_aws_may_return_fewer_items_than_asked_for(full: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full, "page_cap", 60)
    pages = all_pages(full.client("iam").list_users, MaxItems=1000)
    assert [len(page["Users"]) for page in pages] == [60, 60, 60, 51]


def test_the_sdk_paginator_finds_everyone(full: EmbeddedAws) -> None:
    pages = full.client("iam").get_paginator("list_users").paginate()
    assert [user["UserName"] for page in pages for user in page["Users"]] == [
        user["user_name"] for user in full.users_truth()
    ]


def test_account_details_are_one_long_list(full: EmbeddedAws) -> None:
    pages = all_pages(full.client("iam").get_account_authorization_details, MaxItems=90)
    sizes = [[len(page[kind]) for kind in DETAILS] for page in pages]
    assert sizes == [[90, 0, 0, 0], [90, 0, 0, 0], [51, 15, 24, 0], [0, 0, 17, 18]]


@pytest.mark.parametrize(
    ("wanted", "sizes"),
    [
        (["User"], [231, 0, 0, 0]),
        (["Group", "Role"], [0, 15, 41, 0]),
        (["LocalManagedPolicy"], [0, 0, 0, 12]),
        (["AWSManagedPolicy"], [0, 0, 0, 6]),
    ],
)
def test_account_details_can_be_filtered(full: EmbeddedAws, wanted: list[str], sizes: list[int]) -> None:
    page = full.client("iam").get_account_authorization_details(Filter=wanted, MaxItems=1000)
    assert [len(page[kind]) for kind in DETAILS] == sizes


@pytest.mark.parametrize("operation", [*LISTS, "get_account_authorization_details"])
@pytest.mark.parametrize("size", [0, 1001])
def test_page_sizes_have_limits(full: EmbeddedAws, operation: str, size: int) -> None:
    client = full.client_of(full.base_key, "iam", parameter_validation=False)
    arguments = LISTS[operation][2] if operation in LISTS else {}
    code, status, message = error_of(getattr(client, operation), **arguments, MaxItems=size)
    assert (code, status) == ("ValidationError", 400)
    assert f"Value '{size}' at 'maxItems'" in message


def test_an_unknown_filter_is_refused(full: EmbeddedAws) -> None:
    client = full.client_of(full.base_key, "iam", parameter_validation=False)
    code, _, message = error_of(client.get_account_authorization_details, Filter=["Users"])
    assert code == "ValidationError"
    assert "'filter'" in message


def test_a_marker_is_good_only_for_the_list_it_came_from(full: EmbeddedAws) -> None:
    iam = full.client("iam")
    call = iam.get_account_authorization_details
    marker = call(Filter=["User"], MaxItems=5)["Marker"]
    assert call(Filter=["User"], MaxItems=7, Marker=marker)["UserDetailList"]
    misuses = [
        error_of(call, Filter=["Group"], Marker=marker),
        error_of(iam.list_users, Marker=marker),
        error_of(iam.list_users, Marker="bm90IG91cnM="),
        error_of(iam.list_users, Marker="?"),
    ]
    assert {code for code, _, _ in misuses} == {"ValidationError"}


def test_deleting_someone_between_two_pages_skips_nobody_else(
    full: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [user["user_name"] for user in full.users_truth()]
    call = full.client("iam").list_users
    first = call(MaxItems=100)
    monkeypatch.delitem(full.iam().users, names[3])
    second = call(MaxItems=100, Marker=first["Marker"])
    assert [user["UserName"] for user in second["Users"]] == names[100:200]


def test_lists_can_be_cut_to_a_path(full: EmbeddedAws) -> None:
    call = full.client("iam").list_users
    listed = {user["UserName"] for user in call(PathPrefix="/people/", MaxItems=1000)["Users"]}
    assert listed == {u["user_name"] for u in full.users_truth() if u["path"].startswith("/people/")}
    assert 0 < len(listed) < 231


def test_what_iam_says_is_what_the_account_holds(full: EmbeddedAws) -> None:
    """The truth is read from moto's objects, the answers went over HTTP: neither knows the other."""
    iam = full.client("iam")
    pages = all_pages(iam.get_account_authorization_details, MaxItems=50)
    used = {user["UserName"]: user.get("PasswordLastUsed") for user in iam.list_users(MaxItems=1000)["Users"]}
    told = [
        {
            "user_id": user["UserId"],
            "user_name": user["UserName"],
            "path": user["Path"],
            "arn": user["Arn"],
            "create_date": user["CreateDate"],
            "password_last_used": used[user["UserName"]],
            "permissions_boundary_arn": user.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
            "tags": {tag["Key"]: tag["Value"] for tag in user.get("Tags", [])},
            "groups": sorted(user["GroupList"]),
            "attached_policies": [
                {"policy_name": policy["PolicyName"], "policy_arn": policy["PolicyArn"]}
                for policy in user["AttachedManagedPolicies"]
            ],
            "inline_policies": {
                policy["PolicyName"]: policy["PolicyDocument"] for policy in user.get("UserPolicyList", [])
            },
        }
        for user in details(pages, "UserDetailList")
    ]
    assert told == full.users_truth()
    members = {
        (group["GroupName"], user["UserId"])
        for group in iam.list_groups()["Groups"]
        for page in all_pages(iam.get_group, GroupName=group["GroupName"])
        for user in page["Users"]
    }
    assert members == {(row["group_name"], row["user_id"]) for row in full.memberships_truth()}
    groups = [(group["GroupId"], group["GroupName"]) for group in details(pages, "GroupDetailList")]
    assert groups == [(group["group_id"], group["group_name"]) for group in full.groups_truth()]
