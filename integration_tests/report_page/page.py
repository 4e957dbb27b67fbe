"""The page: asks the warehouse and fills the templates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from integration_tests.report_page.bars import Rows, bars
from integration_tests.report_page.hours import HEIGHT, LINE_HEIGHT, hours, lines
from integration_tests.report_page.sections import SECTIONS, Section

Ask = Callable[[str], Rows]
"""Puts a query to the warehouse."""

SHOWN: Final = 15
"""Rows of a table. Its query gives them all."""

_TABLES: Final = "select table_name from information_schema.tables"
_ANY: Final = "select 1 as one from {} limit 1"


@dataclass(frozen=True)
class Answer:
    section: Section
    missing: Sequence[str]
    """Streams that the warehouse does not have."""
    empty: Sequence[str]
    """Streams without a row, where nothing was found: whoever looks at nothing finds nothing."""
    rows: Rows

    def findings(self) -> Counter[str]:
        return Counter(row["finding"] for row in self.rows)


def answers(ask: Ask) -> list[Answer]:
    there = {row["table_name"] for row in ask(_TABLES)}
    return [_answer(ask, section, there) for section in SECTIONS]


def write_report(ask: Ask, file: Path, source: str) -> None:
    """`source` says in a few words what was read."""
    file.write_text(page(answers(ask), source, datetime.now(timezone.utc)), encoding="utf-8")


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
        bars=bars, hours=hours, lines=lines, column_height=HEIGHT, line_height=LINE_HEIGHT, rows_shown=SHOWN
    )
    return environment.get_template("page.html").render(answers=answered, source=source, now=now)


def _answer(ask: Ask, section: Section, there: Collection[str]) -> Answer:
    missing = [stream for stream in section.streams() if stream not in there]
    rows = [] if missing else ask(section.sql)
    empty = [] if missing or rows else [stream for stream in section.streams() if not ask(_ANY.format(stream))]
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
