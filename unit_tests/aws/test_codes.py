"""Error codes by pattern: unavailable calls, transient errors, and bugs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore import xform_name
from botocore.session import Session

import source_aws_iam
from aws_calls.answers import from_aws
from aws_calls.codes import AWS_DOMAINS
from aws_calls.errors import AwsError, Outcome, Target
from aws_calls.models import loader
from unit_tests.aws.error_answers import ASSUMING, TARGET, answer, meaning_of

LOCAL = Target("iam:ListUsers", "123456789012", "us-east-1", "http://localhost:4566")


@pytest.mark.parametrize("target", [TARGET, LOCAL])
@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("InvalidAction", 400),
        ("UnknownOperationException", 404),
        ("UnsupportedOperation", 400),
        ("UnsupportedOperationException", 400),
        ("UnsupportedAPIEndpointException", 400),
        ("NotImplemented", 501),
        ("InternalFailure", 501),
        ("501", 501),
        ("", 501),
    ],
)
def test_a_call_that_the_endpoint_lacks_is_unavailable_and_not_denied(code: str, status: int, target: Target) -> None:
    error = meaning_of(answer(code, status=status), target)
    assert (error.outcome, error.denied, error.unavailable) == (Outcome.ACT, False, True)
    assert f"{target.endpoint} does not offer iam:ListUsers in account 123456789012" in str(error)


@pytest.mark.parametrize("code", ["ValidationError", "ValidationException", "InvalidParameterValue", "NoSuchThing"])
@pytest.mark.parametrize("endpoint", ["http://localhost:4566", "https://amazonaws.com.example.org"])
def test_what_another_endpoint_than_awss_own_does_not_take_it_does_not_offer(code: str, endpoint: str) -> None:
    assert meaning_of(answer(code), Target("iam:ListUsers", "123456789012", "us-east-1", endpoint)).unavailable


def test_a_sign_in_that_the_endpoint_lacks_says_nothing_of_the_call_that_needs_it() -> None:
    error = meaning_of(answer("InvalidAction"), ASSUMING)
    assert not error.unavailable


def test_the_domains_of_aws_are_those_that_botocore_knows() -> None:
    found = set()
    for partition in loader().load_data("endpoints")["partitions"]:
        variants = partition["defaults"].get("variants", [])
        found |= {one["dnsSuffix"] for one in [partition, *variants] if "dnsSuffix" in one}
    assert found == set(AWS_DOMAINS)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        *(("RequestTimeout", 400), ("RequestTimeoutException", 408), ("RequestAbortedException", 400)),
        *(("ConcurrentModification", 409), ("ConcurrentModificationException", 400), ("ConflictException", 400)),
        *(("ServiceFailure", 500), ("ServiceException", 400), ("InternalServiceError", 400)),
        *(("EntityTemporarilyUnmodifiable", 409), ("FinalizingOrganizationException", 400)),
        *(("ServiceUnavailable", 503), ("Unavailable", 503), ("DependencyTimeout", 400), ("SomethingNew", 429)),
    ],
)
def test_what_passes_by_itself_is_for_later_whatever_its_status(code: str, status: int) -> None:
    assert meaning_of(answer(code, status=status)).outcome is Outcome.LATER


# Codes that the callers expect, as there is nothing to read then; and those of requests that are never made.
ABSENT = {
    *("NoSuchEntity", "ReportNotPresent", "ReportExpired", "ReportInProgress"),
    *("AWSOrganizationsNotInUseException", "TargetNotFoundException", "ParentNotFoundException"),
    *("ResourceNotFoundException", "PolicyNotFoundException", "AccountNotFoundException"),
    *("AccountNotRegisteredException", "TrailNotFoundException", "InsightNotEnabledException"),
}
# The organization is not in order, which is for its owner.
OF_ORGANIZATION = {"ConstraintViolationException", "NoManagementAccountSLRExistsException"}
OURS = {
    *("InvalidInput", "InvalidInputException", "InvalidTimeRangeException", "InvalidLookupAttributesException"),
    *("ValidationException", "InvalidParameterCombinationException", "InvalidParameterException"),
    *("InvalidTrailNameException", "InvalidTokenException", "CloudTrailARNInvalidException"),
    *("InvalidMaxResultsException", "InvalidEventCategoryException", "MalformedPolicyDocument", "PackedPolicyTooLarge"),
}


def calls() -> set[str]:
    manifest = yaml.safe_load(Path(source_aws_iam.__file__).with_name("manifest.yaml").read_text("utf-8"))
    found = {"sts.assume_role", "sts.get_caller_identity"}
    for retriever in (stream["retriever"] for stream in manifest["streams"]):
        plans = [
            retriever["needs"],
            *retriever.get("few_rows", {}).values(),
            *retriever.get("with_setting", {}).values(),
        ]
        found |= {call for plan in plans for ways in plan.values() for way in ways for call in way}
        found |= set(retriever.get("optional_calls", ()))
    return found


@cache
def model(service: str) -> Any:
    return Session().get_service_model(service)


def modelled() -> Iterator[tuple[str, int]]:
    """Yield the code and the status of every error that botocore's models have for a call of the connector."""
    for call in sorted(calls()):
        service, operation = call.split(".")
        [name] = [name for name in model(service).operation_names if xform_name(name) == operation]
        for shape in model(service).operation_model(name).error_shapes:
            yield shape.error_code, shape.metadata.get("error", {}).get("httpStatusCode", 400)


def test_every_error_in_the_models_of_the_calls_that_are_made_is_classified() -> None:
    """A new one is a bug, or one that nobody here has thought of."""
    found = dict(modelled())
    assert len(found) > 20
    bugs = {
        code
        for code, status in found.items()
        if not isinstance(from_aws(answer(code, status=status), TARGET), AwsError)
    }
    refused = {code for code in found.keys() - bugs if "about the account" in str(meaning_of(answer(code)))}
    assert bugs <= ABSENT | OURS
    assert refused <= ABSENT | OF_ORGANIZATION


# https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html, those of EC2 and those before 2024
COMMON = {
    Outcome.ACT: {
        *("AccessDenied", "AccessDeniedException", "NotAuthorized", "UnauthorizedOperation", "AuthFailure"),
        *("ExpiredToken", "ExpiredTokenException", "RequestExpired", "IncompleteSignature", "InvalidClientTokenId"),
        *("MissingAuthenticationToken", "OptInRequired", "UnrecognizedClientException", "SignatureDoesNotMatch"),
        *("InvalidAction", "UnknownOperationException", "UnsupportedOperation", "Blocked", "PendingVerification"),
    },
    Outcome.LATER: {
        *("InternalFailure", "InternalError", "ServiceUnavailable", "Unavailable", "RequestTimeoutException"),
        *(
            "RequestAbortedException",
            "Throttling",
            "ThrottlingException",
            "RequestLimitExceeded",
            "InternalServerException",
        ),
        *("BandwidthLimitExceeded", "InvalidPaginationToken", "ConcurrentModificationException"),
    },
    None: {
        *("ValidationError", "InvalidParameterCombination", "InvalidParameterValue", "InvalidQueryParameter"),
        *("MalformedQueryString", "MalformedHttpRequestException", "MissingAction", "MissingParameter"),
        *("RequestEntityTooLargeException", "UnknownParameter", "InvalidCharacter"),
    },
}


@pytest.mark.parametrize(
    ("code", "outcome"), [(code, outcome) for outcome, codes in COMMON.items() for code in sorted(codes)]
)
def test_every_error_that_services_have_in_common_has_its_outcome(code: str, outcome: Outcome | None) -> None:
    meaning = from_aws(answer(code), TARGET)
    assert (meaning.outcome if isinstance(meaning, AwsError) else None) is outcome
