"""What docs/security-lake.md says: classes, events and attributes of the mapping to OCSF, sources and permissions."""

import json
from collections.abc import Iterator, Sequence

from destination_security_lake.aws.operations import OPERATIONS
from destination_security_lake.config.sources import CHOICES, DEFAULT, NAMES
from destination_security_lake.ocsf.classes import CLASSES, OTHER, USER_INVENTORY, EventClass
from destination_security_lake.ocsf.columns import COLUMNS, Column, ListOf, Struct
from destination_security_lake.ocsf.events import ASSIGNMENTS, EVENTS, IDENTITY_CENTER, PRINCIPALS, VERBS
from destination_security_lake.ocsf.mapping import AUDIT_EVENTS
from destination_security_lake.ocsf.user_inventory import IDENTITY_CENTER_USERS, USERS
from integration_tests.security_lake.questions import QUESTIONS
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


# Action -> on what, and what it is for. None of it is needed where the second is empty.
_OBJECTS = "arn:aws:s3:::<bucket>/<prefix>ext/<source>/*"
_NEEDED = {
    "s3:PutObject": (_OBJECTS, "Each file is put by one request. `check` asks with it too, and writes nothing."),
    "sts:AssumeRole": ("the role", "By the identity that assumes it, and not by the role."),
    "s3:ListBucket": ("", "HeadBucket asks for the Region of the bucket. S3 says it also to those who may not list."),
    "sts:GetCallerIdentity": ("", "Says who signs. AWS allows it to everybody."),
}
_KEY = (
    "kms:GenerateDataKey",
    "the key of the bucket",
    "Only where it is a customer managed key. S3 uses it in your name.",
)


def lake_sources() -> Iterator[list[str]]:
    """One row per class that can be chosen: the custom source that it needs."""
    yield ["In `classes`", "Class of OCSF", "Event class of Security Lake", "Custom source", "By default"]
    for name, of_class in CHOICES.items():
        usual = "written" if name in DEFAULT else "left out"
        yield [f"`{name}`", f"{of_class.caption} ({of_class.uid})", f"`{name.upper()}`", f"`{NAMES[of_class]}`", usual]


def lake_permissions() -> Iterator[list[str]]:
    """One row per action: what a role of one's own needs, and what a provider role has."""
    yield ["Action", "On", "A role of your own", "Why"]
    for action in dict.fromkeys(operation.action for operation in OPERATIONS.values()):
        resource, why = _NEEDED[action]
        yield [
            f"`{action}`",
            f"`{resource}`" if ":" in resource else resource,
            "needs it" if resource else "does without",
            why,
        ]
    action, resource, why = _KEY
    yield [f"`{action}`", resource, "needs it", why]


def lake_policy() -> Iterator[str]:
    """The smallest policy of a role that writes the classes of the default."""
    bucket = "aws-security-data-lake-eu-west-1-abcdefghijklmnopqrstuvwxyz0123"
    objects = [f"arn:aws:s3:::{bucket}/ext/{NAMES[CHOICES[name]]}/*" for name in DEFAULT]
    put = {"Sid": "WriteSources", "Effect": "Allow", "Action": "s3:PutObject", "Resource": objects}
    key = {
        "Sid": "OnlyWithACustomerManagedKey",
        "Effect": "Allow",
        "Action": "kms:GenerateDataKey",
        "Resource": "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    }
    yield from ("```json", json.dumps({"Version": "2012-10-17", "Statement": [put, key]}, indent=2), "```")


def lake_questions() -> Iterator[str]:
    """The queries that `make security-lake` runs, of a lake of one's own."""
    for question in QUESTIONS:
        yield from (question.title, "", "```sql", f"{question.of('s3://acme-lake/ext')};", "```", "")


PARTS = (ocsf_classes, ocsf_events, ocsf_columns, lake_sources, lake_permissions)
TEXTS = (lake_policy, lake_questions)
