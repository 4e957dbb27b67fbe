"""AWS failures: their outcomes, and the sentences for the user."""

from __future__ import annotations

import inspect
from dataclasses import replace

import pytest
from botocore import exceptions as botocore_errors
from botocore.parsers import ResponseParserError

from aws_calls import answers, errors
from aws_calls.answers import from_aws
from aws_calls.errors import AwsError, Outcome, Target
from aws_calls.foreign import ForeignAnswerError
from aws_calls.kms import is_of_kms
from unit_tests.aws.error_answers import TARGET, answer, meaning_of


@pytest.mark.parametrize(
    ("code", "outcome", "words"),
    [
        ("AccessDenied", Outcome.ACT, "Add iam:ListUsers to the policy"),
        ("AccessDeniedException", Outcome.ACT, "Add iam:ListUsers to the policy"),
        ("UnauthorizedOperation", Outcome.ACT, "Add iam:ListUsers to the policy"),
        ("InvalidClientTokenId", Outcome.ACT, "does not know the access key"),
        ("AuthFailure", Outcome.ACT, "does not know the access key"),
        ("UnrecognizedClientException", Outcome.ACT, "not enabled in the account"),
        ("SignatureDoesNotMatch", Outcome.ACT, "does not belong to the access_key_id"),
        ("InvalidSignatureException", Outcome.ACT, "does not belong to the access_key_id"),
        ("ExpiredToken", Outcome.ACT, "has expired"),
        ("ExpiredTokenException", Outcome.ACT, "has expired"),
        ("RequestTimeTooSkewed", Outcome.ACT, "clock"),
        ("RegionDisabledException", Outcome.ACT, "STS is not active"),
        ("Throttling", Outcome.LATER, "throttling"),
        ("ThrottlingException", Outcome.LATER, "throttling"),
        ("RequestLimitExceeded", Outcome.LATER, "throttling"),
    ],
)
def test_a_code_says_who_must_act_and_the_sentence_names_call_account_and_region(
    code: str, outcome: Outcome, words: str
) -> None:
    error = from_aws(answer(code), TARGET)
    assert isinstance(error, AwsError)
    assert error.outcome is outcome
    assert words in str(error)
    assert "iam:ListUsers in account 123456789012, Region us-east-1" in str(error)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_error_is_for_later(status: int) -> None:
    error = from_aws(answer("InternalFailure", status=status), TARGET)
    assert isinstance(error, AwsError)
    assert error.outcome is Outcome.LATER


def test_a_clock_that_is_off_is_told_from_a_wrong_secret() -> None:
    error = from_aws(
        answer("SignatureDoesNotMatch", "Signature expired: 20200101T000000Z is now earlier than …"), TARGET
    )
    assert "clock" in str(error)


def test_what_aws_quotes_of_a_wrong_signature_is_not_repeated() -> None:
    quoted = "The canonical string should have been 'x-amz-security-token:IQoJsecret'"
    assert "IQoJsecret" not in str(from_aws(answer("SignatureDoesNotMatch", quoted), TARGET))


def test_a_denied_role_names_every_cause() -> None:
    error = str(from_aws(answer("AccessDenied"), Target("sts:AssumeRole", "123456789012", "us-east-1")))
    for cause in ("the role exists", "trust policy", "external_id", "sts:AssumeRole"):
        assert cause in error


@pytest.mark.parametrize(
    ("action", "denied"), [("iam:ListUsers", True), ("ec2:DescribeRegions", True), ("sts:AssumeRole", False)]
)
def test_a_sign_in_that_is_refused_is_no_missing_permission_for_the_call_that_needs_it(
    action: str, *, denied: bool
) -> None:
    error = from_aws(answer("AccessDenied"), Target(action, "123456789012", "us-east-1"))
    assert isinstance(error, AwsError)
    assert error.outcome is Outcome.ACT
    assert error.denied is denied


@pytest.mark.parametrize(
    "code", ["ValidationError", "ValidationException", "InvalidTimeRangeException", "MissingAction", "NoSuchThing"]
)
def test_a_call_that_is_wrong_in_itself_is_a_bug_and_raised_as_it_came(code: str) -> None:
    unknown = answer(code)
    assert from_aws(unknown, TARGET) is unknown


@pytest.mark.parametrize("code", ["Blocked", "PendingVerification", "SubscriptionRequiredException"])
def test_a_code_about_the_account_is_for_its_owner_and_not_quoted(code: str) -> None:
    meaning = from_aws(answer(code, "with IQoJsecret"), TARGET)
    assert isinstance(meaning, AwsError)
    assert (meaning.outcome, meaning.denied) == (Outcome.ACT, False)
    assert code in str(meaning)
    assert "IQoJsecret" not in str(meaning)


@pytest.mark.parametrize(
    "error",
    [
        botocore_errors.EndpointConnectionError(endpoint_url="x", error="y"),
        botocore_errors.ConnectTimeoutError(endpoint_url="x", error="y"),
        botocore_errors.ReadTimeoutError(endpoint_url="x", error="y"),
        botocore_errors.ConnectionClosedError(endpoint_url="x", error="y"),
        botocore_errors.ProxyConnectionError(proxy_url="x", error="y"),
        botocore_errors.SSLError(endpoint_url="x", error=OSError("y")),
        botocore_errors.IncompleteReadError(actual_bytes=1, expected_bytes=2),
        ResponseParserError("cut"),
    ],
)
def test_a_network_that_fails_is_for_later(error: Exception) -> None:
    meaning = from_aws(error, TARGET)
    assert isinstance(meaning, AwsError)
    assert meaning.outcome is Outcome.LATER


@pytest.mark.parametrize(
    "error",
    [
        botocore_errors.ProfileNotFound(profile="x"),
        botocore_errors.ConfigParseError(path="/home/me/.aws/config", error="secret"),
        botocore_errors.EndpointVariantError(tags=["fips"], error_msg="x"),
        FileNotFoundError(2, "No such file or directory", "/nowhere"),
    ],
)
def test_settings_of_the_environment_that_are_wrong_are_for_the_user(error: Exception) -> None:
    meaning = from_aws(error, TARGET)
    assert isinstance(meaning, AwsError)
    assert meaning.outcome is Outcome.ACT
    assert "secret" not in str(meaning)


def test_a_token_that_no_header_can_carry_is_for_the_user_and_is_not_repeated() -> None:
    refused = botocore_errors.HTTPClientError(error=ValueError("Invalid header value b'IQoJsecret'"))
    meaning = from_aws(refused, TARGET)
    assert isinstance(meaning, AwsError)
    assert meaning.outcome is Outcome.ACT
    assert "IQoJsecret" not in str(meaning)


def test_every_connection_failure_that_botocore_knows_is_in_the_table() -> None:
    kinds = [kind for _, kind in inspect.getmembers(botocore_errors, inspect.isclass)]
    network = [
        kind for kind in kinds if issubclass(kind, (botocore_errors.ConnectionError, botocore_errors.HTTPClientError))
    ]
    assert len(network) > 5
    for kind in network:
        blank = kind.__new__(kind)
        assert isinstance(from_aws(blank, TARGET), AwsError), kind


def test_each_code_stands_in_one_table_only() -> None:
    tables = [errors.DENIED, set(answers._ACT), errors.THROTTLED]
    assert len(set().union(*tables)) == sum(map(len, tables))


@pytest.mark.parametrize("code", ["UnrecognizedClientException", "OptInRequired"])
def test_of_a_region_that_aws_has_named_as_enabled_the_credentials_are_doubted_and_not_the_region(code: str) -> None:
    region = replace(TARGET, action="cloudtrail:LookupEvents", region="ap-east-1", enabled=True)
    error = meaning_of(answer(code), region)
    assert error.outcome is Outcome.ACT
    assert "although the Region is enabled" in str(error)
    assert "global STS endpoint" in str(error)
    assert "not enabled in the account" in str(meaning_of(answer(code), replace(region, enabled=False)))


@pytest.mark.parametrize("code", ["MissingAuthenticationToken", "MissingAuthenticationTokenException"])
def test_a_signature_that_got_lost_on_the_way_is_no_bug(code: str) -> None:
    error = meaning_of(answer(code, status=403))
    assert error.outcome is Outcome.ACT
    assert "without a signature" in str(error)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        *((status, Outcome.ACT) for status in (300, 301, 302, 307, 400, 401, 403, 404, 405, 407, 418, 451)),
        *((status, Outcome.LATER) for status in (408, 425, 429, 500, 502, 503, 504, 520, 599)),
    ],
)
@pytest.mark.parametrize("code", ["", "Unknown", None, "its status", "AG-17"])
def test_an_error_without_a_code_of_aws_is_not_taken_for_aws(code: str | None, status: int, outcome: Outcome) -> None:
    said = answer(str(status) if code == "its status" else code, status=status, request_id="")
    error = meaning_of(said)
    if code == "AG-17" and outcome is Outcome.LATER:
        assert error.outcome is Outcome.LATER
        return
    assert (error.outcome, error.unavailable) == (outcome, False)
    assert f"was answered by something that is not AWS (HTTP {status} from https://iam.amazonaws.com)" in str(error)


def test_a_proxy_that_asks_who_is_there_is_named() -> None:
    sentence = str(meaning_of(answer("407", status=407)))
    assert "HTTPS_PROXY or HTTP_PROXY" in sentence
    assert "was answered by something that is not AWS (HTTP 407 " in sentence


def test_a_body_that_is_not_awss_is_told_with_the_endpoint_and_is_for_later() -> None:
    error = meaning_of(ForeignAnswerError(200))
    assert error.outcome is Outcome.LATER
    assert "something that is not AWS (HTTP 200 from https://iam.amazonaws.com)" in str(error)


@pytest.mark.parametrize("action", ["kms:Decrypt", "kms:GenerateDataKey"])
def test_s3_names_the_action_of_kms_in_the_text_of_a_denial(action: str) -> None:
    said = f"User: arn:aws:iam::1:user/u is not authorized to perform: {action} on resource: arn:aws:kms:x:1:key/2"
    meaning = meaning_of(answer("AccessDenied", said, 403))

    assert meaning.denied
    assert f"Allow {action} on that key" in str(meaning)
    assert is_of_kms(meaning)
    assert not is_of_kms(meaning_of(answer("AccessDenied", said.replace(action, "s3:PutObject"), 403)))


@pytest.mark.parametrize(("header", "is_of_aws"), [("x-amz-request-id", True), ("server", False)])
def test_a_failure_without_a_body_is_that_of_s3_if_it_has_the_id_of_s3(header: str, *, is_of_aws: bool) -> None:
    """S3 answers HEAD without a body, and so without a code."""
    error = answer("503", "", 503, request_id="")
    error.response["ResponseMetadata"]["HTTPHeaders"] = {header: "x"}
    meaning = meaning_of(error)

    assert meaning.outcome is Outcome.LATER
    assert ("AWS kept failing at iam:ListUsers" in str(meaning)) == is_of_aws
    assert ("something that is not AWS" in str(meaning)) != is_of_aws
