"""Which field of the configuration AWS rejects where a role is assumed.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# AWS's name of a parameter -> the sentence about its field. AWS quotes the values that it rejects, so its text is not
# repeated where a secret is among them.
_FIELDS: Final[Mapping[str, str]] = {
    "ExternalId": "AWS rejected external_id, which takes 2 to 1,224 of A-Z a-z 0-9 _ + = , . @ : / -.",
    "RoleArn": (
        "AWS rejected role_arn, which is not the ARN of a role. Copy the ARN from the role in IAM. For accounts of an "
        "organization it is made of accounts.role_name: check that. AWS said: {said}"
    ),
    "RoleSessionName": (
        "AWS rejected role_session_name, which takes 2 to 64 of A-Z a-z 0-9 _ + = , . @ -. AWS said: {said}"
    ),
    "DurationSeconds": (
        "AWS rejected duration_seconds, which may not exceed the role's maximum session duration, nor one hour where "
        "the base identity is itself a role session. AWS said: {said}"
    ),
}
_SOME: Final = (
    "AWS rejected a parameter of sts:AssumeRole, and did not name it. Check role_arn, role_session_name, external_id "
    "and duration_seconds."
)
# As in: 1 validation error detected: Value 'x' at 'roleSessionName' failed to satisfy constraint: …
_CONSTRAINT: Final = re.compile(r"' at '(\w+)' failed to satisfy")
# As in: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.
_NAME: Final = re.compile("|".join(_FIELDS), re.IGNORECASE)
# As in: Request ARN is invalid, or: arn:aws:iam::123456789012:role/ is invalid
_ARN: Final = re.compile(r"\barn\b", re.IGNORECASE)


def rejected_field(said: str) -> str:
    """Return the template of the sentence about the field that AWS names in `said`, its text for a ValidationError."""
    names = _CONSTRAINT.findall(said) or _NAME.findall(said) or (["RoleArn"] if _ARN.search(said) else [])
    found = {one.lower() for one in names}
    # AWS may reject several at once, and quotes their values in one text. If a secret is among them, its sentence is
    # used.
    return next((sentence for name, sentence in _FIELDS.items() if name.lower() in found), _SOME)
