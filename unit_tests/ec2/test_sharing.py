"""ec2_images and ec2_snapshots: with whom each is shared, which takes a call for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from unit_tests.ec2.ec2_answers import DENIED, Ec2Answers, paged, rows
from unit_tests.iam.aws_answers import Answer

ALL: Mapping[str, str] = {"Group": "all"}


@dataclass(frozen=True)
class Kind:
    """What images and snapshots have in common."""

    stream: str
    records: str
    id_member: str
    permissions: str
    gone: str
    sharing: tuple[str, ...]

    @property
    def listing(self) -> str:
        return f"Describe{self.records}"

    @property
    def attribute(self) -> str:
        return f"Describe{self.records[:-1]}Attribute"

    @property
    def id_column(self) -> str:
        return f"{self.records[:-1].lower()}_id"

    def listed(self, *names: str) -> list[dict[str, str]]:
        return [{self.id_member: name} for name in names]

    def answer(self, *permissions: Mapping[str, str]) -> dict[str, Any]:
        return {self.id_member: "x", self.permissions: [*map(dict, permissions)]}

    def by_id(self, answers: Mapping[str, Mapping[str, Any] | str]) -> Answer:
        return lambda request: answers[request[self.id_member]]


IMAGES = Kind(
    stream="ec2_images",
    records="Images",
    id_member="ImageId",
    permissions="LaunchPermissions",
    gone="InvalidAMIID.NotFound",
    sharing=("shared_with_account_ids", "shared_with_organization_arns", "shared_with_ou_arns"),
)
SNAPSHOTS = Kind(
    stream="ec2_snapshots",
    records="Snapshots",
    id_member="SnapshotId",
    permissions="CreateVolumePermissions",
    gone="InvalidSnapshot.NotFound",
    sharing=("is_public", "shared_with_account_ids"),
)
of_both = pytest.mark.parametrize("kind", [IMAGES, SNAPSHOTS], ids=lambda kind: kind.stream)


def one(kind: Kind, *permissions: Mapping[str, str], **more: Any) -> dict[str, Any]:
    """Read the only one, with these permissions."""
    listed = {kind.records: [{kind.id_member: "x", **more}]}
    [row] = rows(kind.stream, **{kind.listing: listed, kind.attribute: kind.answer(*permissions)})
    return row


def test_an_image_is_shared_with_accounts_organizations_and_units_by_name() -> None:
    organization = "arn:aws:organizations::111111111111:organization/o-1"
    unit = "arn:aws:organizations::111111111111:ou/o-1/ou-1"
    permissions = ({"UserId": "222222222222"}, {"OrganizationArn": organization}, {"OrganizationalUnitArn": unit})
    row = one(IMAGES, *permissions, {"UserId": "333333333333"}, Public=False)
    assert [row[name] for name in IMAGES.sharing] == [["222222222222", "333333333333"], [organization], [unit]]
    assert (row["is_public"], row["unavailable_fields"]) == (False, [])
    assert "public" not in row


@pytest.mark.parametrize("public", [True, False, None])
def test_the_list_says_whether_an_image_is_public(*, public: bool | None) -> None:
    row = one(IMAGES, ALL, **({} if public is None else {"Public": public}))
    assert row["is_public"] is public
    assert [row[name] for name in IMAGES.sharing] == [[], [], []]


def test_a_snapshot_is_public_where_the_group_of_all_accounts_may_use_it() -> None:
    row = one(SNAPSHOTS, {"UserId": "222222222222"}, ALL)
    assert (row["is_public"], row["shared_with_account_ids"]) == (True, ["222222222222"])


@of_both
@pytest.mark.parametrize("odd", [(), ({},), ({"UserId": ""}, {"Group": "some"})])
def test_permissions_that_name_nobody_share_nothing(kind: Kind, odd: tuple[Mapping[str, str], ...]) -> None:
    row = one(kind, *odd)
    assert not any(row[name] for name in kind.sharing)
    assert all(row[name] is not None for name in kind.sharing)


@of_both
def test_an_answer_without_permissions_shares_nothing(kind: Kind) -> None:
    bare: Answer = {kind.id_member: "x"}
    [row] = rows(kind.stream, **{kind.listing: {kind.records: kind.listed("x")}, kind.attribute: bare})
    assert not any(row[name] for name in kind.sharing)
    assert row["unavailable_fields"] == []


@of_both
def test_where_permissions_are_denied_their_columns_are_null_and_named_and_not_asked_for_again(kind: Kind) -> None:
    listed = {kind.records: kind.listed("a", "b", "c")}
    aws = Ec2Answers({kind.listing: listed, kind.attribute: DENIED})
    found = aws.rows(kind.stream)
    assert [row[kind.id_column] for row in found] == ["a", "b", "c"]
    for row in found:
        assert [row[name] for name in kind.sharing] == [None] * len(kind.sharing)
        assert row["unavailable_fields"] == [*kind.sharing]
    assert aws.operations.count(kind.attribute) == 1


@of_both
def test_what_is_deleted_in_between_is_left_out_and_costs_no_other(kind: Kind) -> None:
    shared = kind.answer({"UserId": "222222222222"})
    attribute = kind.by_id({"a": kind.gone, "b": shared, "c": kind.gone, "d": shared})
    listed = {kind.records: kind.listed("a", "b", "c", "d")}
    found = rows(kind.stream, **{kind.listing: listed, kind.attribute: attribute})
    assert [(row[kind.id_column], row["shared_with_account_ids"]) for row in found] == [
        ("b", ["222222222222"]),
        ("d", ["222222222222"]),
    ]


def test_an_image_that_is_not_available_yet_is_a_row_that_does_not_say_with_whom_it_is_shared() -> None:
    """AWS refuses a few calls for it, with a code that it also has for images that were deregistered."""
    attribute = IMAGES.by_id({"a": "InvalidAMIID.Unavailable", "b": IMAGES.answer()})
    listed = {IMAGES.records: [{"ImageId": "a", "State": "pending"}, {"ImageId": "b", "State": "available"}]}
    pending, available = rows(IMAGES.stream, **{IMAGES.listing: listed, IMAGES.attribute: attribute})
    assert (pending["image_id"], pending["state"]) == ("a", "pending")
    assert [pending[name] for name in IMAGES.sharing] == [None, None, None]
    assert [available[name] for name in IMAGES.sharing] == [[], [], []]
    assert pending["unavailable_fields"] == available["unavailable_fields"] == [], "AWS denied nothing"


@of_both
@pytest.mark.parametrize("answered", ["InternalError", {}])
def test_permissions_that_fail_fail_the_region(kind: Kind, answered: Any) -> None:
    with pytest.raises(AirbyteTracedException, match=kind.attribute):
        rows(kind.stream, **{kind.listing: {kind.records: kind.listed("a")}, kind.attribute: answered})


@of_both
@pytest.mark.parametrize("nameless", [lambda _: {"Description": "x"}, lambda kind: {kind.id_member: ""}])
def test_what_has_no_id_is_a_row_and_nobody_is_asked_about_it(
    kind: Kind, nameless: Callable[[Kind], dict[str, str]]
) -> None:
    listed = [nameless(kind), *kind.listed("b")]
    aws = Ec2Answers({kind.listing: {kind.records: listed}, kind.attribute: kind.answer()})
    first, second = aws.rows(kind.stream)
    assert first[kind.id_column].startswith("without-id-")
    assert first["unavailable_fields"] == [*kind.sharing]
    assert second["unavailable_fields"] == []
    assert [request[kind.id_member] for operation, request in aws.asked if operation == kind.attribute] == ["b"]


@of_both
def test_those_of_all_pages_are_rows_in_their_order(kind: Kind) -> None:
    ids = [[f"{page}-{number}" for number in range(20)] for page in range(3)]
    pages = paged(kind.records, *(kind.listed(*page) for page in ids[:2]), [], kind.listed(*ids[2]))

    def attribute(request: Mapping[str, Any]) -> Mapping[str, Any]:
        return kind.answer({"UserId": f"of {request[kind.id_member]}"})

    found = rows(kind.stream, **{kind.listing: pages, kind.attribute: attribute})
    assert [row[kind.id_column] for row in found] == [name for page in ids for name in page]
    assert [row["shared_with_account_ids"] for row in found] == [[f"of {name}"] for page in ids for name in page]


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [(IMAGES, {"Owners": ["self"], "IncludeDisabled": True}), (SNAPSHOTS, {"OwnerIds": ["self"]})],
    ids=lambda value: getattr(value, "stream", ""),
)
def test_only_those_of_the_account_are_asked_for(kind: Kind, wanted: Mapping[str, Any]) -> None:
    aws = Ec2Answers({kind.listing: {kind.records: []}})
    assert aws.rows(kind.stream) == []
    [(_, request)] = aws.asked
    assert {name: request.get(name) for name in wanted} == wanted
