"""Checks signatures with botocore's own signer.

Not checked: the age of the signature (AWS allows 5 minutes of clock skew), because the embedded clock may be
set to any time while the SDK signs with the machine's.
"""

from __future__ import annotations

import hmac

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from embedded_aws.server.calls import Call, Signature


def is_signed_with(call: Call, signature: Signature, secret: str) -> bool:
    """Sign the request again, over the headers the client says it signed, and compare."""
    signed_headers = {name: call.headers.get(name, "") for name in signature.signed_headers.split(";")}
    url = f"http://{call.headers.get('host', '')}{call.target}"
    request = AWSRequest(method=call.method, url=url, data=call.body, headers=signed_headers)
    request.context["timestamp"] = call.headers.get("x-amz-date", "")
    kind = S3SigV4Auth if signature.service == "s3" else SigV4Auth
    signer = kind(Credentials(signature.access_key_id, secret), signature.service, signature.region)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    return hmac.compare_digest(signer.signature(text, request), signature.signature)
