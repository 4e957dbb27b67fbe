"""The page: asks the warehouse and fills the templates."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any, Final

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from integration_tests.report_page.bars import Rows, bars
from integration_tests.report_page.heat import heat
from integration_tests.report_page.sections import SECTIONS, SEVERITIES, Section
from integration_tests.report_page.timeline import HEIGHT, LINE_HEIGHT, lines, timeline

Ask = Callable[[str], Rows]
"""Puts a query to the warehouse."""

_TABLES: Final = "select table_name from information_schema.tables where table_schema = current_schema()"
_ANY: Final = "select 1 as one from {} limit 1"


@dataclass(frozen=True)
class Answer:
    section: Section
    missing: Sequence[str]
    """Streams that the warehouse does not have."""
    empty: Sequence[str]
    """Streams without a row, where nothing was found: whoever looks at nothing finds nothing."""
    rows: Rows

    @property
    def is_told(self) -> bool:
        return not self.missing and not self.empty


@dataclass(frozen=True)
class Tile:
    severity: str
    found: int
    unknown: int
    rules: int


def answers(ask: Ask) -> list[Answer]:
    there = {row["table_name"] for row in ask(_TABLES)}
    return [_answer(ask, section, there) for section in SECTIONS]


def tiles(answer: Answer) -> Iterator[Tile]:
    """One for each severity, of the findings by rule."""
    for severity in SEVERITIES:
        rows = [row for row in answer.rows if row["severity"] == severity]
        found, unknown = (sum(row[name] for row in rows) for name in ("found", "unknown"))
        yield Tile(severity, found, unknown, sum(row["found"] > 0 for row in rows))


def asking(connection: duckdb.DuckDBPyConnection) -> Ask:
    def ask(sql: str) -> Rows:
        done = connection.execute(sql)
        names = [column[0] for column in done.description or ()]
        return [dict(zip(names, values, strict=True)) for values in done.fetchall()]

    return ask


def write_report(database: Path, file: Path, source: str) -> None:
    """Of a DuckDB database that has the models. `source` says in a few words what was read."""
    with duckdb.connect(str(database), read_only=True) as connection:
        given = answers(asking(connection))
    file.write_text(page(given, source, datetime.now(timezone.utc)), encoding="utf-8")


def page(answered: Sequence[Answer], source: str, now: datetime) -> str:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown"] = _shown
    environment.filters["said"] = _said
    environment.globals.update(
        bars=bars,
        heat=heat,
        lines=lines,
        tiles=tiles,
        timeline=timeline,
        column_height=HEIGHT,
        line_height=LINE_HEIGHT,
    )
    return environment.get_template("page.html").render(answers=answered, source=source, now=now)


def _answer(ask: Ask, section: Section, there: Collection[str]) -> Answer:
    missing = [stream for stream in section.streams if stream not in there]
    rows = [] if missing else ask(section.sql)
    empty = [] if missing or rows else [stream for stream in section.streams if not ask(_ANY.format(stream))]
    return Answer(section, missing, empty, rows)


def _shown(value: Any) -> str:
    """A value as people read it. Times are in UTC, which the page says."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    return "none" if value is None else f"{value:,}" if isinstance(value, int | float) else str(value)


def _said(column: str) -> str:
    """A heading, of the name that the query gives a column."""
    words = column.replace("_", " ").replace("mfa", "MFA").replace("arn", "ARN").replace(" id", " ID")
    return words[:1].upper() + words[1:]
