"""Why the environment has no credentials, as text for the user.

botocore's own text is quoted only where it names nothing but settings: otherwise it may contain what a command or an
endpoint has printed.
"""

from __future__ import annotations

from dataclasses import replace
from subprocess import TimeoutExpired
from typing import TYPE_CHECKING, Final

from botocore import exceptions as botocore_errors
from botocore.parsers import ResponseParserError

from aws_calls import container_failures
from aws_calls.answers import broken_answer
from aws_calls.container_failures import status_of
from aws_calls.environment import from_environment, unreadable
from aws_calls.errors import AwsError, Outcome
from aws_calls.foreign import ForeignAnswerError, foreign
from aws_calls.providers import PersonNeededError, UnusableKeyError
from aws_calls.sign_in_answers import expired, sign_in_failed
from aws_calls.sources import unreadable_files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_calls.errors import Target
    from aws_calls.sources import Source

# What botocore's providers may raise at the content of files, answers and output of commands, which they do not check.
UNUSABLE: Final = (
    *(botocore_errors.BotoCoreError, botocore_errors.ClientError, TimeoutExpired, PersonNeededError, UnusableKeyError),
    *(ResponseParserError, OSError, ValueError, TypeError, AttributeError, LookupError, RuntimeError),
)
NONE_FOUND: Final = (
    "No usable AWS credentials were found in the environment: neither variables nor a profile, web identity, container "
    "or instance role gave any. Enter access_key_id and secret_access_key, or give the connector's process an identity."
)
# What botocore raises -> why there are no credentials.
_REASONS: Final[Sequence[tuple[type[Exception] | tuple[type[Exception], ...], str]]] = (
    (
        PersonNeededError,
        "its mfa_serial requires a person who enters a code. Use an identity without one",
    ),
    (TimeoutExpired, "the command did not end within {error.timeout:.0f} seconds, and was stopped"),
    (UnusableKeyError, "{error}"),
    (botocore_errors.InvalidConfigError, "{error}"),  # names of profiles and settings
    (botocore_errors.PartialCredentialsError, "{error.kwargs[cred_var]} is missing"),
    (botocore_errors.ConfigNotFound, "{error.kwargs[path]} cannot be read"),
    (
        (botocore_errors.SSOError, botocore_errors.LoginError),
        "there is no sign-in, or it has expired. {source.renewed}",
    ),
    (
        botocore_errors.MissingDependencyException,
        "it needs the package awscrt, which the connector does not have. Use another profile",
    ),
    (
        (botocore_errors.InvalidIMDSEndpointError, botocore_errors.InvalidIMDSEndpointModeError),
        "AWS_EC2_METADATA_SERVICE_ENDPOINT is no URL, or AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE is not IPv4 or IPv6",
    ),
)
# METHOD of the provider -> what is wrong where it returns something that is no credentials.
_SHAPES: Final[Mapping[str, str]] = {
    "env": "AWS_CREDENTIAL_EXPIRATION is no time with a zone, such as 2026-11-29T12:00:00Z",
    "assume-role-with-web-identity": "{source.token_file} holds no text",
    "custom-process": (
        "the command cannot be run, has failed, or printed no JSON object with Version 1, AccessKeyId and "
        "SecretAccessKey. Run it by hand"
    ),
    "container-role": f"the endpoint {container_failures.JSON}",
    "iam-role": f"it did not answer, or {container_failures.JSON}",
    "sso": "the cached sign-in cannot be read. {source.renewed}",
    "login": "the cached sign-in cannot be read. {source.renewed}",
}
# Parameters that botocore rejects by STS's model.
_PARAMETERS: Final[Mapping[str, str]] = {
    "WebIdentityToken": "{source.token_file} is empty, or holds more than a token",
    "RoleArn": "the role to assume ({source.role}) is no ARN",
    "RoleSessionName": "the role session name is too short or too long",
    "ExternalId": "external_id is too short or too long",
    "DurationSeconds": "duration_seconds is less than 900",
}
# Providers that ask an HTTP endpoint that is not AWS's.
_ENDPOINTS: Final = frozenset({"container-role", "iam-role"})
_OTHER_SHAPE: Final = "what it returned, or the source of its profile, does not have the form of credentials"


def failed(error: Exception, source: Source, target: Target) -> AwsError:
    """Return the AwsError for a `source` that gave no credentials, or none that can be used."""
    if isinstance(error, botocore_errors.ClientError):
        return sign_in_failed(error, source, target)
    if isinstance(error, ForeignAnswerError):
        return foreign(error.status, replace(target, action=source.action))
    # botocore raises KeyError where an answer of STS lacks a member.
    if isinstance(error, ResponseParserError) or (isinstance(error, KeyError) and source.of_sts):
        return broken_answer(replace(target, action=source.action))
    if isinstance(error, RuntimeError) and str(error).endswith("still expired."):
        return expired(source, target)
    # A request that cannot be sent to the endpoint of a container or an instance says nothing about the path to AWS.
    sent_to_aws = type(error) is not botocore_errors.HTTPClientError or source.method not in _ENDPOINTS
    if isinstance(error, botocore_errors.BotoCoreError) and sent_to_aws:
        endpoint = error.kwargs.get("endpoint_url") or target.endpoint
        known = from_environment(error, replace(target, action=source.action, endpoint=endpoint))
        if known:
            return known
    outcome = Outcome.LATER if _is_transient(error) else Outcome.ACT
    sentence = f"No usable AWS credentials came from {source}: {_why(error, source)}."
    return AwsError(outcome, sentence, code=type(error).__name__, target=target)


def not_found(target: Target) -> AwsError:
    """Return the AwsError for an environment without credentials."""
    files = " and ".join(unreadable_files())
    sentence = f"{NONE_FOUND} There is no file that can be read at {files}." if files else NONE_FOUND
    return AwsError(Outcome.ACT, sentence, code="NoCredentialsError", target=target)


def too_slow(source: Source, target: Target, seconds: float) -> AwsError:
    """Return the AwsError for a `source` that has not answered in time."""
    sentence = f"No AWS credentials came from {source} within {seconds:.0f} seconds. Check what it waits for."
    return AwsError(Outcome.LATER, sentence, code="NoAnswer", target=target)


def _is_transient(error: Exception) -> bool:
    """Return whether it may work later without any change."""
    if not isinstance(error, botocore_errors.CredentialRetrievalError):
        return isinstance(error, TimeoutExpired)
    status = status_of(error)
    transient = not status or status == "429" or status.startswith("5")
    return transient and error.kwargs["provider"] in _ENDPOINTS


def _why(error: Exception, source: Source) -> str:
    template = next((reason for kinds, reason in _REASONS if isinstance(error, kinds)), "")
    if isinstance(error, botocore_errors.ParamValidationError):
        template = next((reason for name, reason in _PARAMETERS.items() if name in str(error)), "")
    elif "no role ARN" in str(error):
        template = "AWS_ROLE_ARN, or role_arn of the profile, is missing"
    if not template and source.method == "assume-role" and isinstance(error, botocore_errors.CredentialRetrievalError):
        return _of_source(error, source)
    if not template and source.method == "container-role":
        return container_failures.why(error, source)
    if not template and isinstance(error, OSError) and error.filename and source.method != "custom-process":
        return f"{unreadable(error)}. {source.renewed.rstrip('.')}"
    template = template or _SHAPES.get(source.method, _OTHER_SHAPE)
    return template.format(error=error, source=source).rstrip(".")


def _of_source(error: botocore_errors.CredentialRetrievalError, source: Source) -> str:
    """Return why the source_profile or credential_source of a profile gives no credentials."""
    provider = error.kwargs["provider"]
    if provider not in _SHAPES:
        return f"its credential_source {provider} gives none"
    why = _why(error, replace(source, method=provider))
    return f"its source_profile or credential_source gives none, because {why}"
