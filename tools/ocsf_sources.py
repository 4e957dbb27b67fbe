"""Where each attribute of OCSF comes from, found by trying.

A field of a row is changed, and what changes in the row of OCSF comes from it. Then the field is left out, and what
takes its place is found in the same way.
"""

import copy
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timezone

from destination_security_lake.ocsf.classes import EventClass
from destination_security_lake.ocsf.mapping import AUDIT_EVENTS, ocsf_row
from destination_security_lake.ocsf.results import OcsfRow
from tools.ocsf_examples import Document, Json, documents

Path = tuple[str | int, ...]
Sources = dict[EventClass, dict[str, list[str]]]

_READ_AT = datetime(2026, 1, 1, tzinfo=timezone.utc)
_JSON_TEXT = ".data"
"""How attributes end that have a whole field as text."""
_OTHER = {
    "Yes": "No",
    "true": "false",
    "198.51.100.7": "198.51.100.8",
    "lambda.amazonaws.com": "s3.amazonaws.com",
}


def sources() -> Sources:
    """Return {class: {attribute: the fields that it comes from, the best first}}."""
    found: Sources = defaultdict(lambda: defaultdict(list))
    for stream, document in documents():
        of_class, attributes = _mapped(stream, document)
        if of_class is None:
            raise ValueError(f"An example of {stream} is not mapped.")
        for attribute, paths in _traced(stream, document, {*attributes}).items():
            listed = found[of_class][attribute]
            names = dict.fromkeys(_name(path, whole=attribute.endswith(_JSON_TEXT)) for path in paths)
            listed += [name for name in names if name not in listed]
    return found


def _traced(stream: str, document: Document, wanted: set[str]) -> dict[str, list[Path]]:
    before = _mapped(stream, document)
    found: dict[str, list[Path]] = defaultdict(list)
    for path in _paths(document):
        after = _mapped(stream, _with(document, path, _changed(_at(document, path))))
        changed = {name for name in wanted if name in after[1] and after[1][name] != before[1][name]}
        if after[0] is not before[0] or not changed:
            continue
        for name in changed:
            found[name].append(path)
        without = _with(document, path, None)
        left = _mapped(stream, without)
        kept = {name for name in changed & {*left[1]} if not name.endswith(_JSON_TEXT)}
        if left[0] is before[0] and kept:
            for name, paths in _traced(stream, without, kept).items():
                found[name] += [one for one in paths if one not in found[name]]
    return found


def _mapped(stream: str, document: Document) -> tuple[EventClass | None, dict[str, Json]]:
    members = [rows for name, rows in document.items() if name != stream]
    found = ocsf_row(stream, document[stream], _READ_AT, members[0] if members else None)
    return (found.event_class, dict(_leaves(found.attributes))) if isinstance(found, OcsfRow) else (None, {})


def _leaves(value: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name != "unmapped":
                yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, f"{path}[]")
    else:
        yield path, value


def _paths(value: Json, path: Path = ()) -> Iterator[Path]:
    """Yield the path of each value without parts."""
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _paths(inner, (*path, key))
    elif value is not None:
        yield path


def _at(value: Json, path: Path) -> Json:
    for key in path:
        value = value[key]
    return value


def _with(document: Document, path: Path, value: Json) -> Document:
    changed = copy.deepcopy(document)
    _at(changed, path[:-1])[path[-1]] = value
    return changed


def _changed(value: Json) -> Json:
    if isinstance(value, str):
        return _OTHER.get(value) or (value.replace(":21", ":22") if ":21" in value else f"{value}x")
    return not value


def _name(path: Path, *, whole: bool) -> str:
    """Return a field as the page has it; `whole`: the field of the record that it is in."""
    if path[:2] == (AUDIT_EVENTS, "event"):
        path = path[2:3] if whole else path[2:]
    return ".".join(str(part) for part in path if isinstance(part, str))
