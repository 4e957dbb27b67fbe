"""Odd answers of Organizations: accounts, units and roots without ids, names or ARNs."""

from __future__ import annotations

from typing import Any

import pytest

from aws_calls.errors import AwsError
from source_aws_iam.organizations.reading import Organization, management_account, path
from unit_tests.iam.aws_answers import OddAnswers

MANAGEMENT, MEMBER = "111111111111", "222222222222"
ARN = f"arn:aws:organizations::{MANAGEMENT}:account/o-example/{MEMBER}"
UNIT = {"Id": "ou-ab12-11111111", "Arn": f"arn:aws:organizations::{MANAGEMENT}:ou/o-example/ou-ab12-11111111"}


def organization(**table: Any) -> Organization:
    return Organization(OddAnswers(table).session.reader("organizations"))


@pytest.mark.parametrize(
    "account", [{"Id": MEMBER}, {"Arn": ARN}, {"Arn": ARN, "Id": ""}, {"Id": MEMBER, "Paths": [None]}]
)
def test_an_account_is_known_by_its_id_or_by_the_end_of_its_arn(account: dict[str, Any]) -> None:
    [row] = organization(ListAccounts={"Accounts": [None, {}, account]}).accounts()
    assert (row["id"], path(row)) == (MEMBER, None)
    assert management_account(row) == (MANAGEMENT if "Arn" in account else None)


def test_an_account_that_nobody_can_tell_is_no_answer() -> None:
    with pytest.raises(AwsError, match="not AWS's"):
        organization(ListAccounts={"Accounts": [{"Name": "whose?"}]}).accounts()


@pytest.mark.parametrize(
    "root", [{"Id": "r-ab12"}, {"Id": "r-ab12", "Arn": "arn:aws:organizations::1:root/o-example/r-ab12"}]
)
def test_units_are_read_once_also_where_one_is_said_to_be_inside_itself(root: dict[str, Any]) -> None:
    found = organization(
        ListRoots={"Roots": [root]},
        ListOrganizationalUnitsForParent={"OrganizationalUnits": [UNIT, {"Arn": UNIT["Arn"]}]},
    ).units()
    assert [(unit["id"], unit["parent_id"]) for unit in found] == [(UNIT["Id"], "r-ab12")]
    assert found[0]["path"] == ("o-example/" if "Arn" in root else "") + f"r-ab12/{UNIT['Id']}/"
