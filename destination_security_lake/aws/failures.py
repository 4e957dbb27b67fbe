"""What failures at the lake mean, beside those that every call of AWS has (aws_calls/answers.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_calls.buckets import NO_BUCKET
from aws_calls.errors import AwsError, Outcome
from aws_calls.kms import is_of_kms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_calls.errors import Target

# https://docs.aws.amazon.com/security-lake/latest/userguide/adding-custom-sources.html
_OF_PROVIDER: Final = "role/AmazonSecurityLake-Provider-"
_ONE_SOURCE: Final = (
    " The role is the provider role of a custom source, and may write that source alone: choose the one class of it, "
    "and its name as source_name. For several sources, use a role of your own (docs: permissions)."
)
_OF_OTHERS: Final = (
    " If the bucket belongs to another account than {account}, its bucket policy has to allow it too; and if that is "
    "not the account of your lake, correct url."
)


def no_bucket(bucket: str, target: Target) -> AwsError:
    """Return the error for a bucket that does not exist."""
    sentence = f"S3 has no bucket {bucket}: {target} found none. Correct url, or create the bucket."
    return AwsError(Outcome.ACT, sentence, code=NO_BUCKET, target=target)


def wrong_region(bucket: str, found: str, given: str, target: Target) -> AwsError:
    """Return the error for a bucket that is in the Region `found`, and not in the one `given`."""
    sentence = (
        f"The bucket {bucket} is in Region {found}, and not in {given}: {target} says so. Correct region or url, or "
        "leave region empty."
    )
    return AwsError(Outcome.ACT, sentence, code="PermanentRedirect", target=target)


def may_not_write(denied: Mapping[str, AwsError], role_arn: str) -> AwsError:
    """Return the error for the ARNs of objects that may not be written, each with the refusal.

    `role_arn` is that of the configured role, empty where there is none.
    """
    first = next(iter(denied.values()))
    account = first.target.account_id
    hint = _ONE_SOURCE if _OF_PROVIDER in role_arn else _OF_OTHERS.format(account=account or "that of the key")
    # AWS's own text is at its end, with or without a full stop.
    sentence = f"{str(first).rstrip('.')}. It was refused for {' and '.join(denied)}."
    if first.lacks_permission and not is_of_kms(first):
        sentence += hint
    return AwsError(first.outcome, sentence, code=first.code, target=first.target, denied_by=first.denied_by)
