"""What the row of an account says of the streams that failed in it."""

from __future__ import annotations

import pytest

from source_aws_iam.accounts.failures import Failures, Place
from source_aws_iam.streams.accounts import _sentence, _status
from unit_tests.accounts.test_failures import refusal

ACCOUNT = "111111111111"


def test_a_denial_that_ends_in_another_id_each_time_is_said_once_with_all_streams() -> None:
    failures = Failures()
    for number, stream in enumerate(("access_keys", "users")):
        failures.add(stream, Place(ACCOUNT), refusal(f"Denied. Encoded authorization failure message: {number}"))
    failures.add("roles", Place(ACCOUNT), refusal("Denied.", action="iam:ListRoles"))
    assert _sentence(failures.of_account(ACCOUNT)) == (
        "access_keys, users: Denied. Encoded authorization failure message: 0 roles: Denied."
    )


@pytest.mark.parametrize(("region", "status"), [("", "failed"), ("eu-west-1", "partial")])
def test_a_fault_of_ours_is_no_readable_account(region: str, status: str) -> None:
    failures = Failures()
    failures.add("audit_events", Place(ACCOUNT, region), RecursionError("a value of a record"))
    failed = failures.of_account(ACCOUNT)
    assert _status(failed) == status
    assert "unexpected RecursionError" in str(_sentence(failed))
    assert "value" not in str(_sentence(failed))
