"""Which bucket a call of S3 is about, and what keeps a caller from it beside the caller's own policies."""

from __future__ import annotations

from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.errors import DENIED, NOT_SERVED, AwsError
from embedded_aws.server.permissions import permits
from embedded_aws.server.principals import Principal
from embedded_aws.server.s3_bucket import Bucket

_HEADER = "x-amz-bucket-region"


def check_bucket(cloud: Cloud, call: Call) -> None:
    """Raise what S3 answers where there is no such bucket, or where it is in another Region.

    S3 says so before it looks at the caller's policies.
    """
    if call.protocol != "rest-xml":
        return
    if "Bucket" not in call.params:
        raise NOT_SERVED.to(call.protocol)
    name = call.params["Bucket"]
    bucket = cloud.buckets.get(name)
    if bucket is None:
        raise AwsError("NoSuchBucket", "The specified bucket does not exist", 404, details={"BucketName": name})
    if bucket.region != call.region:
        raise AwsError(
            "PermanentRedirect",
            "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all "
            "future requests to this endpoint.",
            301,
            details={"Endpoint": f"{name}.s3.{bucket.region}.amazonaws.com", "Bucket": name},
            headers={_HEADER: bucket.region},
        )


def bucket_of(cloud: Cloud, call: Call, caller: Principal) -> Bucket:
    """Return the bucket, if its owner is who the call expects and its policy allows the caller's account."""
    bucket = cloud.buckets[call.params["Bucket"]]
    outsider = caller.account_id != bucket.account_id
    refused = outsider and bucket.readers is not None and caller.account_id not in bucket.readers
    if refused or call.params.get("ExpectedBucketOwner", bucket.account_id) != bucket.account_id:
        raise DENIED.to(call.protocol)
    return bucket


def check_key(cloud: Cloud, call: Call, caller: Principal, action: str, key: str | None) -> None:
    """Raise what S3 answers where the caller may use the object, and may not use the key that encrypts it."""
    if key is None:
        return
    who = f"User: {caller.arn} is not authorized to perform: {action} on"
    if key in cloud.withheld_keys:
        raise DENIED.to(
            call.protocol,
            f"{who} the resource associated with this ciphertext because the resource does not exist in this Region, "
            "no resource-based policies allow access, or a resource-based policy explicitly denies access",
        )
    if not permits(cloud, caller, action, key, (("kms:ViaService", f"s3.{call.region}.amazonaws.com"),)):
        reason = f"because no identity-based policy allows the {action} action"
        raise DENIED.to(call.protocol, f"{who} resource: {key} {reason}")


def with_region(cloud: Cloud, call: Call, error: AwsError) -> AwsError:
    """Return the refusal with the bucket's Region: S3 tells it even to callers who may not use the bucket."""
    bucket = cloud.buckets.get(call.params.get("Bucket", "")) if call.protocol == "rest-xml" else None
    if bucket is None or "Key" in call.params:
        return error
    headers = {_HEADER: bucket.region, **error.headers}
    return AwsError(error.code, error.message, error.status, details=error.details, headers=headers)
