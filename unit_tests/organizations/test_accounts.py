"""The row of an account: streams that failed in it, and unavailable columns."""

from __future__ import annotations

from typing import Any

import pytest

from source_aws_iam.organizations.accounts import OF_ORGANIZATION, _sentence, _status
from source_aws_iam.sync.account_region import AccountRegion
from source_aws_iam.sync.failures import Failures
from unit_tests.iam.aws_answers import ACCOUNT_ID, DENIED, Answers, OddAnswers, paged
from unit_tests.inventory import slice_of, stream_of
from unit_tests.sync.test_failures import refusal

ACCOUNT = "111111111111"
ALIASES = paged("AccountAliases", ["acme"])
LISTED = {
    "Id": ACCOUNT_ID,
    "Arn": f"arn:aws:organizations::{ACCOUNT_ID}:account/o-example/{ACCOUNT_ID}",
    "Name": "acme",
    "Paths": [f"o-example/r-ab12/{ACCOUNT_ID}/"],
}
TAGGED = {"Tags": [{"Key": "team", "Value": "core"}]}


def row_of(**table: Any) -> dict[str, Any]:
    """Return the row of the account of the credentials, which is read alone."""
    aws = OddAnswers({"ListAccountAliases": ALIASES, "ListTagsForResource": TAGGED, **table})
    [row] = stream_of(aws.context, "accounts").read_records({}, slice_of(ACCOUNT_ID))
    return dict(row)


def test_a_denial_that_ends_in_another_id_each_time_is_said_once_with_all_streams() -> None:
    failures = Failures()
    for number, stream in enumerate(("access_keys", "users")):
        failures.add(
            stream, AccountRegion(ACCOUNT), refusal(f"Denied. Encoded authorization failure message: {number}")
        )
    failures.add("roles", AccountRegion(ACCOUNT), refusal("Denied.", action="iam:ListRoles"))
    assert _sentence(failures.of_account(ACCOUNT)) == (
        "access_keys, users: Denied. Encoded authorization failure message: 0 roles: Denied."
    )


@pytest.mark.parametrize(("region", "status"), [("", "failed"), ("eu-west-1", "partial")])
def test_a_fault_of_ours_is_no_readable_account(region: str, status: str) -> None:
    failures = Failures()
    failures.add("audit_events", AccountRegion(ACCOUNT, region), RecursionError("a value of a record"))
    failed = failures.of_account(ACCOUNT)
    assert _status(failed) == status
    assert "unexpected RecursionError" in str(_sentence(failed))
    assert "value" not in str(_sentence(failed))


def test_outside_of_an_organization_there_is_nothing_to_know_and_nothing_is_named() -> None:
    for listed in ("AWSOrganizationsNotInUseException", {"Accounts": [{**LISTED, "Id": ACCOUNT}]}):
        row = row_of(ListAccounts=listed)
        assert {row[name] for name in (*OF_ORGANIZATION, "tags")} == {None}
        assert (row["alias"], row["unavailable_fields"]) == ("acme", [])


def test_an_organization_that_aws_denies_is_named_with_all_its_columns() -> None:
    row = row_of(ListAccounts=DENIED, ListAccountAliases=DENIED)
    assert {*row["unavailable_fields"]} == {*OF_ORGANIZATION, "tags", "alias"}
    assert {row[name] for name in row["unavailable_fields"]} == {None}


@pytest.mark.parametrize("left_out", ["Name", "Paths", "Arn"])
def test_what_organizations_leaves_out_of_an_account_is_null_and_not_named(left_out: str) -> None:
    columns = {"Name": "account_name", "Paths": "ou_path", "Arn": "is_management"}
    account = {name: value for name, value in LISTED.items() if name != left_out}
    row = row_of(ListAccounts={"Accounts": [account]})
    assert (row[columns[left_out]], row["tags"], row["unavailable_fields"]) == (None, {"team": "core"}, [])


@pytest.mark.parametrize(("answer", "named"), [(DENIED, ["tags"]), ("TargetNotFoundException", [])])
def test_tags_that_aws_denies_are_named_and_those_of_an_account_that_has_left_are_not(
    answer: str, named: list[str]
) -> None:
    row = row_of(ListAccounts={"Accounts": [LISTED]}, ListTagsForResource=answer)
    assert (row["tags"], row["unavailable_fields"], row["account_name"]) == (None, named, "acme")


def test_the_alias_of_an_account_that_is_not_read_is_not_asked_for() -> None:
    accounts = {"scope": "organization", "role_name": "reader", "include_management_account": True}
    table: dict[str, Any] = {
        "ListAccounts": {"Accounts": [LISTED, {**LISTED, "Id": ACCOUNT}]},
        "ListTagsForResource": TAGGED,
    }
    aws = Answers({**table, "ListAccountAliases": ALIASES}, accounts=accounts)
    rows = {row["account_id"]: row for row in stream_of(aws.context, "accounts").read_records({}, slice_of(ACCOUNT))}
    other = rows[ACCOUNT]
    assert (other["alias"], other["read_status"], other["unavailable_fields"]) == (None, None, [])
    assert (rows[ACCOUNT_ID]["alias"], rows[ACCOUNT_ID]["read_status"]) == ("acme", "readable")
