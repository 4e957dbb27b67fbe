"""Which policy denied a call, and who can change it."""

from __future__ import annotations

import pytest

from aws_calls.errors import Outcome
from unit_tests.aws.error_answers import ASSUMING, answer, meaning_of


def denied(reason: str) -> str:
    user = "arn:aws:sts::123456789012:assumed-role/airbyte-read/airbyte"
    return f"User: {user} is not authorized to perform: iam:ListUsers on resource: * {reason}"


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"])
@pytest.mark.parametrize(
    ("reason", "name", "who"),
    [
        ("with an explicit deny in a service control policy", "service control policy (SCP)", "Organizations"),
        (
            "with an explicit deny in a service control policy: arn:aws:organizations::111122223333:policy/o-a/p-b",
            "service control policy (SCP)",
            "Organizations",
        ),
        ("because no service control policy allows the iam:ListUsers action", "(SCP)", "Organizations"),
        ("with an explicit deny in a resource control policy", "resource control policy (RCP)", "Organizations"),
        (
            "with an explicit deny in a permissions boundary",
            "permissions boundary",
            "IAM administrators of the account",
        ),
        ("because no permissions boundary allows the iam:ListUsers action", "permissions boundary", "IAM"),
        ("with an explicit deny in a session policy", "session policy", "issuer of the credentials"),
        ("because no session policy allows the iam:ListUsers action", "session policy", "issuer of the credentials"),
        ("with an explicit deny in a VPC endpoint policy", "VPC endpoint", "network"),
        ("because no VPC endpoint policy allows the iam:ListUsers action", "VPC endpoint", "network"),
        ("with an explicit deny in a resource-based policy", "policy of the resource", "owner of the resource"),
        ("because no resource-based policy allows the iam:ListUsers action", "policy of the resource", "resource"),
        ("with an explicit deny in an identity-based policy", "effect Deny in a policy of the role", "statement"),
        ("with an explicit deny", "effect Deny", "Look for it"),
    ],
)
def test_a_policy_that_no_permission_overrides_is_named_with_who_can_change_it(
    reason: str, name: str, who: str, code: str
) -> None:
    error = meaning_of(answer(code, denied(reason), 403))
    assert (error.outcome, error.denied, error.lacks_permission, error.unavailable) == (Outcome.ACT, True, False, True)
    sentence = str(error).replace(denied(reason), "")
    assert name in sentence
    assert who in sentence
    assert sentence.startswith(
        "The permission for iam:ListUsers in account 123456789012, Region us-east-1 is denied by "
    )
    assert "Add iam:ListUsers" not in sentence


@pytest.mark.parametrize(
    "reason", ["because no identity-based policy allows the iam:ListUsers action", "", "on a service control policy"]
)
def test_a_permission_that_may_be_all_that_is_missing_is_to_be_added(reason: str) -> None:
    error = meaning_of(answer("AccessDenied", denied(reason), 403))
    assert error.lacks_permission
    assert "Add iam:ListUsers to the policy" in str(error)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("with an explicit deny in a service control policy", "service control policy (SCP)"),
        ("because no role trust policy allows the sts:AssumeRole action", "the role exists"),
        ("because no resource-based policy allows the sts:AssumeRole action", "the role exists"),
        ("with an explicit deny in the role trust policy", "the role exists"),
        ("because no identity-based policy allows the sts:AssumeRole action", "the role exists"),
    ],
)
def test_a_role_that_may_not_be_assumed_is_told_apart_from_one_that_the_organization_closes(
    reason: str, words: str
) -> None:
    error = meaning_of(answer("AccessDenied", denied(reason)), ASSUMING)
    assert words in str(error)
    assert not error.unavailable
