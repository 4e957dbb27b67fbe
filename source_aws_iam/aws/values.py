"""AWS values as JSON values: snake_case names, UTC times with Z, decoded policy documents.

Names come from botocore's shapes, so only members that AWS defined are renamed: keys inside a policy document or a
free-form map stay as their authors wrote them.
"""

from __future__ import annotations

import json
from datetime import datetime, timezone
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from botocore import xform_name
from botocore.model import ListShape, MapShape, StructureShape

from aws_calls.timestamps import utc
from source_aws_iam.aws.nesting import DEEPEST, nests_deeper

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from botocore.model import Shape


# botocore's name for the shape of all policy documents of IAM.
DOCUMENT: Final = "policyDocumentType"


def plain(value: Any, shape: Shape) -> Any:
    """Return `value`, which botocore returned for `shape`, as JSON types. Members that are null are left out.

    A policy document that is not a JSON object is null, and its text is beside it in `document_text`.
    """
    if isinstance(shape, StructureShape):
        row: dict[str, Any] = {}
        texts: dict[str, str | None] = {}
        for name, column, member in _columns(shape):
            sent = value.get(name)
            if sent is None:
                continue
            if member.name == DOCUMENT:
                row[column], texts["document_text"] = document(sent)
            else:
                row[column] = sent if type(sent) is str else plain(sent, member)
        return row | texts
    if isinstance(shape, ListShape):
        return [plain(item, shape.member) for item in value if item is not None]
    if isinstance(shape, MapShape):
        return {key: plain(item, shape.value) for key, item in value.items() if item is not None}
    return utc(value) if isinstance(value, datetime) else value


# All that one sync needs. In the tests, each client brings shapes of its own.
@lru_cache(maxsize=4096)
def _columns(shape: StructureShape) -> tuple[tuple[str, str, Shape], ...]:
    """Return the name, the column and the shape of each member of a structure."""
    return tuple((name, xform_name(name), member) for name, member in shape.members.items())


def snake_case(name: str) -> str:
    """Return a name of AWS as a column: "AccessKeysPerUserQuota" -> "access_keys_per_user_quota"."""
    return xform_name(name)


def moment(text: str) -> datetime:
    """Return the time that `utc`, or a user, wrote in this format. Raises ValueError for any other."""
    import pendulum  # noqa: PLC0415 - `spec` needs no times, and this takes 30 ms

    # As a plain datetime: pendulum's own class loses its zone in some operations of datetime.
    return datetime.fromtimestamp(pendulum.from_format(text, "YYYY-MM-DD[T]HH:mm:ss[Z]").timestamp(), timezone.utc)


def document(sent: str) -> tuple[dict[str, Any] | None, str | None]:
    """Return a policy document of IAM, which AWS sends URL-encoded, as `json_object` does."""
    return json_object(unquote(sent))


def json_object(text: str) -> tuple[dict[str, Any] | None, str | None]:
    """Return a document as an object; or None and its text where it is no JSON object.

    A document that is nested deeper than DEEPEST is text too.
    """
    if nests_deeper(text, DEEPEST):
        return None, text
    try:
        found = json.loads(text)
    except ValueError:
        return None, text
    return (found, None) if isinstance(found, dict) else (None, text)


def tags(pairs: Sequence[Mapping[str, str]] | None) -> dict[str, str | None] | None:
    """Return [{key, value}, …] as one object. AWS allows each key once per resource, and no empty one.

    A tag without a key is under "", and one without a value is null.
    """
    return None if pairs is None else {pair.get("key", ""): pair.get("value") for pair in pairs if pair}
