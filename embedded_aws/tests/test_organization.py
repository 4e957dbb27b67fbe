"""Embedded AWS Organizations for plain boto3: pages, trees, and permissions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import AccessKey, EmbeddedAws, Member, Organization, StoppedClock, Unit
from embedded_aws.server.organization_tree import OrganizationTree

SHOP, LOGS, SANDBOX, STRANGER = "111111111111", "222222222222", "333333333333", "999999999999"
JOINED = datetime(2025, 2, 3, 4, 5, 6, tzinfo=timezone.utc)
SERVICE = "config.amazonaws.com"

COMPANY = Organization(
    accounts=[LOGS],
    units=[
        Unit(
            "Production",
            tags={"Stage": "live"},
            units=[Unit("Europe", accounts=[Member(SHOP, "shop", "shop@example.com", joined=JOINED, tags={"A": "ä"})])],
        ),
        Unit("Sandbox", id="ou-ab12-11112222", accounts=[Member(SANDBOX, joined_method="INVITED", state="SUSPENDED")]),
    ],
    delegated={LOGS: [SERVICE, "guardduty.amazonaws.com"]},
)


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(now=StoppedClock()) as embedded:
        yield embedded


@pytest.fixture
def company(aws: EmbeddedAws) -> OrganizationTree:
    return aws.organize(COMPANY)


def refusal(call: Any, **arguments: Any) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], caught.value.response["ResponseMetadata"]["HTTPStatusCode"], error["Message"]


def pages(aws: EmbeddedAws, operation: str, **arguments: Any) -> list[list[Any]]:
    """What a paginator brings, each page's items."""
    client = aws.client("organizations")
    found = []
    for page in client.get_paginator(operation).paginate(**arguments):
        (items,) = (value for name, value in page.items() if name not in ("NextToken", "ResponseMetadata"))
        found.append(items)
    return found


def every(aws: EmbeddedAws, operation: str, **arguments: Any) -> list[Any]:
    return [item for page in pages(aws, operation, **arguments) for item in page]


def ids(items: list[Any]) -> set[str]:
    return {item["Id"] for item in items}


def large(count: int) -> Organization:
    """With the management account, one more."""
    return Organization(accounts=[f"{500000000000 + number}" for number in range(count)])


def test_an_account_has_all_that_the_api_says(aws: EmbeddedAws, company: OrganizationTree) -> None:
    account = aws.client("organizations").describe_account(AccountId=SHOP)["Account"]
    production, europe = company.place("Production"), company.place("Production/Europe")
    assert account == {
        "Id": SHOP,
        "Arn": f"arn:aws:organizations::123456789012:account/o-a1b2c3d4e5/{SHOP}",
        "Email": "shop@example.com",
        "Name": "shop",
        "State": "ACTIVE",
        "Paths": [f"o-a1b2c3d4e5/r-ab12/{production}/{europe}/{SHOP}/"],
        "JoinedMethod": "CREATED",
        "JoinedTimestamp": JOINED,
    }


def test_every_account_is_listed_with_its_state(aws: EmbeddedAws, company: OrganizationTree) -> None:
    accounts = {account["Id"]: account for account in every(aws, "list_accounts")}
    assert set(accounts) == {aws.account_id, SHOP, LOGS, SANDBOX}
    assert (accounts[SANDBOX]["State"], accounts[SANDBOX]["JoinedMethod"]) == ("SUSPENDED", "INVITED")
    assert accounts[LOGS]["Name"] == f"account-{LOGS}"


def test_status_is_shown_and_paths_are_left_out_if_a_test_says_so(aws: EmbeddedAws, company: OrganizationTree) -> None:
    company.set_state(SHOP, "CLOSED")
    company.hidden = {"Paths", "State"}
    accounts = every(aws, "list_accounts")
    assert all({"Paths", "State"}.isdisjoint(account) for account in accounts)
    assert {account["Id"]: account["Status"] for account in accounts}[SHOP] == "SUSPENDED"


@pytest.mark.parametrize(("size", "lengths"), [(None, [20, 20, 1]), (20, [20, 20, 1]), (15, [15, 15, 11])])
def test_accounts_come_in_pages_of_twenty_at_most(aws: EmbeddedAws, size: int | None, lengths: list[int]) -> None:
    aws.organize(large(40))
    found = pages(aws, "list_accounts", PaginationConfig={"PageSize": size})
    assert [len(page) for page in found] == lengths
    assert len(ids([account for page in found for account in page])) == 41


def test_a_full_last_page_has_no_token(aws: EmbeddedAws) -> None:
    aws.organize(large(19))
    assert "NextToken" not in aws.client("organizations").list_accounts()


def test_empty_pages_come_before_those_that_have_something(aws: EmbeddedAws) -> None:
    aws.organize(large(25)).empty_pages = 2
    first = aws.client("organizations").list_accounts()
    assert first["Accounts"] == []
    assert first["NextToken"]
    assert [len(page) for page in pages(aws, "list_accounts")] == [0, 0, 20, 0, 0, 6]
    assert [len(page) for page in pages(aws, "list_roots")] == [0, 0, 1]


def test_who_joins_or_leaves_between_two_pages_hides_nobody(aws: EmbeddedAws) -> None:
    tree = aws.organize(large(39))
    client = aws.client("organizations")
    before = set(tree.members)
    first = client.list_accounts()
    gone = first["Accounts"][3]["Id"]
    tree.remove(gone)
    tree.add(SHOP)
    second = every(aws, "list_accounts", PaginationConfig={"StartingToken": first["NextToken"]})
    listed = [account["Id"] for account in [*first["Accounts"], *second]]
    assert len(listed) == len(set(listed))
    assert before <= set(listed)


def test_a_page_cannot_be_larger_nor_a_token_made_up_or_used_elsewhere(aws: EmbeddedAws) -> None:
    tree = aws.organize(large(40))
    client = aws.client("organizations")
    token = client.list_accounts()["NextToken"]
    assert refusal(client.list_accounts, MaxResults=21)[:2] == ("InvalidInputException", 400)
    assert refusal(client.list_accounts, NextToken="made up")[0] == "InvalidInputException"
    elsewhere = client.list_accounts_for_parent
    assert refusal(elsewhere, ParentId=tree.root_id, NextToken=token)[0] == "InvalidInputException"


def test_the_organization_describes_itself(aws: EmbeddedAws, company: OrganizationTree) -> None:
    organization = aws.client("organizations").describe_organization()["Organization"]
    assert organization["Id"] == company.id
    assert organization["Arn"] == "arn:aws:organizations::123456789012:organization/o-a1b2c3d4e5"
    assert organization["MasterAccountId"] == aws.account_id
    assert organization["MasterAccountArn"].endswith(f":account/{company.id}/{aws.account_id}")
    assert organization["FeatureSet"] == "ALL"


def test_the_tree_can_be_walked_from_the_root(aws: EmbeddedAws, company: OrganizationTree) -> None:
    (root,) = every(aws, "list_roots")
    assert root["Arn"] == "arn:aws:organizations::123456789012:root/o-a1b2c3d4e5/r-ab12"
    units = every(aws, "list_organizational_units_for_parent", ParentId=root["Id"])
    assert {unit["Name"]: unit["Id"] for unit in units} == {
        "Production": company.place("Production"),
        "Sandbox": "ou-ab12-11112222",
    }
    (europe,) = every(aws, "list_organizational_units_for_parent", ParentId=company.place("Production"))
    assert europe["Arn"] == f"arn:aws:organizations::123456789012:ou/o-a1b2c3d4e5/{europe['Id']}"
    assert europe["Path"] == f"o-a1b2c3d4e5/r-ab12/{company.place('Production')}/{europe['Id']}/"
    assert aws.client("organizations").describe_organizational_unit(OrganizationalUnitId=europe["Id"])[
        "OrganizationalUnit"
    ] == {key: europe[key] for key in ("Id", "Arn", "Name", "Path")}


def test_a_parent_lists_only_what_is_directly_in_it(aws: EmbeddedAws, company: OrganizationTree) -> None:
    def inside(place: str) -> set[str]:
        return ids(every(aws, "list_accounts_for_parent", ParentId=company.place(place)))

    assert inside("") == {aws.account_id, LOGS}
    assert inside("Production") == set()
    assert inside("Production/Europe") == {SHOP}


def test_units_come_in_pages(aws: EmbeddedAws) -> None:
    tree = aws.organize(Organization(units=[Unit(f"team-{number}") for number in range(45)]))
    found = pages(aws, "list_organizational_units_for_parent", ParentId=tree.root_id)
    assert [len(page) for page in found] == [20, 20, 5]


def test_accounts_and_units_have_one_parent(aws: EmbeddedAws, company: OrganizationTree) -> None:
    europe = company.place("Production/Europe")
    unit = "ORGANIZATIONAL_UNIT"
    assert every(aws, "list_parents", ChildId=SHOP) == [{"Id": europe, "Type": unit}]
    assert every(aws, "list_parents", ChildId=europe) == [{"Id": company.place("Production"), "Type": unit}]
    assert every(aws, "list_parents", ChildId=LOGS) == [{"Id": "r-ab12", "Type": "ROOT"}]


def test_accounts_and_units_have_tags(aws: EmbeddedAws, company: OrganizationTree) -> None:
    assert every(aws, "list_tags_for_resource", ResourceId=SHOP) == [{"Key": "A", "Value": "ä"}]
    unit = every(aws, "list_tags_for_resource", ResourceId=company.place("Production"))
    assert unit == [{"Key": "Stage", "Value": "live"}]
    assert every(aws, "list_tags_for_resource", ResourceId="r-ab12") == []
    company.change(SHOP, tags={f"key-{number}": "" for number in range(50)})
    assert len(every(aws, "list_tags_for_resource", ResourceId=SHOP)) == 50


def test_delegated_administrators_are_listed_by_service(aws: EmbeddedAws, company: OrganizationTree) -> None:
    (logs,) = every(aws, "list_delegated_administrators")
    assert logs["Id"] == LOGS
    assert logs["DelegationEnabledDate"] < aws.now()
    assert "Paths" not in logs
    assert ids(every(aws, "list_delegated_administrators", ServicePrincipal=SERVICE)) == {LOGS}
    assert every(aws, "list_delegated_administrators", ServicePrincipal="sso.amazonaws.com") == []


def test_the_services_of_a_delegated_administrator_are_listed(aws: EmbeddedAws, company: OrganizationTree) -> None:
    company.delegate(SHOP, *(f"s{number}.amazonaws.com" for number in range(25)))
    services = every(aws, "list_delegated_services_for_account", AccountId=LOGS)
    assert {one["ServicePrincipal"] for one in services} == {SERVICE, "guardduty.amazonaws.com"}
    assert all(one["DelegationEnabledDate"] < aws.now() for one in services)
    assert [len(page) for page in pages(aws, "list_delegated_services_for_account", AccountId=SHOP)] == [20, 5]
    client = aws.client("organizations")
    code = "AccountNotRegisteredException"
    assert refusal(client.list_delegated_services_for_account, AccountId=SANDBOX)[:2] == (code, 400)
    assert refusal(client.list_delegated_services_for_account, AccountId="shop")[0] == "InvalidInputException"


NOT_THERE: list[tuple[str, dict[str, str], str]] = [
    ("describe_account", {"AccountId": STRANGER}, "AccountNotFoundException"),
    (
        "describe_organizational_unit",
        {"OrganizationalUnitId": "ou-ab12-00000000"},
        "OrganizationalUnitNotFoundException",
    ),
    ("list_accounts_for_parent", {"ParentId": "ou-ab12-00000000"}, "ParentNotFoundException"),
    ("list_organizational_units_for_parent", {"ParentId": "r-zzzz"}, "ParentNotFoundException"),
    ("list_parents", {"ChildId": STRANGER}, "ChildNotFoundException"),
    ("list_tags_for_resource", {"ResourceId": STRANGER}, "TargetNotFoundException"),
    ("list_delegated_services_for_account", {"AccountId": STRANGER}, "AccountNotFoundException"),
    ("describe_policy", {"PolicyId": "p-00000000"}, "PolicyNotFoundException"),
    ("list_targets_for_policy", {"PolicyId": "p-00000000"}, "PolicyNotFoundException"),
]


@pytest.mark.parametrize(("operation", "arguments", "code"), NOT_THERE)
def test_what_is_not_there_has_an_error_of_its_own(
    aws: EmbeddedAws, company: OrganizationTree, operation: str, arguments: dict[str, str], code: str
) -> None:
    client = aws.client("organizations")
    assert refusal(getattr(client, operation), **arguments)[:2] == (code, 400)
    assert issubclass(getattr(client.exceptions, code), ClientError)


CALLS: list[tuple[str, dict[str, str]]] = [
    ("list_accounts", {}),
    ("list_roots", {}),
    ("list_delegated_administrators", {}),
    ("list_policies", {"Filter": "SERVICE_CONTROL_POLICY"}),
    *((operation, arguments) for operation, arguments, _ in NOT_THERE),
]


@pytest.mark.parametrize(("operation", "arguments"), CALLS)
def test_only_the_management_account_and_delegated_administrators_may_look(
    aws: EmbeddedAws, company: OrganizationTree, operation: str, arguments: dict[str, str]
) -> None:
    shop = aws.client_of(aws.open_account(SHOP), "organizations")
    text = "You don't have permissions to access this resource."
    assert refusal(getattr(shop, operation), **arguments) == ("AccessDeniedException", 400, text)


def test_a_delegated_administrator_sees_what_the_management_account_sees(
    aws: EmbeddedAws, company: OrganizationTree
) -> None:
    shop = aws.client_of(aws.open_account(SHOP), "organizations")
    assert refusal(shop.list_accounts)[0] == "AccessDeniedException"
    company.delegate(SHOP, SERVICE)
    assert ids(shop.list_accounts()["Accounts"]) == ids(every(aws, "list_accounts"))


def test_any_member_may_ask_whose_organization_it_is_in(aws: EmbeddedAws, company: OrganizationTree) -> None:
    shop = aws.client_of(aws.open_account(SHOP), "organizations")
    assert shop.describe_organization()["Organization"]["MasterAccountId"] == aws.account_id


@pytest.mark.parametrize(("operation", "arguments"), [("describe_organization", {}), *CALLS])
def test_without_an_organization_there_is_nothing_to_look_at(
    aws: EmbeddedAws, operation: str, arguments: dict[str, str]
) -> None:
    code, status, text = refusal(getattr(aws.client("organizations"), operation), **arguments)
    assert (code, status) == ("AWSOrganizationsNotInUseException", 400)
    assert text == "Your account is not a member of an organization."


def test_an_account_outside_of_the_organization_is_not_in_one(aws: EmbeddedAws, company: OrganizationTree) -> None:
    stranger = aws.client_of(aws.open_account(STRANGER), "organizations")
    assert refusal(stranger.describe_organization)[0] == "AWSOrganizationsNotInUseException"


def test_the_home_account_may_be_a_plain_member(aws: EmbeddedAws) -> None:
    tree = aws.organize(Organization(management=LOGS, accounts=[aws.account_id]))
    assert refusal(aws.client("organizations").list_accounts)[0] == "AccessDeniedException"
    logs: AccessKey = aws.open_account(LOGS)
    accounts = aws.client_of(logs, "organizations").list_accounts()["Accounts"]
    assert ids(accounts) == {LOGS, aws.account_id}
    assert accounts[0]["Arn"].startswith(f"arn:aws:organizations::{LOGS}:account/{tree.id}/")


def test_accounts_are_added_moved_and_removed(aws: EmbeddedAws, company: OrganizationTree) -> None:
    company.add(Member("444444444444", "new"), to="Production/Europe")
    company.move(SHOP, to="Sandbox")
    company.move("Production/Europe", to="Sandbox")
    company.remove(LOGS)
    accounts = {account["Id"]: account for account in every(aws, "list_accounts")}
    assert set(accounts) == {aws.account_id, SHOP, SANDBOX, "444444444444"}
    assert accounts[SHOP]["Paths"] == [f"o-a1b2c3d4e5/r-ab12/ou-ab12-11112222/{SHOP}/"]
    assert accounts["444444444444"]["Paths"][0].startswith("o-a1b2c3d4e5/r-ab12/ou-ab12-11112222/ou-")


def test_truth_says_the_same_in_words_of_its_own(aws: EmbeddedAws, company: OrganizationTree) -> None:
    listed = {account["Id"]: account for account in every(aws, "list_accounts")}
    truth = {row["account_id"]: row for row in company.accounts_truth()}
    assert set(truth) == set(listed)
    for account_id, row in truth.items():
        assert [row["name"], row["email"]] == [listed[account_id]["Name"], listed[account_id]["Email"]]
        assert row["unit_ids"] == listed[account_id]["Paths"][0].split("/")[2:-2]
    assert truth[SHOP]["unit_names"] == ["Production", "Europe"]
    assert {unit["name"]: unit["unit_names"] for unit in company.units_truth()} == {
        "Production": ["Production"],
        "Europe": ["Production", "Europe"],
        "Sandbox": ["Sandbox"],
    }


@pytest.mark.parametrize(("region", "partition"), [("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")])
def test_other_partitions_have_organizations_of_their_own(region: str, partition: str) -> None:
    with EmbeddedAws(regions=[region]) as aws:
        tree = aws.organize(COMPANY)
        arn = f"arn:{partition}:organizations::123456789012:account/o-a1b2c3d4e5/{SHOP}"
        assert aws.client("organizations").describe_account(AccountId=SHOP)["Account"]["Arn"] == arn
        (root,) = every(aws, "list_roots")
        assert root["Arn"].startswith(f"arn:{partition}:organizations::")
        assert tree.units_truth()[0]["arn"].startswith(f"arn:{partition}:organizations::")


def test_organizations_answers_in_its_home_region_although_that_is_not_enabled() -> None:
    with EmbeddedAws(regions=["eu-west-1"]) as aws:
        aws.organize(COMPANY)
        assert aws.client("organizations", "us-east-1").list_accounts()["Accounts"]


def test_calls_are_counted(aws: EmbeddedAws, company: OrganizationTree) -> None:
    aws.client_of(aws.base_key, "organizations").list_accounts()
    assert aws.requests == {(aws.account_id, "us-east-1", "organizations:ListAccounts"): 1}


def test_each_operation_has_a_token_bucket() -> None:
    clock = StoppedClock()
    with EmbeddedAws(now=clock, token_buckets=True) as aws:
        aws.organize(COMPANY)
        client = aws.client_of(aws.base_key, "organizations")
        for _ in range(2):
            client.list_roots()
        assert refusal(client.list_roots)[:2] == ("TooManyRequestsException", 400)
        assert client.list_accounts()["Accounts"]
        clock.advance(seconds=1)
        client.list_roots()
        assert aws.throttled_by_buckets == {(aws.account_id, "ListRoots"): 1}
