"""Write the parts of the documentation that follow from manifest.yaml and the schema files.

    python tools/docs.py            rewrite them
    python tools/docs.py --check    exit with 1 and the names of the files in which one is stale

A part stands between `<!-- generated: NAME -->` and `<!-- end of NAME -->`; the text around it is written by hand.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from airbyte_cdk.models import AirbyteStream

from aws_calls.operation import declared as operation
from destination_security_lake.config.specification import spec as specification_of_lake
from source_aws_iam.aws.operations import OPERATIONS
from source_aws_iam.cloudtrail.record.secret_names import HARMLESS, SECRETS, SECRETS_OF_URLS, bare
from source_aws_iam.source import SourceAwsIam
from source_aws_iam.streams.call_plan import ROWS, Needs, Readable, judge
from tools import dbt_page, security_lake
from tools.queries import queries

Schema = dict[str, Any]

ROOT = Path(__file__).parent.parent
FILES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PART = re.compile(r"(<!-- generated: (?P<name>.+?) -->\n).*?(<!-- end of (?P=name) -->)", re.DOTALL)
# Listing the streams calls no AWS, so any key that looks like one will do.
CONFIG = {"credentials": {"auth_type": "access_key", "access_key_id": "A" * 20, "secret_access_key": "A" * 40}}

# Sets of actions that other tools are granted. The page says what each of them is enough for.
USERS_AND_GROUPS = (
    *("iam:ListUsers", "iam:ListGroups", "iam:GetUser", "iam:ListUserTags", "iam:ListGroupsForUser"),
    *("iam:ListMFADevices", "iam:ListAccessKeys", "iam:GetGroup", "cloudtrail:LookupEvents"),
)
POLICIES_AND_CREDENTIALS = (
    *("iam:ListUserPolicies", "iam:ListAttachedUserPolicies", "iam:GetUserPolicy"),
    *("iam:ListGroupPolicies", "iam:ListAttachedGroupPolicies", "iam:GetGroupPolicy"),
    *("iam:ListSigningCertificates", "iam:ListSSHPublicKeys", "iam:ListServiceSpecificCredentials"),
    *("iam:GetLoginProfile", "iam:GetAccountSummary"),
)
SETS = {
    "Users and groups": USERS_AND_GROUPS,
    "With policies and credentials": (*USERS_AND_GROUPS, *POLICIES_AND_CREDENTIALS),
}


@lru_cache
def declared() -> dict[str, tuple[AirbyteStream, Schema]]:
    """Return {stream: (what `discover` says of it, the retriever of its manifest entry)}."""
    source = SourceAwsIam(config=CONFIG)
    retrievers = {entry["name"]: entry["retriever"] for entry in source.resolved_manifest["streams"]}
    return {stream.name: (stream.as_airbyte_stream(), retrievers[stream.name]) for stream in source.streams(CONFIG)}


@lru_cache
def form() -> Schema:
    """Return the fields of the form, by name."""
    fields: Schema = SourceAwsIam(config=CONFIG).resolved_manifest["spec"]["connection_specification"]["properties"]
    return fields


def action(call: str) -> str:
    """Return the IAM action of a call: "iam.list_users" -> "iam:ListUsers"."""
    return operation(call, OPERATIONS).action


def needed(retriever: Schema) -> list[str]:
    """Return the IAM actions of the best alternatives of a stream."""
    return list(dict.fromkeys(action(call) for ways in retriever["needs"].values() for call in ways[0]))


def instead(retriever: Schema) -> list[str]:
    """Return the IAM actions that are used instead where one of the best alternatives is denied."""
    others = (call for ways in retriever["needs"].values() for way in ways[1:] for call in way)
    return [one for one in dict.fromkeys(map(action, others)) if one not in needed(retriever)]


def optional(retriever: Schema) -> list[str]:
    """Return the IAM actions that a stream is better with, also where the best alternatives are allowed."""
    besides = (call for plan in further(retriever).values() for ways in plan.values() for way in ways for call in way)
    every = dict.fromkeys(map(action, (*retriever.get("optional_calls", []), *besides)))
    return [one for one in every if one not in needed(retriever)]


def further(retriever: Schema) -> dict[str, Needs]:
    """Return {what few rows or a setting it is, in words: what these need besides}."""
    settings = {f"with **{form()[name]['title']}**": plan for name, plan in retriever.get("with_setting", {}).items()}
    return {**retriever.get("few_rows", {}), **settings}


def verdict(retriever: Schema, allowed: Iterable[str]) -> str:
    """Return what can be read of a stream with the IAM actions in `allowed`, in a few words."""
    calls = {call for ways in retriever["needs"].values() for way in ways for call in way}
    found = judge(retriever["needs"], [call for call in calls if action(call) not in allowed])
    lost = f", without {code(found.columns)}" if found.readable is Readable.PARTIAL else ""
    return found.readable.value + lost


def streams() -> Iterator[str]:
    """One row per stream: what is in it and how it is read."""
    yield from head("Stream", "One row per", "Key", "Cursor", "Sync modes")
    for name, (stream, _) in declared().items():
        rows = stream.json_schema["description"].removeprefix("One row per ").removesuffix(".")
        # How it is made and what it is for example stand in docs/streams.md: here they would make the table too wide.
        yield row(
            f"`{name}`", re.sub(r"(, such as .*)?( \(.*\))?$", "", rows), key(stream), cursor(stream), modes(stream)
        )


def columns() -> Iterator[str]:
    """One section per stream with all its columns."""
    for name, (stream, retriever) in declared().items():
        yield from (f"## {name}", "", stream.json_schema["description"], "")
        yield f"- Key: {key(stream)}"
        yield f"- Cursor: {cursor(stream)}"
        yield f"- Sync modes: {modes(stream)}"
        yield f"- AWS calls: {code([*needed(retriever), *optional(retriever)])}"
        if varying := retriever.get("vary_by_call"):
            yield f"- Columns that have other values where other calls take over: {code(varying)}"
        yield ""
        yield from head("Column", "Type", "Description")
        for path, field in fields(stream.json_schema):
            yield row(f"`{path}`", type_of(field), field["description"])
        yield ""


def permissions() -> Iterator[str]:
    """One row per stream: the IAM actions that it needs."""
    yield from head("Stream", "Needs", "Uses instead, where one is missing", "Better with")
    for name, (_, retriever) in declared().items():
        yield row(f"`{name}`", *(code(kind(retriever)) for kind in (needed, instead, optional)))


def few_rows() -> Iterator[str]:
    """One row per thing that few rows, or a setting, need besides."""
    yield from head("Stream", "Of which rows", "Columns", "Needs besides")
    for name, (_, retriever) in declared().items():
        for kind, plan in further(retriever).items():
            by_actions: dict[str, list[str]] = {}
            for what, [way] in plan.items():
                by_actions.setdefault(code(map(action, way)), []).extend(what.split(", "))
            for actions, columns in by_actions.items():
                yield row(f"`{name}`", kind, "all of them" if columns == [ROWS] else code(columns), actions)


def policy() -> Iterator[str]:
    """The smallest policy with which every stream is complete."""
    retrievers = [retriever for _, retriever in declared().values()]
    allowed = {one for retriever in retrievers for kind in (needed, optional) for one in kind(retriever)}
    statement = {"Sid": "SourceAwsIam", "Effect": "Allow", "Action": sorted(allowed), "Resource": "*"}
    yield from ("```json", json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2), "```")


def sets() -> Iterator[str]:
    """The usual sets of actions, and the verdict for each stream and set."""
    earlier: set[str] = set()
    for title, allowed in SETS.items():
        added = [one for one in allowed if one not in earlier]
        yield f"- **{title}**: {'the actions above, and ' if earlier else ''}{code(added)}"
        earlier |= {*added}
    yield ""
    yield from head("Stream", *SETS)
    for name, (_, retriever) in declared().items():
        yield row(f"`{name}`", *(verdict(retriever, allowed) for allowed in SETS.values()))


def configuration() -> Iterator[str]:
    """One row per field of the form of the connector."""
    yield from form_rows(SourceAwsIam(config=CONFIG).resolved_manifest["spec"]["connection_specification"])


def lake_configuration() -> Iterator[str]:
    """One row per field of the form of the destination."""
    yield from form_rows(specification_of_lake()["connectionSpecification"])


def form_rows(specification: Schema) -> Iterator[str]:
    """One row per field of a form."""
    yield from head("Field", "In JSON", "Default", "Meaning")
    for name, field in specification["properties"].items():
        for option in field.get("oneOf", []):
            [(chooser, mode)] = [
                (key, value["const"]) for key, value in option["properties"].items() if "const" in value
            ]
            yield row(f"**{option['title']}**", f"`{name}.{chooser}` = `{mode}`", "", option["description"])
            for inner, value in option["properties"].items():
                if inner != chooser:
                    yield field_row(f"{name}.{inner}", value, required=inner in option["required"])
                    of_item = value.get("items", {})
                    for part, field_of_item in of_item.get("properties", {}).items():
                        yield field_row(f"{name}.{inner}[].{part}", field_of_item, required=part in of_item["required"])
        if "oneOf" not in field:
            yield field_row(name, field, required=name in specification["required"])


def secrets() -> Iterator[str]:
    """What names secrets in CloudTrail records."""
    yield from head("Name", "What has it")
    for names, form in ((SECRETS, "…`{}`"), (SECRETS_OF_URLS, "`{}`, only in URLs")):
        for name, page in names.items():
            yield row(form.format(bare(name)), f"[{page.rpartition('/')[2].removesuffix('.html')}]({page})")
    yield ""
    yield f"Names that end with one of these name no secrets: {code(map(bare, HARMLESS))}."


def field_row(path: str, field: Schema, *, required: bool) -> str:
    """One field of the form."""
    default = "required" if required else f"`{json.dumps(field['default'])}`" if "default" in field else ""
    return row(field["title"], f"`{path}`", default, field["description"])


def fields(schema: Schema, path: str = "") -> Iterator[tuple[str, Schema]]:
    """Yield ("attached_policies[].policy_name", its schema) for every column and all that is inside it."""
    for name, field in schema.get("properties", {}).items():
        yield path + name, field
        yield from fields(field, f"{path}{name}.")
        yield from fields(field.get("items", {}), f"{path}{name}[].")


def type_of(field: Schema) -> str:
    """Return the type of a column in a word or three."""
    declared_types = [field["type"]] if isinstance(field["type"], str) else field["type"]
    (name,) = set(declared_types) - {"null"}
    if name == "array":
        return f"array of {type_of(field['items'])}s"
    return "timestamp" if field.get("format") == "date-time" else str(name)


def key(stream: AirbyteStream) -> str:
    """Return the columns of the primary key."""
    return code(column for path in stream.source_defined_primary_key or [] for column in path)


def cursor(stream: AirbyteStream) -> str:
    """Return the cursor column."""
    return code(stream.default_cursor_field or [])


def modes(stream: AirbyteStream) -> str:
    """Return the sync modes as Airbyte's form names them."""
    return ", ".join(mode.value.replace("_", " ") for mode in stream.supported_sync_modes)


def code(names: Iterable[str]) -> str:
    """Return the names as code, or a dash for none."""
    return ", ".join(f"`{name}`" for name in names) or "none"


def head(*titles: str) -> Iterator[str]:
    """Yield the first lines of a table."""
    yield row(*titles)
    yield row(*("---" for _ in titles))


def row(*cells: str) -> str:
    """Return one line of a table."""
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def table(rows: Callable[[], Iterable[Sequence[str]]]) -> Iterator[str]:
    """Yield a table, the titles of whose columns come first."""
    titles, *others = rows()
    yield from head(*titles)
    yield from (row(*cells) for cells in others)


PARTS: dict[str, Callable[[], Iterator[str]]] = {
    **{
        part.__name__: part
        for part in (
            *(streams, columns, permissions, few_rows, policy, sets, configuration, secrets, queries),
            *(lake_configuration, *security_lake.TEXTS),
        )
    },
    **{rows.__name__: partial(table, rows) for rows in (*security_lake.PARTS, *dbt_page.PARTS)},
}


def current(text: str) -> str:
    """Return `text` with its generated parts as they should be."""
    return PART.sub(lambda found: f"{found[1]}\n{chr(10).join(PARTS[found['name']]()).strip()}\n\n{found[3]}", text)


def main(arguments: Sequence[str], files: Sequence[Path] = FILES) -> None:
    """Rewrite, or with --check only compare."""
    stale = [path for path in files if path.read_text(encoding="utf-8") != current(path.read_text(encoding="utf-8"))]
    if "--check" in arguments and stale:
        sys.exit(f"Stale: {', '.join(path.name for path in stale)}. Run python tools/docs.py.")
    for path in stale:
        path.write_text(current(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
