"""The analyses of the dbt package as SQL of DuckDB on the tables as they are landed, without dbt: docs/queries/*.sql.

    python tools/analyses.py            rewrite them
    python tools/analyses.py --check    exit with 1 and the names of the files that are stale

A reader without dbt gets a table where an analysis refers to its staging model, and a short expression of DuckDB where
it calls a macro. dbt_tests/test_analyses.py holds these against what dbt makes of the analyses.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined

ROOT = Path(__file__).parent.parent
ANALYSES = ROOT / "dbt" / "analyses"
FOLDER = ROOT / "docs" / "queries"
# The order of the page: what people come for first stands first.
NAMES = (
    *("outside_trust", "admins_without_mfa", "unused_keys", "unused_roles", "wide_statements", "open_oidc_roles"),
    *("iam_changes", "left_groups", "one_actor", "root_usage", "failed_sign_ins", "refused_calls"),
    *("last_sign_ins", "last_use"),
    *("admin_instances", "reachable_instances", "open_security_groups", "outside_sharing", "imds_v1_instances"),
    *("users_by_tag", "unread_streams", "incomplete_rows", "failed_accounts"),
)
_TYPES = {"text": "text", "integer": "bigint", "boolean": "boolean"}


def parts(name: str) -> tuple[str, str, str]:
    """Return an analysis as (question, note, statement of DuckDB)."""
    [entry] = yaml.safe_load((ANALYSES / f"{name}.yml").read_text(encoding="utf-8"))["analyses"]
    question, note = entry["description"].strip().split("\n\n")
    return question, note, plain((ANALYSES / f"{name}.sql").read_text(encoding="utf-8"))


def plain(analysis: str) -> str:
    """Return the text of an analysis as DuckDB runs it on the landed tables."""
    environment = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701 - this is SQL, not HTML
    return environment.from_string(analysis).render(_macros(analysis)).strip()


def _macros(analysis: str) -> dict[str, Any]:
    """Return what an analysis calls, by name. Arguments are expressions, as those of the macros in dbt/macros are."""

    def unnest_json(json: str, alias: str) -> str:
        items = "json" if f"item_json('{alias}')" in analysis else "text"
        return f"cross join unnest(cast({json} as {items}[])) as {alias}(item)"

    return {
        "ref": lambda model: model.removeprefix("stg_"),
        "type_of": _TYPES.__getitem__,
        "days_ago": lambda days: f"current_timestamp at time zone 'UTC' - interval '{days}' day",
        "json_of_text": lambda text: text,
        "json_as_text": lambda json: f"cast({json} as text)",
        "json_text": lambda json, path: f"json_extract_string({json}, '$.{'.'.join(path)}')",
        "json_array_has": lambda json, text: f"list_contains(cast({json} as text[]), {text})",
        "unnest_json": unnest_json,
        "item_json": "{}.item".format,
        "item_text": "{}.item".format,
        "regex_group": lambda text, expression: f"regexp_extract({text}, '{expression}', 1)",
        "texts_of_group": lambda text: f"string_agg(distinct {text}, ', ' order by {text})",
    }


def file_of(name: str) -> str:
    """Return what is published of an analysis."""
    question, note, statement = parts(name)
    return f"-- {question}\n-- {note}\n{statement}\n"


def main(arguments: Sequence[str], folder: Path = FOLDER) -> None:
    """Rewrite, or with --check only compare."""
    expected = {folder / f"{name}.sql": file_of(name) for name in NAMES}
    kept = {*folder.glob("*.sql")} - expected.keys()
    stale = [path for path, text in expected.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in arguments and (stale or kept):
        sys.exit(f"Stale: {', '.join(sorted(path.name for path in {*stale, *kept}))}. Run python tools/analyses.py.")
    for path in kept:
        path.unlink()
    for path in stale:
        path.write_text(expected[path], encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
