"""Answers without their text.

What botocore's model says is kept: names of members, values of enums. So are booleans and types. Everything else is
replaced by a text of the same kind that nobody has written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from aws_calls.partitions import known_regions

if TYPE_CHECKING:
    from collections.abc import Mapping

TIME: Final = "2000-01-01T00:00:00Z"
SECONDS: Final = 946684800
TEXT: Final = "text"
ACCOUNT: Final = "123456789012"
REGION: Final = "us-east-1"
NO_TIME: Final = "TEXT_THAT_IS_NO_TIME"
NOT_LISTED: Final = "VALUE_THAT_THE_MODEL_DOES_NOT_LIST"
UNKNOWN_MEMBER: Final = "MEMBER_THAT_THE_MODEL_DOES_NOT_HAVE"
_KEY: Final = "key"
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
_ID: Final = re.compile("(ABIA|ACCA|AGPA|AIDA|AIPA|AKIA|ANPA|ANVA|APKA|AROA|ASCA|ASIA)([A-Z0-9]{12,60})")
_OF_ORGANIZATION: Final = re.compile("(o|r|ou)(-[a-z0-9-]{4,60})")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)", re.ASCII)
_ARN: Final = re.compile(
    r"arn:[a-z-]*:(?P<service>[a-z0-9-]*):(?P<region>[a-z0-9-]*):(?P<owner>\w*):(?P<rest>.*)", re.DOTALL
)
_SERVICES: Final = frozenset(
    {"iam", "sts", "organizations", "ec2", "cloudtrail", "s3", "sso", "identitystore", "access-analyzer"}
)
_RESOURCES: Final = frozenset(
    {
        *("user", "group", "role", "policy", "mfa", "sms-mfa", "u2f", "instance-profile", "server-certificate"),
        *("saml-provider", "oidc-provider", "assumed-role", "federated-user", "account", "organization", "ou", "root"),
        *("access-key", "key-pair", "instance", "trail", "permissionSet", "analyzer"),
    }
)
# The kinds that a text as a whole may be of, and what stands for them.
_KINDS: Final = (
    (re.compile(r"\d{12}", re.ASCII), ACCOUNT),
    (re.compile(r"\d+", re.ASCII), "1"),
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "00000000-0000-0000-0000-000000000000"),
    (re.compile(r"[^@\s]+@[^@\s]+"), "name@example.com"),
    (re.compile(r"/"), "/"),
    (re.compile(r"/.*/", re.DOTALL), "/path/"),
    (re.compile(r"https?://.*", re.DOTALL), "https://example.com"),
    (re.compile(r"%7B.*", re.DOTALL), "%7B%7D"),
    (re.compile(r"\s*\{.*", re.DOTALL), "{}"),
    (re.compile(r"\s*<.*", re.DOTALL), "<xml/>"),
    (re.compile(r"[\w+/=-]{40,}", re.ASCII), "opaque"),
)


def redacted(shape: Any, value: Any) -> Any:
    """Return `value` without its text. `shape` is what botocore's model says of it, None where it says nothing."""
    kind = shape.type_name if shape else ""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return SECONDS if kind == "timestamp" else int(value != 0)
    if isinstance(value, str):
        return _text(shape, kind, value)
    if isinstance(value, list):
        return [redacted(shape.member if kind == "list" else None, item) for item in value]
    if kind == "structure":
        return _structure(shape, value)
    return _map(shape, value) if kind == "map" else {}


def _structure(shape: Any, value: Mapping[str, Any]) -> dict[str, Any]:
    names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
    kept = {names[wire]: redacted(shape.members[names[wire]], item) for wire, item in value.items() if wire in names}
    return kept if value.keys() <= names.keys() else {**kept, UNKNOWN_MEMBER: TEXT}


def _map(shape: Any, value: Mapping[str, Any]) -> dict[str, Any]:
    listed = getattr(shape.key, "enum", ())
    return {(key if key in listed else _KEY): redacted(shape.value, item) for key, item in value.items()}


def _text(shape: Any, kind: str, text: str) -> str:
    if kind == "timestamp":
        return _time(text) or NO_TIME
    if kind == "blob":
        return "blob"
    listed = getattr(shape, "enum", ())
    if listed:
        return text if text in listed else NOT_LISTED
    if text in known_regions():
        return REGION
    return _time(text) or _arn(text) or _id(text) or _kind(text)


def _kind(text: str) -> str:
    return next((instead for pattern, instead in _KINDS if pattern.fullmatch(text)), TEXT if text else "")


def _time(text: str) -> str:
    found = _TIME.fullmatch(text)
    if not found:
        return ""
    return f"{TIME[:-1]}{'.000' if found[1] else ''}{'Z' if found[2] == 'Z' else '+00:00'}"


def _id(text: str) -> str:
    """Return an id with the prefix that says what it is of, and as long as it was."""
    if found := _ID.fullmatch(text):
        return found[1] + "X" * len(found[2])
    found = _OF_ORGANIZATION.fullmatch(text)
    return found[1] + re.sub("[a-z0-9]", "x", found[2]) if found else ""


def _arn(text: str) -> str:
    found = _ARN.fullmatch(text)
    if not found:
        return ""
    service = found["service"] if found["service"] in _SERVICES else "service"
    region = REGION if found["region"] else ""
    owner = found["owner"] if found["owner"] in {"", "aws"} else ACCOUNT
    resource = re.split("[/:]", found["rest"])[0]
    return f"arn:aws:{service}:{region}:{owner}:{resource if resource in _RESOURCES else 'resource'}/name"
