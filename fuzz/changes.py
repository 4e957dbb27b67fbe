"""Changes of well-formed data, so that the result is odd and not noise.

A place is the number of a value in the data, modulo their count. So a change applies to any data, and a smaller number
is a simpler change.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import quote, unquote
from xml.etree import ElementTree as ET

Action = Literal["replace", "remove", "repeat", "rename", "cut"]

# Stands under the name of a secret, or in a text under such a name, and must never be printed.
CANARY: Final = "CanaryCanary0123456789"


class Change(NamedTuple):
    """What is done at one place. `text` is what comes there: JSON text in JSON, any text elsewhere."""

    action: Action
    place: int
    text: str


def changed_json(text: str, changes: Sequence[Change]) -> str:
    """Return JSON text with the changes made. JSON text inside a string counts as places too.

    What the canary stands under keeps its name: under another one, it would be no secret.
    """
    root: list[Any] = [json.loads(text)]
    # Texts of changes need not be what json.dumps writes: NaN, numbers of a thousand digits, no JSON at all.
    texts: dict[str, str] = {}
    for number, change in enumerate(changes):
        places = [*_json_places(root)]
        holder, key = places[change.place % len(places)]
        mark = f"@change {number}@"
        texts[json.dumps(mark)] = change.text
        if change.action == "remove":
            del holder[key]
        elif change.action == "repeat" and isinstance(holder, list):
            holder.insert(key, holder[key])
        elif change.action == "rename" and isinstance(holder, dict):
            if not _is_canary(holder[key]):
                holder[change.text] = holder.pop(key)
        elif change.action == "cut" and isinstance(holder[key], (str, _Inner)):
            whole = _wrapped(holder[key])
            holder[key] = whole[: len(whole) // 2]
        else:
            holder[key] = mark
        if not root:
            root = [None]
    written = json.dumps(_wrapped(root[0]))
    for mark, replacement in texts.items():
        # A mark inside JSON text in a string is written with escapes.
        written = written.replace(mark, replacement).replace(json.dumps(mark)[1:-1], json.dumps(replacement)[1:-1])
    return written


class _Inner(dict[str, Any]):
    """An object that stands as JSON text in a string, as CloudTrail's records do in LookupEvents."""


def _is_canary(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(CANARY[:6])


def _json_places(holder: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every (container, key) inside `holder`, outermost first."""
    for key in [*holder] if isinstance(holder, dict) else range(len(holder)):
        value = holder[key]
        if isinstance(value, str) and value.startswith("{"):
            value = holder[key] = _inner(value)
        yield holder, key
        if isinstance(value, (dict, list)):
            yield from _json_places(value)


def _inner(text: str) -> Any:
    try:
        return _Inner(json.loads(text))
    except ValueError:
        return text  # cut by an earlier change


def _wrapped(value: Any) -> Any:
    if isinstance(value, dict):
        written = {key: _wrapped(item) for key, item in value.items()}
        return json.dumps(written) if isinstance(value, _Inner) else written
    return [_wrapped(item) for item in value] if isinstance(value, list) else value


class ChangedXml(NamedTuple):
    """An XML answer. `whole_entities`: all changes were inside entities that it lists, so it lists as many."""

    text: bytes
    whole_entities: bool


def changed_xml(text: bytes, changes: Sequence[Change]) -> ChangedXml:
    """Return an XML answer with the changes made, in its policy documents too; one that is no XML stays as it is."""
    try:
        root = ET.fromstring(text)  # noqa: S314 - our own embedded AWS wrote it
    except ET.ParseError:
        return ChangedXml(text, whole_entities=True)
    all_inside = True
    for change in changes:
        places = [*_xml_places(root)]
        if not places:
            break
        parent, child, inside = places[change.place % len(places)]
        all_inside &= inside
        document = unquote(child.text or "")
        if change.action == "remove":
            parent.remove(child)
        elif change.action == "repeat":
            parent.append(child)
        elif change.action == "rename":
            child.tag = "Unknown"
        elif change.action == "cut":
            child.text = (child.text or "")[: len(child.text or "") // 2]
        elif document.startswith("{"):
            # A policy document travels as URL-encoded JSON.
            child.text = quote(_changed_document(document, change._replace(place=change.place // len(places))))
        else:
            child.clear()
            child.text = _in_xml(change.text)
    return ChangedXml(ET.tostring(root), all_inside)


def _changed_document(text: str, change: Change) -> str:
    try:
        return changed_json(text, [change])
    except ValueError:
        return change.text  # an earlier change has left no JSON


def _xml_places(parent: ET.Element, *, inside: bool = False) -> Iterator[tuple[ET.Element, ET.Element, bool]]:
    """Yield every (parent, child, whether the parent is an entity of a list or in one)."""
    for child in [*parent]:
        yield parent, child, inside
        yield from _xml_places(child, inside=inside or child.tag.endswith("member"))


def changed_lines(text: bytes, changes: Sequence[Change]) -> bytes:
    """Return CSV text with the changes made to its cells."""
    lines = [line.split(",") for line in text.decode().split("\n")]
    for change in changes:
        places = [(line, column) for line in lines for column in range(len(line))]
        if not places:
            break
        line, column = places[change.place % len(places)]
        if change.action == "remove":
            del line[column]
        elif change.action == "repeat":
            lines.append([*line])
        elif change.action == "cut":
            del line[column:]
        else:
            line[column] = change.text
    return "\n".join(",".join(line) for line in lines).encode("utf-8", "replace")


def _in_xml(text: str) -> str:
    """Return the characters of `text` that XML may hold."""
    # https://www.w3.org/TR/xml/#charsets
    return "".join(
        letter
        for letter in text
        if letter in "\t\n\r" or "\x20" <= letter <= "\ud7ff" or "\ue000" <= letter <= "\ufffd" or letter > "\uffff"
    )
