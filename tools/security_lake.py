"""What docs/security-lake.md says of the mapping to OCSF: classes, events and attributes."""

from collections.abc import Iterator, Sequence

from destination_security_lake.ocsf.classes import CLASSES, OTHER, USER_INVENTORY, EventClass
from destination_security_lake.ocsf.columns import COLUMNS, Column, ListOf, Struct
from destination_security_lake.ocsf.events import ASSIGNMENTS, EVENTS, IDENTITY_CENTER, PRINCIPALS, VERBS
from destination_security_lake.ocsf.mapping import AUDIT_EVENTS
from destination_security_lake.ocsf.user_inventory import IDENTITY_CENTER_USERS, USERS
from tools.ocsf_sources import sources


def ocsf_classes() -> Iterator[list[str]]:
    """One row per class."""
    yield ["Class", "Name", "What is mapped to it"]
    for of_class in CLASSES:
        yield [str(of_class.uid), of_class.caption, _rows_of(of_class)]


def _rows_of(of_class: EventClass) -> str:
    if of_class is USER_INVENTORY:
        return f"`{USERS}`, `{IDENTITY_CENTER_USERS}`"
    assigned = [str(kind) for kind, one in PRINCIPALS.items() if one is of_class]
    named = [*EVENTS.get(of_class, {}), *([f"{IDENTITY_CENTER} for a {assigned[0]}"] if assigned else [])]
    return f"`{AUDIT_EVENTS}` that are listed below, of {', '.join(named)}" if named else f"all other `{AUDIT_EVENTS}`"


def ocsf_events() -> Iterator[list[str]]:
    """One row per activity."""
    yield ["Class", "Activity", "Event source", "Events"]
    for of_class, by_source in EVENTS.items():
        for source, activities in by_source.items():
            for number, names in activities.items():
                yield [of_class.caption, _activity(of_class, number), source, _code(names)]
    for kind, of_class in PRINCIPALS.items():
        for name, number in ASSIGNMENTS.items():
            yield [of_class.caption, _activity(of_class, number), IDENTITY_CENTER, f"`{name}` for a {kind}"]
    api = CLASSES[0]
    for number, verbs in VERBS.items():
        yield [api.caption, _activity(api, number), "any", f"names that begin with {_code(verbs)}"]
    yield [api.caption, _activity(api, OTHER), "any", "all others"]


def _activity(of_class: EventClass, number: int) -> str:
    return f"{number} {of_class.activities.get(number, 'Other, with the name of the event')}"


def _code(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def ocsf_columns() -> Iterator[list[str]]:
    """One row per column: its type, the classes that have it, and the fields that it comes from, the best first."""
    yield ["Attribute", "Type", "Classes", "From"]
    of_attributes = sources()
    found: dict[str, tuple[str, list[str], list[str]]] = {}
    for of_class in CLASSES:
        for path, kind in _leaves(Struct(COLUMNS[of_class])):
            _, classes, fields = found.setdefault(path, (kind, [], []))
            classes.append(str(of_class.uid))
            fields += [one for one in of_attributes[of_class].get(path, ()) if one not in fields]
    # Every class has it, and as its last column.
    found["unmapped"] = found.pop("unmapped")
    for path, (kind, classes, fields) in found.items():
        every = len(classes) == len(CLASSES)
        listed = "all other fields" if path == "unmapped" else _code(fields)
        yield [f"`{path}`", kind, "all" if every else ", ".join(classes), listed]


def _leaves(column: Column, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(column, Struct):
        for name, inner in column.fields.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(column, ListOf):
        yield from _leaves(column.item, f"{path}[]")
    else:
        yield path, column.value


PARTS = (ocsf_classes, ocsf_events, ocsf_columns)
