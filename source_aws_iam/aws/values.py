"""AWS values as JSON values: snake_case names, UTC times with Z, decoded policy documents.

Names come from botocore's shapes, so only members that AWS defined are renamed: keys inside a policy document or a
free-form map stay as their authors wrote them.
"""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

import pendulum
from botocore import xform_name
from botocore.model import ListShape, MapShape, StructureShape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from botocore.model import Shape


def plain(value: Any, shape: Shape) -> Any:
    """Return `value`, an answer of botocore for `shape`, as JSON types.

    A policy document that is not a JSON object is null, and its text is beside it in `document_text`.
    """
    if isinstance(shape, StructureShape):
        row = {xform_name(name): plain(value[name], member) for name, member in shape.members.items() if name in value}
        for name in (name for name, member in shape.members.items() if member.name == DOCUMENT and name in value):
            row["document_text"] = undecoded(value[name])
        return row
    if isinstance(shape, ListShape):
        return [plain(item, shape.member) for item in value]
    if isinstance(shape, MapShape):
        return {key: plain(item, shape.value) for key, item in value.items()}
    if isinstance(value, datetime):
        return utc(value)
    return document(value) if shape.name == DOCUMENT else value


# botocore's name for the shape of all of IAM's policy documents
DOCUMENT: Final = "policyDocumentType"


def snake_case(name: str) -> str:
    """Return a name of AWS as a column: "AccessKeysPerUserQuota" -> "access_keys_per_user_quota"."""
    return xform_name(name)


def utc(time: datetime) -> str:
    """Return an aware time as RFC 3339 in UTC with Z: SQL loaders drop any other offset without a word."""
    text = time.astimezone(timezone.utc).isoformat()
    return text.removesuffix("+00:00") + "Z"


def moment(text: str) -> datetime:
    """Return the time that `utc` wrote, or a user in the same form. Raises ValueError for any other form."""
    # A plain datetime from here on: pendulum's own class loses its zone in some of datetime's operations.
    return datetime.fromtimestamp(pendulum.from_format(text, "YYYY-MM-DD[T]HH:mm:ss[Z]").timestamp(), timezone.utc)


def document(value: Any) -> dict[str, Any] | None:
    """Return a policy document as an object, or None if it is none. botocore decodes those that are JSON."""
    return value if isinstance(value, dict) else None


def undecoded(value: Any) -> str | None:
    """Return the text of a policy document that is no JSON object, or None for one that is."""
    if isinstance(value, dict):
        return None
    return unquote(value) if isinstance(value, str) else json.dumps(value)


def tags(pairs: Sequence[Mapping[str, str]] | None) -> dict[str, str] | None:
    """Return [{key, value}, …] as one object; IAM allows each key once per resource."""
    return None if pairs is None else {pair["key"]: pair["value"] for pair in pairs}
