"""The field of the configuration that AWS rejects where a role is assumed."""

from __future__ import annotations

import pytest

from aws_calls.errors import Outcome
from unit_tests.aws.error_answers import ASSUMING, answer, meaning_of

FIELDS = {"role_arn", "role_session_name", "external_id", "duration_seconds"}


@pytest.mark.parametrize(
    ("said", "field", "quoted"),
    [
        (
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            "duration_seconds",
            True,
        ),
        (
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
            "duration_seconds",
            True,
        ),
        (
            "arn:aws:iam::123456789012:role/ is invalid",
            "role_arn",
            True,
        ),
        ("Request ARN is invalid", "role_arn", True),
        (
            "1 validation error detected: Value 'arn:aws:iam::1:role/x' at 'roleArn' failed to satisfy constraint: …",
            "role_arn",
            True,
        ),
        (
            "1 validation error detected: Value 'roleArn x' at 'roleSessionName' failed to satisfy constraint: …",
            "role_session_name",
            True,
        ),
        (
            "2 errors: Value 'IQoJ' at 'externalId' failed to satisfy …; Value 'x' at 'roleArn' failed to satisfy …",
            "external_id",
            False,
        ),
    ],
)
def test_a_field_that_sts_finds_malformed_is_named_and_no_other_and_a_secret_one_is_not_quoted(
    said: str, field: str, *, quoted: bool
) -> None:
    error = meaning_of(answer("ValidationError", said), ASSUMING)
    assert error.outcome is Outcome.ACT
    sentence = str(error).replace(said, "")
    assert f"rejected {field}" in sentence
    assert [other for other in FIELDS - {field} if other in sentence] == []
    assert (said in str(error)) is quoted


def test_where_sts_names_no_field_all_are_and_nothing_is_quoted() -> None:
    error = meaning_of(answer("ValidationError", "IQoJsecret"), ASSUMING)
    assert all(field in str(error) for field in ("role_arn", "role_session_name", "external_id", "duration_seconds"))
    assert "IQoJsecret" not in str(error)
