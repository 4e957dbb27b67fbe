"""Failures that come before AWS has answered: credentials that the environment lacks, and the way to AWS."""

from __future__ import annotations

from botocore import exceptions as botocore_errors

from source_aws_iam.aws.errors import AwsError, Outcome, Target

_NOT_A_HEADER = (
    "{target} could not be sent: the access key id or the session token holds a line break or another character that "
    "no HTTP header may have. Remove it where the credentials come from."
)


def from_environment(error: Exception, target: Target) -> AwsError | None:
    """Return the AwsError that `error` amounts to, or None when it is a bug."""
    name = type(error).__name__
    if isinstance(
        error,
        (
            botocore_errors.NoCredentialsError,
            botocore_errors.PartialCredentialsError,
            botocore_errors.CredentialRetrievalError,
            botocore_errors.ProfileNotFound,
            botocore_errors.SSOError,
        ),
    ):
        sentence = (
            f"No usable AWS credentials were found in the environment for {target} ({name}). Enter access_key_id "
            "and secret_access_key, or give the connector's process an identity (variables, profile, container or "
            "instance role)."
        )
        return AwsError(Outcome.ACT, sentence, code=name, target=target)
    if isinstance(getattr(error, "kwargs", {}).get("error"), ValueError):
        return AwsError(Outcome.ACT, _NOT_A_HEADER.format(target=target), code=name, target=target)
    if isinstance(error, (botocore_errors.ConnectionError, botocore_errors.HTTPClientError)):
        sentence = (
            f"{target} got no answer from {target.endpoint} ({name}). Check region, endpoint_url, the network and its "
            "proxies, then sync again."
        )
        return AwsError(Outcome.LATER, sentence, code=name, target=target)
    return None
