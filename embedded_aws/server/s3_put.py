"""PutObject: one request with the whole object.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
"""

from __future__ import annotations

import hashlib
import zlib
from base64 import b64encode
from typing import Any

from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.errors import NOT_SERVED, AwsError
from embedded_aws.server.principals import Principal
from embedded_aws.server.s3_access import bucket_of, check_key

_CHUNKED = "aws-chunked"
_NOT_SERVED = ("if-match", "if-none-match", "x-amz-acl", "x-amz-tagging", "x-amz-server-side-encryption")
_OTHER_CHECKSUMS = ("x-amz-checksum-crc32c", "x-amz-checksum-crc64nvme", "x-amz-checksum-sha1", "x-amz-checksum-sha256")


def put_object(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """Store the object where its checksums are right.

    AWS does not say whether it asks for the bucket's key of AWS KMS before it has seen the whole content. Here it does
    so after that, so a request with a wrong checksum proves nothing of the key.
    """
    if any(name in call.headers for name in (*_NOT_SERVED, *_OTHER_CHECKSUMS)):
        raise NOT_SERVED.to(call.protocol)
    bucket = bucket_of(cloud, call, caller)
    body, trailer = _content(call)
    _check_length(call, body)
    md5 = b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
    crc32 = b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()
    _check("Content-MD5", call.headers.get("content-md5", md5), md5)
    _check("CRC32", {**trailer, **call.headers}.get("x-amz-checksum-crc32", crc32), crc32)
    check_key(cloud, call, caller, "kms:GenerateDataKey", bucket.kms_key_arn)
    encodings = [one for one in call.headers.get("content-encoding", "").split(",") if one not in ("", _CHUNKED)]
    made = bucket.put(
        call.params["Key"],
        body,
        content_type=call.headers.get("content-type", "binary/octet-stream"),
        content_encoding=",".join(encodings) or None,
    )
    encrypted = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": made.kms_key_arn} if made.kms_key_arn else {}
    return {"ETag": made.etag, "ChecksumCRC32": crc32, **(encrypted or {"ServerSideEncryption": "AES256"})}


def _content(call: Call) -> tuple[bytes, dict[str, str]]:
    """Return what the body holds, and the headers behind it.

    An SDK that streams over TLS sends chunks, each with its size in hex before it, and the checksum after the last:
    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
    """
    if _CHUNKED not in call.headers.get("content-encoding", ""):
        return call.body, {}
    parts, rest = [], call.body
    while True:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size, 16)
        if not length:
            break
        parts.append(rest[:length])
        rest = rest[length:].removeprefix(b"\r\n")
    lines = (line.split(":", 1) for line in rest.decode().splitlines() if line)
    return b"".join(parts), {name.strip().lower(): value.strip() for name, value in lines}


def _check_length(call: Call, body: bytes) -> None:
    promised = call.headers.get("x-amz-decoded-content-length", call.headers.get("content-length"))
    if promised is None:
        raise AwsError("MissingContentLength", "You must provide the Content-Length HTTP header.", 411)
    if int(promised) != len(body):
        text = "You did not provide the number of bytes specified by the Content-Length HTTP header"
        raise AwsError("IncompleteBody", text)


def _check(what: str, given: str, right: str) -> None:
    if given != right:
        raise AwsError("BadDigest", f"The {what} you specified did not match the calculated checksum.")
