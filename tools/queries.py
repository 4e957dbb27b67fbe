"""The example queries of docs/queries.md: analyses of the dbt package, for DuckDB and for the other warehouses.

What sqlglot cannot know is how Airbyte lands the columns: arrays and objects are JSON in DuckDB and BigQuery, ARRAY and
OBJECT in Snowflake; JSON that is text in the schema is text everywhere; and only DuckDB's times have no time zone.
"""

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import sqlglot
from sqlglot import ErrorLevel, exp

from tools.analyses import NAMES, parts

ROOT = Path(__file__).parent.parent
# What Snowflake calls an item of a list that is taken apart.
_VALUE = "value"
WAREHOUSES = {"snowflake": "Snowflake", "bigquery": "BigQuery"}


@lru_cache
def types() -> dict[str, dict[str, str]]:
    """Return {stream: {column: its type in DuckDB}}, as PyAirbyte makes the tables."""
    plain = {"string": "TEXT", "integer": "BIGINT", "boolean": "BOOLEAN", "array": "JSON", "object": "JSON"}
    found: dict[str, dict[str, str]] = {}
    for file in sorted((ROOT / "source_aws_iam" / "schemas").glob("*.json")):
        fields = json.loads(file.read_text(encoding="utf-8"))["properties"]
        found[file.stem] = {}
        for name, field in fields.items():
            [kind] = {*([field["type"]] if isinstance(field["type"], str) else field["type"])} - {"null"}
            found[file.stem][name] = "TIMESTAMP" if field.get("format") == "date-time" else plain[kind]
    return found


def translated(statement: str, dialect: str) -> str:
    """Return a DuckDB statement in another dialect."""
    tree = sqlglot.parse_one(statement, read="duckdb", error_level=ErrorLevel.RAISE)
    columns = {
        column: kind for table in tree.find_all(exp.Table) for column, kind in types().get(table.name, {}).items()
    }
    columns |= dict.fromkeys(_objects(tree), "JSON")
    if dialect == "snowflake":
        _flatten(tree)
    tree = tree.transform(lambda node: _landed(node, dialect, columns))
    return tree.sql(dialect, pretty=True, unsupported_level=ErrorLevel.RAISE)


def _objects(tree: exp.Expr) -> Iterator[str]:
    """Yield the names of the items of lists of objects that are taken apart; Snowflake's have one name."""
    for unnest in tree.find_all(exp.Unnest):
        if _is_of_objects(unnest.expressions[0]):
            yield from (*unnest.alias_column_names, _VALUE)


def _is_of_objects(read: exp.Cast) -> bool:
    """Return whether a column is read as a list of objects, and not of texts."""
    return read.to.expressions[0].is_type(exp.DType.JSON)  # type: ignore[no-any-return]


def _landed(node: exp.Expr, dialect: str, columns: dict[str, str]) -> exp.Expr:
    """Return one node as it has to be for how Airbyte lands the columns in this warehouse."""
    if isinstance(node, exp.AtTimeZone):
        return node.this  # type: ignore[no-any-return]  # times have a zone there
    if isinstance(node, exp.Cast):
        return _read(node, dialect, columns)
    if isinstance(node, exp.JSONExtractScalar):
        path = node.expression.sql("duckdb").strip("'")
        if dialect == "bigquery":
            return exp.Anonymous(this="JSON_VALUE", expressions=[node.this, exp.Literal.string(path)])
        if columns[node.this.name] == "JSON":
            inside = exp.Anonymous(
                this="GET_PATH", expressions=[node.this, exp.Literal.string(path.removeprefix("$."))]
            )
            return exp.cast(inside, "TEXT")
    if isinstance(node, exp.Interval) and dialect == "bigquery":
        return exp.Interval(this=exp.Literal.number(node.this.name), unit=node.unit)
    if isinstance(node, exp.Ordered) and isinstance(node.find_ancestor(exp.GroupConcat, exp.Select), exp.GroupConcat):
        node.set("nulls_first", dialect == "bigquery")  # its default; an aggregate cannot be told another
    return node


def _read(node: exp.Cast, dialect: str, columns: dict[str, str]) -> exp.Expr:
    """Return how this warehouse reads a list, or an object as text."""
    if node.to.is_type(exp.DType.ARRAY):
        of_objects = exp.Anonymous(this="JSON_QUERY_ARRAY", expressions=[node.this])
        in_bigquery = of_objects if _is_of_objects(node) else exp.func("JSON_VALUE_ARRAY", node.this, dialect=dialect)
        return node.this if dialect == "snowflake" else in_bigquery
    if node.to.is_type(exp.DType.TEXT) and columns.get(node.this.name) == "JSON":
        return exp.func("TO_JSON" if dialect == "snowflake" else "TO_JSON_STRING", node.this)
    return node


def _flatten(tree: exp.Expr) -> None:
    """Make each list that is taken apart Snowflake's FLATTEN, whose values are variants."""
    for unnest in list(tree.find_all(exp.Unnest)):
        alias, [name] = unnest.alias, unnest.alias_column_names
        value = exp.column(_VALUE, table=alias)
        item = value if _is_of_objects(unnest.expressions[0]) else exp.cast(value, "TEXT")
        for column in unnest.parent_select.find_all(exp.Column):  # type: ignore[union-attr]
            if (column.table, column.name) == (alias, name):
                column.replace(item.copy())
        like = sqlglot.parse_one("SELECT 1 FROM t, LATERAL FLATTEN(INPUT => c)", read="snowflake")
        lateral = next(like.find_all(exp.Lateral))
        lateral.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
        next(lateral.find_all(exp.Kwarg)).set("expression", unnest.expressions[0].copy())
        unnest.replace(lateral)


def queries() -> Iterator[str]:
    """One section per question, with its answer in each dialect."""
    for name in NAMES:
        question, note, statement = parts(name)
        yield from (f"## {question}", "", note, "", "DuckDB:", "", "```sql", statement, "```", "")
        for dialect, title in WAREHOUSES.items():
            yield from ("<details>", f"<summary>{title}</summary>", "", f"```sql {dialect}")
            yield from (translated(statement, dialect), "```", "", "</details>", "")
