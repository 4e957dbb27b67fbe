"""Write the parts of dbt/ that follow from manifest.yaml and the schema files: sources, staging models, their columns.

    python tools/dbt_sources.py            rewrite them
    python tools/dbt_sources.py --check    exit with 1 and the names of the files that are stale

Keys are tested on the staging models: a table in append mode has rows of earlier syncs, and one may be missing.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from tools.docs import ROOT, Schema, declared

PACKAGE = ROOT / "dbt"
NOTE = "Written by tools/dbt_sources.py from the schemas of the connector."
EXTRACTED = "_airbyte_extracted_at"
EXTRACTED_IS = "When the connector read the row, as Airbyte says it."
# Airbyte lands JSON as one type in each warehouse, whatever is in it.
KINDS = {"string": "text", "integer": "integer", "boolean": "boolean", "array": "json", "object": "json"}


def kind(field: Schema) -> str:
    """Return what a column is in every database: text, integer, boolean, json or timestamp."""
    if field.get("format") == "date-time":
        return "timestamp"
    types = [field["type"]] if isinstance(field["type"], str) else field["type"]
    [name] = {*types} - {"null"}
    return KINDS[name]


def shapes() -> dict[str, dict[str, Any]]:
    """Return {stream: columns with their kinds, key, cursor, and whether each sync brings the whole table}."""
    return {
        name: {
            "columns": {column: kind(field) for column, field in stream.json_schema["properties"].items()},
            "key": [column for path in stream.source_defined_primary_key or [] for column in path],
            "cursor": stream.default_cursor_field or [],
            "is_inventory": not stream.default_cursor_field,
        }
        for name, (stream, _) in declared().items()
    }


def macro() -> str:
    """Return the macro that tells the staging models what they are made of."""
    lines = ",\n".join(f"    {json.dumps(name)}: {json.dumps(shape)}" for name, shape in shapes().items())
    text = lines.replace('"is_inventory": true', '"is_inventory": True').replace(
        '"is_inventory": false', '"is_inventory": False'
    )
    return f"{{# {NOTE} #}}\n{{% macro stream_shapes() %}}\n  {{{{ return({{\n{text}\n  }}) }}}}\n{{% endmacro %}}\n"


def sources() -> str:
    """Return the sources: every stream as Airbyte lands it."""
    tables = [
        {
            "name": name,
            "identifier": f"{{{{ var('aws_iam_table_prefix') }}}}{name}",
            "description": stream.json_schema["description"],
            "columns": columns(stream.json_schema),
        }
        for name, (stream, _) in declared().items()
    ]
    source = {
        "name": "aws_iam",
        "description": "The tables that source-aws-iam lands, one per stream.",
        "database": "{{ var('aws_iam_database') or target.database }}",
        "schema": "{{ var('aws_iam_schema') or target.schema }}",
        "tables": tables,
    }
    return document({"version": 2, "sources": [source]})


def columns(schema: Schema) -> list[dict[str, Any]]:
    """Return the columns of a stream with their descriptions."""
    return [{"name": name, "description": field["description"]} for name, field in schema["properties"].items()]


def staging(name: str) -> str:
    """Return the properties of one staging model: its columns, and the tests of its key."""
    stream, _ = declared()[name]
    described = columns(stream.json_schema)
    key = shapes()[name]["key"]
    for column in described:
        if column["name"] in key:
            column["data_tests"] = ["not_null"] if len(key) > 1 else ["unique", "not_null"]
    model: dict[str, Any] = {"name": f"stg_{name}", "description": stream.json_schema["description"]}
    if len(key) > 1:
        model["data_tests"] = [{"unique_together": {"columns": key}}]
    model["columns"] = [*described, {"name": EXTRACTED, "description": EXTRACTED_IS}]
    return document({"version": 2, "models": [model]})


def document(content: dict[str, Any]) -> str:
    """Return a YAML file."""
    return f"# {NOTE}\n{yaml.safe_dump(content, sort_keys=False, width=120, allow_unicode=True)}"


def files(package: Path) -> Iterator[tuple[Path, str]]:
    """Yield every generated file and what has to be in it."""
    yield package / "macros" / "stream_shapes.sql", macro()
    yield package / "models" / "sources" / "aws_iam.yml", sources()
    for name in declared():
        folder = package / "models" / "staging"
        yield folder / f"stg_{name}.sql", f"{{{{ staging({name!r}) }}}}\n"
        yield folder / f"stg_{name}.yml", staging(name)


def main(arguments: Sequence[str], package: Path = PACKAGE) -> None:
    """Rewrite, or with --check only compare."""
    expected = dict(files(package))
    kept = {path for path in (package / "models" / "staging").glob("stg_*.*") if path not in expected}
    stale = [path for path, text in expected.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in arguments and (stale or kept):
        names = ", ".join(sorted(path.name for path in {*stale, *kept}))
        sys.exit(f"Stale: {names}. Run python tools/dbt_sources.py.")
    for path in kept:
        path.unlink()
    for path in stale:
        path.write_text(expected[path], encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
