"""The signature of a digest: RSA with PKCS #1 v1.5 and SHA-256, over four lines.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

if TYPE_CHECKING:
    from source_aws_iam.cloudtrail.digests.digest import Digest

# Stands for the signature before the first digest of a chain.
_NO_SIGNATURE: Final = "null"


def signed_text(digest: Digest, bucket: str, key: str, content_hash: str) -> str:
    """Return what CloudTrail signs of a digest, which is at this place. A digest that was moved has another text."""
    before = digest.previous.signature if digest.previous else _NO_SIGNATURE
    return "\n".join((digest.end, f"{bucket}/{key}", content_hash, before))


def is_signature(signature: str, text: str, public_key: bytes) -> bool:
    """Return whether `signature`, in hex, is that of `text` by the owner of a public key in DER."""
    try:
        key = load_der_public_key(public_key)
        if not isinstance(key, rsa.RSAPublicKey):
            return False
        key.verify(bytes.fromhex(signature), text.encode(), padding.PKCS1v15(), SHA256())
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True
