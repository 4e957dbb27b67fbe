"""The signature of a digest: exactly what CloudTrail signs, and nothing else."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from source_aws_iam.cloudtrail.digests.digest import Digest
from source_aws_iam.cloudtrail.digests.signature import is_signature, signed_text
from unit_tests.cloudtrail.digests.test_digest import CONTENT, NO_PREVIOUS

PAIR = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = PAIR.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
TEXT = "2026-01-15T10:04:37Z\nlogs/key\nhash\ncd"
SIGNATURE = PAIR.sign(TEXT.encode(), padding.PKCS1v15(), SHA256()).hex()


def test_what_is_signed_is_the_end_the_place_the_hash_and_the_signature_before() -> None:
    assert signed_text(Digest.of(json.dumps(CONTENT).encode()), "logs", "key", "hash") == TEXT


def test_the_first_of_a_chain_has_null_for_the_signature_before() -> None:
    first = Digest.of(json.dumps({**CONTENT, **NO_PREVIOUS}).encode())
    assert signed_text(first, "logs", "key", "hash").endswith("\nnull")


def test_the_signature_of_the_text_is_one() -> None:
    assert is_signature(SIGNATURE, TEXT, PUBLIC)
    assert is_signature(SIGNATURE.upper(), TEXT, PUBLIC)


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "no hex",
        "00" * 256,
        SIGNATURE[:-2],
        f"{SIGNATURE}00",
        PAIR.sign(TEXT.encode(), padding.PKCS1v15(), SHA1()).hex(),  # noqa: S303 - what must not verify
        PAIR.sign(TEXT.encode(), padding.PSS(padding.MGF1(SHA256()), 32), SHA256()).hex(),
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        .sign(TEXT.encode(), padding.PKCS1v15(), SHA256())
        .hex(),
    ],
)
def test_any_other_is_none(signature: str) -> None:
    assert not is_signature(signature, TEXT, PUBLIC)


def test_of_another_text_it_is_none() -> None:
    assert not is_signature(SIGNATURE, f"{TEXT} ", PUBLIC)


@pytest.mark.parametrize(
    "key",
    [
        b"",
        b"no key",
        PUBLIC[:-1],
        ec.generate_private_key(ec.SECP256R1())
        .public_key()
        .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    ],
    ids=["empty", "no key", "cut", "of an elliptic curve"],
)
def test_a_key_that_is_no_rsa_key_verifies_nothing(key: bytes) -> None:
    assert not is_signature(SIGNATURE, TEXT, key)
