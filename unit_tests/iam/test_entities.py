"""Users, groups and roles: by bulk call or per-entity calls, and entities that are absent or denied."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from aws_calls.errors import AwsError
from source_aws_iam.iam.all_identities import all_identities
from source_aws_iam.iam.entities import known, listed
from source_aws_iam.iam.group_members import group_names, group_sizes, memberships
from source_aws_iam.iam.groups import groups
from source_aws_iam.iam.identities import GROUP, ROLE, USER
from source_aws_iam.iam.roles import roles
from source_aws_iam.iam.users import one_user, users
from unit_tests.iam.aws_answers import DAY, DENIED, GONE, IAM, Answers, by, details, entity, group, paged, role, user

BULK = "GetAccountAuthorizationDetails"
BOUNDARY = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": f"{IAM}:policy/edge"}
TAGS = [{"Key": "team", "Value": "a"}]
POLICY = {"PolicyName": "all", "PolicyArn": "arn:aws:iam::aws:policy/all"}
DOCUMENT = json.dumps({"Statement": []})
PROFILE = {
    **{f"InstanceProfile{name}": "p" * 16 for name in ("Name", "Id")},
    "Path": "/",
    "Arn": f"{IAM}:instance-profile/p",
    "CreateDate": DAY,
}


def one_by_one(**table: Any) -> dict[str, Any]:
    """Two users in one group, two roles, and no bulk call."""
    every: dict[str, Any] = {BULK: DENIED}
    lists = {"User": [user("ana"), user("bob")], "Group": [group("dev")], "Role": [role("app"), role("old")]}
    for kind, entities in lists.items():
        every[f"List{kind}s"] = paged(f"{kind}s", *([one] for one in entities))
        every[f"ListAttached{kind}Policies"] = paged("AttachedPolicies", [POLICY])
        every[f"List{kind}Policies"] = paged("PolicyNames", ["in"], ["gone"])
        inline = {f"{kind}Name": "x", "PolicyName": "in", "PolicyDocument": DOCUMENT}
        every[f"Get{kind}Policy"] = by("PolicyName", {"in": inline})
        more = {"Tags": TAGS, "PermissionsBoundary": BOUNDARY}
        whole = {one[f"{kind}Name"]: {kind: {**one, **more}} for one in entities}
        every[f"Get{kind}"] = by(f"{kind}Name", whole)
    every["GetGroup"] = by("GroupName", {"dev": {"Group": group("dev"), "Users": [user("ana")], "IsTruncated": False}})
    every["ListGroupsForUser"] = lambda request: {
        "Groups": [group("dev")] if request["UserName"] == "ana" else [],
        "IsTruncated": False,
    }
    every["ListInstanceProfiles"] = paged("InstanceProfiles", [{**PROFILE, "Roles": [role("app")]}])
    return {**every, **table}


READERS = {"user": users, "group": groups, "role": roles}


def in_bulk() -> Any:
    policies = {"AttachedManagedPolicies": [POLICY]}
    inline = [{"PolicyName": "in", "PolicyDocument": DOCUMENT}]
    more = {"Tags": TAGS, "PermissionsBoundary": BOUNDARY, **policies}
    return details(
        users=[
            user("ana", GroupList=["dev"], UserPolicyList=inline, **more),
            user("bob", UserPolicyList=inline, **more),
        ],
        groups=[group("dev", GroupPolicyList=inline, **policies)],
        roles=[
            role("app", InstanceProfileList=[{**PROFILE, "Roles": []}], RolePolicyList=inline, **more),
            role("old", InstanceProfileList=[], RolePolicyList=inline, **more),
        ],
    )


@pytest.mark.parametrize("kind", READERS)
def test_both_ways_give_the_same_rows(kind: str) -> None:
    read = READERS[kind]
    bulk, single = dict(read(Answers({BULK: in_bulk()}).iam)), dict(read(Answers(one_by_one()).iam))
    if kind == "role":  # ListRoles tells these, and the stream takes them from there
        bulk = {n: {k: v for k, v in row.items() if k not in OF_LIST} for n, row in bulk.items()}
    assert bulk == single
    assert all(row["unavailable_fields"] == [] for row in bulk.values())


OF_LIST = ("assume_role_policy_document", "document_text")
HIDDEN = {
    "ListAttached{}Policies": ["attached_policies"],
    "List{}Policies": ["inline_policies"],
    "Get{}Policy": ["inline_policies"],
}


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("call", HIDDEN)
def test_what_a_refused_call_hides_is_null_and_named(kind: str, call: str) -> None:
    table = one_by_one(**{call.format(kind.capitalize()): DENIED})
    for row in READERS[kind](Answers(table).iam).values():
        assert row["unavailable_fields"] == HIDDEN[call]
        assert all(row[name] is None for name in HIDDEN[call])


@pytest.mark.parametrize(
    ("kind", "call", "hidden"),
    [
        ("user", "GetUser", ["tags", "permissions_boundary_type", "permissions_boundary_arn"]),
        ("role", "ListInstanceProfiles", ["instance_profiles"]),
        (
            "role",
            "GetRole",
            [
                *("tags", "permissions_boundary_type", "permissions_boundary_arn"),
                *("role_last_used_date", "role_last_used_region"),
            ],
        ),
    ],
)
def test_what_only_one_kind_has_may_be_hidden_too(kind: str, call: str, hidden: list[str]) -> None:
    for row in READERS[kind](Answers(one_by_one(**{call: DENIED})).iam).values():
        assert row["unavailable_fields"] == hidden


@pytest.mark.parametrize("kind", READERS)
def test_both_ways_refused_is_a_refusal(kind: str) -> None:
    for bulk in (DENIED, paged(f"{kind.capitalize()}DetailList", [], DENIED)):
        refused = dict.fromkeys(["ListUsers", "ListGroups", "ListRoles"], DENIED)
        with pytest.raises(AwsError, match="iam:GetAccountAuthorizationDetails"):
            READERS[kind](Answers({BULK: bulk, **refused}).iam)


def test_a_refusal_on_page_two_of_the_bulk_call_leaves_nothing_of_page_one() -> None:
    bulk = paged("GroupDetailList", [group("left-over")], DENIED)
    assert list(groups(Answers(one_by_one(**{BULK: bulk})).iam)) == ["dev"]


@pytest.mark.parametrize("call", ["GetUser", "ListAttachedUserPolicies", "ListUserPolicies"])
def test_whoever_is_deleted_while_being_read_is_left_out(call: str) -> None:
    table = one_by_one()
    there = table[call]
    table[call] = lambda request: GONE if request["UserName"] == "bob" else there(request)
    assert list(users(Answers(table).iam)) == ["ana"]


def test_a_group_that_is_deleted_while_being_read_has_no_members() -> None:
    aws = Answers(one_by_one(GetGroup=GONE))
    assert memberships(aws.iam) == []
    assert group_sizes(aws.iam)["dev"] == 0


MEMBERSHIP_CALLS = [BULK, "GetGroup", "ListGroupsForUser"]


@pytest.mark.parametrize("refused", [[], [BULK], [BULK, "ListGroups"], [BULK, "GetGroup"]])
def test_memberships_are_the_same_whichever_way_is_allowed(refused: list[str]) -> None:
    table = {**one_by_one(), BULK: in_bulk(), **dict.fromkeys(refused, DENIED)}
    iam = Answers(table).iam
    assert memberships(iam) == [("dev", "ana")]
    assert (group_names(iam).get("ana"), group_names(iam).get("bob", [])) == (["dev"], [])


def test_members_on_page_two_are_members() -> None:
    def members(request: Any) -> Any:
        page = paged("Users", [user("ana")], [user("bob")])
        return {**page(request), "Group": group("dev")}  # type: ignore[operator, dict-item]

    assert memberships(Answers(one_by_one(GetGroup=members)).iam) == [("dev", "ana"), ("dev", "bob")]


def test_where_no_way_is_allowed_memberships_are_hidden_and_asked_for_once() -> None:
    aws = Answers(one_by_one(**dict.fromkeys(MEMBERSHIP_CALLS, DENIED)))
    for row in users(aws.iam).values():
        assert (row["group_names"], row["unavailable_fields"]) == (None, ["group_names"])
    with pytest.raises(AwsError, match="iam:GetAccountAuthorizationDetails"):
        group_sizes(aws.iam)
    assert aws.operations.count("ListGroupsForUser") == 1 == aws.operations.count("GetGroup")


def test_a_user_who_is_younger_than_the_memberships_is_asked_for_its_own() -> None:
    aws = Answers({**one_by_one(), BULK: details(users=[user("bob")])})
    assert list(users(aws.iam)) == ["bob"]
    row = one_user(aws.iam, {"user_id": "AIDA", "user_name": "ana"})
    assert row["group_names"] == ["dev"]
    hidden = Answers({**one_by_one(ListGroupsForUser=DENIED), BULK: details(users=[user("bob")])})
    assert one_user(hidden.iam, {"user_name": "ana"})["unavailable_fields"] == ["group_names"]


def test_known_entities_come_from_either_listing() -> None:
    for table in ({BULK: in_bulk()}, one_by_one()):
        iam = Answers(table).iam
        assert [list(known(iam, kind)) for kind in (USER, GROUP, ROLE)] == [["ana", "bob"], ["dev"], ["app", "old"]]


def test_a_list_is_read_once() -> None:
    aws = Answers(one_by_one())
    assert listed(aws.iam, USER) is listed(aws.iam, USER)
    assert aws.operations == ["ListUsers", "ListUsers"]


def test_principals_are_all_shown_before_the_refusal_that_hid_a_wanted_column() -> None:
    iam = Answers(one_by_one(ListAttachedGroupPolicies=DENIED, GetRolePolicy=DENIED)).iam
    seen = []
    with pytest.raises(AwsError, match="iam:ListAttachedGroupPolicies"):
        seen += [row["arn"] for _, row in all_identities(iam, "attached_policies")] or ["nothing"]
    rows = all_identities(iam, "attached_policies")
    names = [next(rows)[1][name] for name in ("user_name", "user_name", "group_name", "role_name", "role_name")]
    assert names == ["ana", "bob", "dev", "app", "old"]
    assert len(list(all_identities(iam, "permissions_boundary_arn"))) == 5, "what nobody wants may be hidden"


@pytest.mark.parametrize("refused", [[], [BULK], MEMBERSHIP_CALLS])
def test_readers_at_the_same_time_do_not_wait_for_each_other_for_ever(refused: list[str]) -> None:
    many = [entity("User", f"u{number}") for number in range(30)]
    whole = by("UserName", {one["UserName"]: {"User": one} for one in many})
    table = {**one_by_one(ListUsers=paged("Users", many), GetUser=whole), BULK: in_bulk()}
    iam = Answers({**table, **dict.fromkeys(refused, DENIED)}, num_workers=1).iam
    done = []
    start = threading.Barrier(6)

    def read(number: int) -> None:
        start.wait()
        (users, groups, roles)[number % 3](iam)
        done.append(iam.if_allowed(lambda: group_names(iam)))

    threads = [threading.Thread(target=read, args=(number,), daemon=True) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(done) == 6
