"""ListObjectsV2: keys in order, grouped at a delimiter, a thousand a page.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import quote

from embedded_aws.server.calls import Call
from embedded_aws.server.errors import AwsError
from embedded_aws.server.paging import seal, unseal
from embedded_aws.server.s3_bucket import Bucket, S3Object

_LARGEST = 1000
_LARGEST_ASKED = 2**31 - 1


def list_page(bucket: Bucket, call: Call, now: datetime) -> dict[str, Any]:
    """Return the page that the call asks for. A token remembers the last key or common prefix of the page before."""
    params = call.params
    with_restores = "RestoreStatus" in params.get("OptionalObjectAttributes", ())
    prefix, delimiter = params.get("Prefix") or "", params.get("Delimiter") or ""
    size = _page_size(params.get("MaxKeys", _LARGEST))
    purpose = [bucket.name, prefix, delimiter]
    after = _continued(params["ContinuationToken"], purpose) if "ContinuationToken" in params else None
    start_after = params.get("StartAfter") or ""
    found = list(islice(_names(bucket, prefix, delimiter, start_after if after is None else after), size + 1))
    shown = found[:size]
    truncated = len(found) > size > 0
    encoded = _encoding(params)
    groups = [name for name, grouped in shown if grouped]
    listed = [bucket.planned(name) for name, grouped in shown if not grouped]
    page = {
        "Name": bucket.name,
        "Prefix": encoded(prefix),
        "Delimiter": encoded(delimiter) if delimiter else None,
        "MaxKeys": size,
        "KeyCount": len(shown),
        "IsTruncated": truncated,
        "EncodingType": params.get("EncodingType"),
        "StartAfter": encoded(start_after) if start_after else None,
        "ContinuationToken": params.get("ContinuationToken"),
        "NextContinuationToken": seal([*purpose, shown[-1][0]]) if truncated else None,
        "Contents": [
            {
                "Key": encoded(one.key),
                "LastModified": one.last_modified,
                "ETag": one.etag,
                "Size": len(one.body),
                "StorageClass": one.storage_class,
                **(_restore_status(one, now) if with_restores else {}),
            }
            for one in listed
        ],
        "CommonPrefixes": [{"Prefix": encoded(group)} for group in groups],
    }
    return {name: value for name, value in page.items() if value not in (None, [])}


def _restore_status(found: S3Object, now: datetime) -> dict[str, Any]:
    """Return nothing for an object that nobody has asked to restore, or of which the copy is deleted by now."""
    at, until = found.restored_at, found.restored_until
    if at is None or until is None or now >= until:
        return {}
    if now < at:
        return {"RestoreStatus": {"IsRestoreInProgress": True}}
    return {"RestoreStatus": {"IsRestoreInProgress": False, "RestoreExpiryDate": until}}


def _names(bucket: Bucket, prefix: str, delimiter: str, after: str) -> Iterator[tuple[str, bool]]:
    """Yield keys, and in the place of those that share a common prefix, once, that prefix with True."""
    group = ""
    for key in bucket.keys(max(prefix, after)):
        if not key.startswith(prefix):
            return
        if group and key.startswith(group):
            continue
        head, found, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key, "", "")
        group = f"{prefix}{head}{found}" if found else ""
        name = group or key
        if name > after:
            yield name, bool(group)


def _page_size(asked: int) -> int:
    if not 0 <= asked <= _LARGEST_ASKED:
        raise _invalid("max-keys", str(asked), f"Argument max-keys must be an integer between 0 and {_LARGEST_ASKED}")
    return min(asked, _LARGEST)


def _continued(token: str, purpose: list[str]) -> str:
    unsealed = unseal(token)
    if not isinstance(unsealed, list) or unsealed[:-1] != purpose:
        raise _invalid("continuation-token", token, "The continuation token provided is incorrect")
    after: str = unsealed[-1]
    return after


def _encoding(params: dict[str, Any]) -> Any:
    asked = params.get("EncodingType")
    if asked not in (None, "url"):
        raise _invalid("encoding-type", asked, "Invalid Encoding Method specified in Request")
    return (lambda text: quote(text, safe="/")) if asked else str


def _invalid(argument: str, value: str, message: str) -> AwsError:
    return AwsError("InvalidArgument", message, details={"ArgumentName": argument, "ArgumentValue": value})
