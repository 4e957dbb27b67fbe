"""Which operation of S3 a request asks for. Addresses are path-style: `/bucket/key`."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote, urlsplit

from embedded_aws.server.rest import Route

_OF_SDK = "x-id"
"""The SDK names some operations here; S3 does not read it."""

_LIST = {
    *("list-type", "prefix", "delimiter", "start-after", "continuation-token", "max-keys"),
    *("encoding-type", "fetch-owner"),
}


def route(method: str, target: str) -> Route | None:
    """Return what is served here, or None for another operation or one with parameters that are not served."""
    url = urlsplit(target)
    bucket, _, key = url.path[1:].partition("/")
    query = {name: value for name, value in parse_qsl(url.query, keep_blank_values=True) if name != _OF_SDK}
    operation = _of_object(method, query) if key else _of_bucket(method, query)
    if not bucket or operation is None:
        return None
    named = {"Bucket": unquote(bucket), "Key": unquote(key)}
    return Route(operation, named if key else {"Bucket": named["Bucket"]})


def _of_object(method: str, query: dict[str, str]) -> str | None:
    return {"GET": "GetObject", "PUT": "PutObject"}.get(method) if not query else None


def _of_bucket(method: str, query: dict[str, str]) -> str | None:
    if method == "HEAD" and not query:
        return "HeadBucket"
    if method != "GET":
        return None
    if query.keys() == {"location"}:
        return "GetBucketLocation"
    return "ListObjectsV2" if query.get("list-type") == "2" and query.keys() <= _LIST else None
