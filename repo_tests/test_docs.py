"""The documentation says what the code does: streams, fields, permissions, messages, commands and versions."""

import ast
import fnmatch
import json
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml
from moto.iam.aws_managed_policies import aws_managed_policies_data

from source_aws_iam.cli.validation import problems
from source_aws_iam.streams.call_plan import judge
from tools import docs

ROOT = docs.ROOT
README = ROOT / "README.md"
GUIDE = ROOT / "docs" / "aws-iam.md"
PERMISSIONS = ROOT / "docs" / "permissions.md"
PAGES = [*docs.FILES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "source_aws_iam" / "manifest.yaml").read_text(encoding="utf-8"))
SPEC: dict[str, Any] = MANIFEST["spec"]["connection_specification"]
STREAMS: list[dict[str, Any]] = MANIFEST["streams"]
NEEDS: dict[str, dict[str, list[list[str]]]] = {stream["name"]: stream["retriever"]["needs"] for stream in STREAMS}

# Airbyte checks these in its repository. Between them there may be others, below they are in its order.
HEADINGS = """\
# AWS IAM
## Prerequisites
## Setup guide
## Set up AWS IAM
## Set up the AWS IAM connector in Airbyte
### For Airbyte Cloud:
### For Airbyte Open Source:
## Supported sync modes
## Supported Streams
## IP allow list
### Performance considerations
## Data type map
## Limitations & Troubleshooting
## Changelog
""".splitlines()

# Texts in the code that nobody who syncs ever reads.
NOT_SHOWN = {
    "the user must act",
    "try again later",
    "AWS knows the caller as",
    "is read account by account",
    "Concurrent read failure",
    "the top level",
    "with data events",
    "profiles by role",
    "virtual devices by user",
    "vpc endpoint policy",
    "with an explicit deny",
    "' at '(\\w+)' failed to satisfy",
    "can't start new thread",
    "failed to map segment from shared object",
    # Who asks AWS (aws/operations.py).
    "the account that is read",
    "the account that is read, in each of its Regions",
    "the delegated administrator of a service, or the management account",
    # A manifest or a call that does not fit the code: no release of the connector has one.
    "manifest.yaml and aws/operations.py do not fit.",
    "scope is",
    ", and has to be one of",
    "needs does not say which calls bring",
    "it has no primary_key",
    "the operation",
    "is not declared in aws/operations.py",
    ": botocore has no such operation.",
    "The AWS operation",
    "is not declared.",
    "The config of a stream has no",
    ". SourceAwsIam.streams() puts it there.",
    "a client is called without the parameter",
    ", which says whose call it is",
}
PROSE = re.compile(r"[A-Za-z_]+,? [a-z_]+,? [a-z_]+")

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def flat(page: Path) -> str:
    return " ".join(text(page).split())


def blocks(page: Path, language: str) -> Iterator[str]:
    """Yield the code blocks of a page, also the indented ones of a list."""
    yield from re.findall(rf"^ *```{language}\n(.*?)^ *```$", text(page), re.DOTALL | re.MULTILINE)


def table(page: Path, title: str) -> list[list[str]]:
    """Return the cells of the first table of a page whose first column is `title`, without its head."""
    lines = text(page).splitlines()
    start = next(number for number, line in enumerate(lines) if re.match(rf"\| {title} +\||\| {title} \|", line))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def head(page: Path, title: str) -> list[str]:
    """Return the titles of the first table of a page whose first column is `title`."""
    line = next(line for line in text(page).splitlines() if line.startswith(f"| {title} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def code(cell: str) -> list[str]:
    return re.findall("`([^`]+)`", cell)


def actions(names: Iterable[str]) -> set[str]:
    """Return IAM actions without service and case: "iam:ListUsers" -> "listusers"."""
    return {name.split(":")[1].lower() for name in names}


def unspelt(calls: Iterable[str]) -> set[str]:
    """Return the calls of a call plan in the same form: "iam.list_users" -> "listusers". Actions have no version."""
    return {call.split(".")[1].replace("_", "").removesuffix("v2") for call in calls}


def besides(stream: dict[str, Any]) -> list[str]:
    """Return the calls that a stream is better with: optional ones, and those that few rows or settings need."""
    retriever = stream["retriever"]
    plans = [*retriever.get("few_rows", {}).values(), *retriever.get("with_setting", {}).values()]
    needed = [call for plan in plans for ways in plan.values() for way in ways for call in way]
    return [*retriever.get("optional_calls", []), *needed]


def verdicts(patterns: Iterable[str]) -> dict[str, str]:
    """Return what can be read of each stream with the IAM actions that match one of `patterns`."""
    allowed = [pattern.lower() for pattern in patterns]
    refused = {
        call
        for needs in NEEDS.values()
        for ways in needs.values()
        for way in ways
        for call in way
        if not any(fnmatchcase(docs.action(call).lower(), pattern) for pattern in allowed)
    }
    return {name: judge(needs, refused).readable.value for name, needs in NEEDS.items()}


def texts() -> Iterator[list[str]]:
    """Yield every text in the package as its fixed parts: what stands between its placeholders."""
    for file in sorted(file for package in ("source_aws_iam", "aws_calls") for file in (ROOT / package).rglob("*.py")):
        tree = ast.parse(text(file))
        done = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Assert) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
                done |= {id(inner) for inner in ast.walk(node)}  # docstrings, and what only we read
            inside = node.values if isinstance(node, ast.JoinedStr) else [node]
            found = [part.value for part in inside if isinstance(part, ast.Constant) and isinstance(part.value, str)]
            if id(node) not in done:
                done |= {id(part) for part in inside}
                yield [" ".join(part.split()) for whole in found for part in re.split(r"\{[^{}]*\}|%[sd]", whole)]


def shown() -> Iterator[str]:
    """Yield the fixed parts of the texts that are sentences."""
    for parts in texts():
        if any(PROSE.search(part) for part in parts):
            yield from (part for part in parts if re.search(r"\w \w", part) and part not in NOT_SHOWN)


def anchors(page: Path) -> set[str]:
    headings = re.findall("^#+ (.+)$", text(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", docs.FILES, ids=lambda page: page.name)
def test_the_generated_parts_of_a_page_are_current(page: Path) -> None:
    assert text(page) == docs.current(text(page)), "run python tools/docs.py"


def test_every_part_that_can_be_generated_stands_in_some_page_between_whole_marks() -> None:
    used = [found["name"] for page in docs.FILES for found in docs.PART.finditer(text(page))]
    marks = sum(text(page).count("<!-- generated: ") + text(page).count("<!-- end of ") for page in docs.FILES)

    assert set(used) == set(docs.PARTS)
    assert marks == 2 * len(used)


def test_the_command_mends_stale_parts_and_with_check_only_tells(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Before.\n<!-- generated: policy -->\nold\n<!-- end of policy -->\nAfter.\n", encoding="utf-8")

    with pytest.raises(SystemExit, match=r"Stale: page\.md\. Run python tools/docs\.py\."):
        docs.main(["--check"], [page])
    assert "old" in text(page)

    docs.main([], [page])
    assert text(page).startswith("Before.\n<!-- generated: policy -->\n\n```json\n{\n")
    assert text(page).endswith("```\n\n<!-- end of policy -->\nAfter.\n")
    docs.main(["--check"], [page])


@pytest.mark.parametrize("page", [README, GUIDE], ids=lambda page: page.name)
def test_the_table_of_streams_is_that_of_the_manifest(page: Path) -> None:
    listed = [(code(row[0]), code(row[2])) for row in table(page, "Stream")]

    assert listed == [([stream["name"]], stream["primary_key"]) for stream in STREAMS]


def test_the_table_of_permissions_is_that_of_the_manifest() -> None:
    listed = {code(row[0])[0]: [actions(code(cell)) for cell in row[1:]] for row in table(PERMISSIONS, "Stream")}

    assert list(listed) == [stream["name"] for stream in STREAMS]
    for stream in STREAMS:
        needed, instead, optional = listed[stream["name"]]
        ways = list(stream["retriever"]["needs"].values())
        assert needed == unspelt(call for way in ways for call in way[0])
        assert instead == unspelt(call for way in ways for others in way[1:] for call in others) - needed
        assert optional == unspelt(besides(stream)) - needed


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream["name"])
def test_every_stream_has_a_section_with_all_its_columns_and_what_they_mean(stream: dict[str, Any]) -> None:
    sections = dict(
        re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", text(ROOT / "docs" / "streams.md"), re.DOTALL | re.MULTILINE)
    )
    schema = json.loads(text(ROOT / "source_aws_iam" / "schemas" / f"{stream['name']}.json"))
    rows = re.findall(r"^\| `(.+?)` \| .+? \| (.+) \|$", sections[stream["name"]], re.MULTILINE)

    expected = [(path, field["description"]) for path, field in docs.fields(schema)]
    assert [(path, meaning.replace("\\|", "|")) for path, meaning in rows] == expected
    assert [path for path, meaning in expected if not meaning.strip()] == []
    assert schema["description"] in sections[stream["name"]]


def test_every_stream_and_every_field_of_the_form_is_in_the_guide() -> None:
    fields = {**SPEC["properties"]}
    for parent in [name for name, field in fields.items() if "oneOf" in field]:
        for option in fields[parent]["oneOf"]:
            for name, field in option["properties"].items():
                inner = field.get("items", {}).get("properties", {})
                fields |= {f"{parent}.{name}": field, **{f"{parent}.{name}[].{key}": inner[key] for key in inner}}

    listed = {code(row[1])[0]: row for row in table(GUIDE, "Field")}
    chosen = [name for name, field in fields.items() if "oneOf" not in field and "const" not in field]
    assert [name for name in chosen if name not in listed] == []
    assert [name for name in chosen if [listed[name][0], listed[name][3]] != said(fields[name])] == []
    assert [field["title"] for field in fields.values() if f"| {field['title']} | " not in text(GUIDE)] == [
        "Credentials",
        "Accounts",
        "Source of Audit Events",
        "Audit Events",
        "Authentication",
        "Scope",
        "Source",
        "Selection",
    ], "those that the form shows as choices"
    assert [stream["name"] for stream in STREAMS if f"- `{stream['name']}`" not in text(GUIDE)] == []


def said(field: dict[str, Any]) -> list[str]:
    return [field["title"], field["description"]]


def test_every_choice_of_the_form_is_in_the_guide() -> None:
    listed = [[row[0], row[3]] for row in table(GUIDE, "Field")]

    for name, field in SPEC["properties"].items():
        for title, meaning in map(said, field.get("oneOf", [])):
            assert [f"**{title}**", meaning] in listed, name


def test_every_permission_is_explained_or_needed_by_some_stream() -> None:
    called = {
        docs.action(call)
        for stream in STREAMS
        for calls in (
            besides(stream),
            *(way for ways in NEEDS[stream["name"]].values() for way in ways),
        )
        for call in calls
    }

    assert sorted(name for name in called if f"`{name}`" not in text(PERMISSIONS)) == []


def test_the_map_of_data_types_has_what_the_schemas_have() -> None:
    fields = [
        field
        for stream in STREAMS
        for _, field in docs.fields(json.loads(text(ROOT / "source_aws_iam" / "schemas" / f"{stream['name']}.json")))
    ]
    used = {kind for field in fields for kind in ([field["type"]] if isinstance(field["type"], str) else field["type"])}
    used |= {field[key] for field in fields for key in ("format", "airbyte_type") if key in field}

    mapped = {name for row in table(GUIDE, "AWS") for name in code(row[1])}
    assert used - {"null"} == mapped - {"Z", "document_text"}


def test_the_prerequisites_name_what_the_form_demands() -> None:
    section = text(GUIDE).split("## Prerequisites")[1].split("## Setup guide")[0]

    for option in SPEC["properties"]["credentials"]["oneOf"]:
        demanded = [option["properties"][name]["title"] for name in option["required"] if name != "auth_type"]
        assert [title for title in (option["title"], *demanded) if f"**{title}**" not in section] == []


def test_every_message_of_the_connector_is_explained_in_the_guide() -> None:
    assert sorted({part for part in shown() if part not in flat(GUIDE)}) == []


def test_every_message_in_the_guide_is_one_that_the_connector_still_has() -> None:
    known = {part for parts in texts() for part in parts if " " in part and len(part) > 8}
    explained = re.findall('^- "(.+?)"', text(GUIDE).split("### Messages", 1)[1], re.MULTILINE)

    assert len(explained) > 20
    assert [message for message in explained if not any(part in message for part in known)] == []


def test_messages_are_found_where_they_are_written() -> None:
    """Without these, the test above would pass for want of messages."""
    assert {
        "AWS does not know the access key that signed",
        "lies in the partition",
        "The connection works, but not as well as it could.",
    } <= set(shown())


def test_the_guide_has_the_headings_that_airbyte_asks_for_in_its_order() -> None:
    headings = re.findall("^#+ .+$", re.sub("```.*?```", "", text(GUIDE), flags=re.DOTALL), re.MULTILINE)

    assert [heading for heading in headings if heading in HEADINGS] == HEADINGS


@pytest.mark.parametrize("page", [README, GUIDE], ids=lambda page: page.name)
def test_the_examples_of_configurations_are_valid_and_show_both_ways_to_sign_in(page: Path) -> None:
    configs = [config for config in map(json.loads, blocks(page, "json")) if "credentials" in config]

    assert [problems(config, SPEC) for config in configs] == [[]] * len(configs)
    assert {config["credentials"]["auth_type"] for config in configs} == {"iam_role", "access_key"}


@pytest.mark.parametrize("page", [README, GUIDE, PERMISSIONS], ids=lambda page: page.name)
def test_the_policies_allow_what_the_manifest_calls_and_nothing_else(page: Path) -> None:
    statements = [
        statement
        for document in map(json.loads, blocks(page, "json"))
        for statement in document.get("Statement", [])
        # One has the name of a bucket in it, which no call plan knows.
        if "Principal" not in statement and statement["Action"] != "sts:AssumeRole" and statement["Resource"] == "*"
    ]

    assert len(statements) == 1
    assert statements[0]["Resource"] == "*"
    assert actions(statements[0]["Action"]) == unspelt(
        call
        for stream in STREAMS
        for way in [
            besides(stream),
            *(ways[0] for ways in NEEDS[stream["name"]].values()),
        ]
        for call in way
    )


def test_with_the_policy_of_the_pages_every_stream_is_complete() -> None:
    (policy,) = [found for found in map(json.loads, blocks(PERMISSIONS, "json")) if "Sid" in found["Statement"][0]]

    assert set(verdicts(policy["Statement"][0]["Action"]).values()) == {"complete"}


@pytest.mark.parametrize("row", table(PERMISSIONS, "Policy"), ids=lambda row: code(row[0])[0])
def test_what_is_said_of_aws_managed_policies_is_true(row: list[str]) -> None:
    document = json.loads(aws_managed_policies_data)[code(row[0])[0]]["Document"]
    found = verdicts(
        pattern
        for statement in document["Statement"]
        if statement["Effect"] == "Allow"
        for pattern in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    )

    kinds = [title.lower() for title in head(PERMISSIONS, "Policy")[1:]]
    said = {
        name: kind
        for kind, cell in zip(kinds, row[1:], strict=True)
        for pattern in code(cell)
        for name in fnmatch.filter(NEEDS, pattern) or [pattern]
    }
    (others,) = [kind for kind, cell in zip(kinds, row[1:], strict=True) if cell in {"all", "all others"}]
    assert found == {name: said.get(name, others) for name in NEEDS}


def test_the_verdict_of_the_smaller_sets_is_that_of_the_call_plan() -> None:
    section = text(PERMISSIONS).split("<!-- generated: sets -->")[1].split("<!-- end of sets -->")[0]
    first, second = [code(line) for line in section.splitlines() if line.startswith("- ")]

    for column, allowed in ((1, first), (2, [*first, *second])):
        rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| `")]
        said = {code(cells[0])[0]: cells[column].split()[0].strip(",") for cells in rows}
        assert said == verdicts(allowed)


def test_the_smaller_sets_hold_actions_that_aws_has_and_one_that_the_connector_does_without() -> None:
    called = {docs.action(call) for needs in NEEDS.values() for ways in needs.values() for way in ways for call in way}
    wide = docs.SETS["With policies and credentials"]

    assert [name for name in wide if name not in called] == ["iam:ListUserTags"]
    assert len(set(wide)) == len(wide)


@pages
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", text(page)):
        if not target.startswith("https://"):
            path, _, anchor = target.partition("#")
            linked = (page.parent / path).resolve() if path else page
            assert linked.is_file(), target
            assert not anchor or anchor in anchors(linked), target


@pages
def test_every_command_of_a_page_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text(ROOT / "Makefile"), re.MULTILINE))

    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", text(page), re.MULTILINE)) <= targets
    assert all((ROOT / script).is_file() for script in re.findall(r"python (tools/\w+\.py)", text(page)))


@pages
def test_a_page_links_to_encrypted_addresses_only(page: Path) -> None:
    plain = re.findall(r"http://[^\s)\"'`]+", text(page))

    assert [
        address for address in plain if not re.match(r"http://(localhost|127\.0\.0\.1|json-schema\.org)", address)
    ] == []


def test_the_version_is_the_same_wherever_it_is_written() -> None:
    (version,) = re.findall('^version = "(.+)"$', text(ROOT / "pyproject.toml"), re.MULTILINE)
    metadata = yaml.safe_load(text(ROOT / "metadata.yaml"))["data"]
    changelog = re.search(r"^## \[(.+?)\] - (.+)$", text(ROOT / "CHANGELOG.md"), re.MULTILINE)
    guide = table(GUIDE, "Version")[0]

    assert changelog is not None
    assert {
        "metadata.yaml": metadata["dockerImageTag"],
        "CHANGELOG.md": changelog[1],
        "docs/aws-iam.md": guide[0],
        **{
            f"Dockerfile {label}": found
            for label, found in re.findall(r'(\S+\.version)="(.+?)"', text(ROOT / "Dockerfile"))
        },
    } == {
        "metadata.yaml": version,
        "CHANGELOG.md": version,
        "docs/aws-iam.md": version,
        "Dockerfile org.opencontainers.image.version": version,
        "Dockerfile io.airbyte.version": version,
    }
    assert str(metadata["releaseDate"]) == changelog[2] == guide[1]
    for page in (README, GUIDE):
        assert {*re.findall(r"source-aws-iam:(\d[\w.-]*)", text(page))} == {version}


def test_every_version_of_the_changelog_is_in_the_guide() -> None:
    versions = re.findall(r"^## \[(\d.+?)\]", text(ROOT / "CHANGELOG.md"), re.MULTILINE)

    assert [row[0] for row in table(GUIDE, "Version")] == versions
