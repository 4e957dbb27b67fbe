"""delegated_administrators: odd answers, and calls that are denied."""

from __future__ import annotations

from typing import Any

import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from unit_tests.iam.aws_answers import ACCOUNT_ID, DAY, DENIED, OddAnswers, by
from unit_tests.inventory import slice_of, stream_of

OTHER = "210987654321"
ARN = f"arn:aws:organizations::{ACCOUNT_ID}:account/o-example/{OTHER}"
LISTED = {
    "Id": OTHER,
    "Arn": ARN,
    "Email": "logs@example.com",
    "Name": "logs",
    "Status": "SUSPENDED",
    "State": "PENDING_CLOSURE",
    "JoinedMethod": "INVITED",
    "JoinedTimestamp": DAY,
    "DelegationEnabledDate": "2026-02-01T00:00:00Z",
}
SERVICE = {"ServicePrincipal": "config.amazonaws.com", "DelegationEnabledDate": "2026-03-01T00:00:00Z"}


def rows_of(*services: Any, accounts: Any = None, **table: Any) -> list[dict[str, Any]]:
    usual: dict[str, Any] = {
        "ListDelegatedAdministrators": {"DelegatedAdministrators": [LISTED] if accounts is None else accounts},
        "ListDelegatedServicesForAccount": {"DelegatedServices": services},
    }
    aws = OddAnswers({**usual, **table})
    stream = stream_of(aws.context, "delegated_administrators")
    return [dict(row) for row in stream.read_records({}, slice_of(ACCOUNT_ID))]


def test_a_row_has_the_account_and_the_service() -> None:
    assert rows_of(SERVICE) == [
        {
            "account_id": OTHER,
            "partition": "aws",
            "service_principal": "config.amazonaws.com",
            "account_arn": ARN,
            "account_name": "logs",
            "email": "logs@example.com",
            "state": "PENDING_CLOSURE",
            "joined_method": "INVITED",
            "joined_at": DAY,
            "account_delegation_enabled_date": "2026-02-01T00:00:00Z",
            "service_delegation_enabled_date": "2026-03-01T00:00:00Z",
        }
    ]


@pytest.mark.parametrize("account", [{"Id": OTHER}, {"Arn": ARN, "Id": None}])
def test_what_aws_leaves_out_of_an_account_or_service_is_null(account: dict[str, Any]) -> None:
    [row] = rows_of({"ServicePrincipal": "config.amazonaws.com"}, accounts=[None, {}, account])
    assert (row["account_id"], row["service_principal"]) == (OTHER, "config.amazonaws.com")
    others = {name: value for name, value in row.items() if name not in ("account_id", "service_principal")}
    assert {name for name, value in others.items() if value is not None} <= {"partition", "account_arn"}


def test_services_without_a_name_have_keys_all_the_same() -> None:
    dates = [{"DelegationEnabledDate": f"2026-0{month}-01T00:00:00Z"} for month in (1, 2)]
    keys = {row["service_principal"] for row in rows_of(*dates, None, {})}
    assert len(keys) == 2
    assert all(key.startswith("without-id-") for key in keys)


def test_an_account_that_nobody_can_tell_is_no_answer() -> None:
    with pytest.raises(AirbyteTracedException, match=r"organizations:ListDelegatedAdministrators .* not AWS's"):
        rows_of(SERVICE, accounts=[{"Name": "whose?"}])


def test_an_account_that_is_on_two_pages_is_read_once() -> None:
    assert len(rows_of(SERVICE, accounts=[LISTED, LISTED])) == 1


@pytest.mark.parametrize("answer", ["AccountNotRegisteredException", "AccountNotFoundException"])
def test_an_account_that_administers_nothing_any_more_costs_no_other_row(answer: str) -> None:
    services = by("AccountId", {OTHER: {"DelegatedServices": [SERVICE]}}, answer)
    accounts = [{**LISTED, "Id": ACCOUNT_ID}, LISTED]
    assert [row["account_id"] for row in rows_of(accounts=accounts, ListDelegatedServicesForAccount=services)] == [
        OTHER
    ]


def test_an_account_without_services_has_no_rows() -> None:
    assert rows_of() == []


@pytest.mark.parametrize("call", ["ListDelegatedAdministrators", "ListDelegatedServicesForAccount"])
def test_a_call_that_is_denied_fails_the_stream_with_its_name(call: str) -> None:
    with pytest.raises(AirbyteTracedException, match=f"The permission for organizations:{call} in account "):
        rows_of(SERVICE, **{call: DENIED})


def test_outside_of_an_organization_there_are_no_rows() -> None:
    assert rows_of(ListDelegatedAdministrators="AWSOrganizationsNotInUseException") == []
