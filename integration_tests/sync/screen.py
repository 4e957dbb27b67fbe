"""The output: on a terminal lines that change, in a log file one line every few seconds."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

from rich import box
from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

SECONDS_BETWEEN_LINES: Final = 3
_WIDTH_OF_A_LOG: Final = 120


@runtime_checkable
class Changing(Protocol):
    """A result of which a part changes, and the rest may be long."""

    def news(self) -> str:
        """What has changed since this was last asked."""


class Step:
    """Something under way. The str() of `result` is what there is to say about it at the moment."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._begun = time.monotonic()
        self.result: object = ""
        self._said = ""

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._begun

    def __str__(self) -> str:
        return f"{self._title} … {self.result}".rstrip()

    def news(self) -> str:
        """What there is to say that has not been said; empty if nothing."""
        news = self.result.news() if isinstance(self.result, Changing) else str(self.result)
        before, self._said = self._said, news
        return f"{self._title} … {news}" if news and news != before else ""

    def __rich__(self) -> Text:
        return Text(str(self), overflow="ellipsis", no_wrap=True)


class Screen:
    """Writes to what stdout is now, also when stdout is something else later."""

    def __init__(self) -> None:
        file = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding=sys.stdout.encoding, errors="replace")
        width = None if file.isatty() else _WIDTH_OF_A_LOG
        self._console = Console(file=file, width=width, highlight=False, markup=False, emoji=False)

    def say(self, text: str = "", style: str | None = None) -> None:
        self._console.print(text, style=style, soft_wrap=True)

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        step = Step(title)
        try:
            with self._moving(step) if self._console.is_terminal else self._repeating(step):
                yield step
        except BaseException:
            self.say(f"{step} failed ({step.seconds:.1f} s)")
            raise
        self.say(f"{step} ({step.seconds:.1f} s)")

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[object]], *totals: Sequence[object]) -> None:
        table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
        for number, column in enumerate(columns):
            numbers = all(isinstance(row[number], int | float | None) for row in rows)
            table.add_column(column, justify="right" if numbers else "left", overflow="fold")
        for row in rows:
            table.add_row(*map(_cell, row))
        table.add_section()
        for row in totals:
            table.add_row(*map(_cell, row))
        self._console.print(table)

    @contextmanager
    def _moving(self, step: Step) -> Iterator[None]:
        # What others print in the meantime is not for the screen.
        with Live(
            Spinner("dots", text=step),
            console=self._console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        ):
            yield

    @contextmanager
    def _repeating(self, step: Step) -> Iterator[None]:
        ended = threading.Event()

        def repeat() -> None:
            while not ended.wait(SECONDS_BETWEEN_LINES):
                news = step.news()
                if news:
                    self.say(news)

        thread = threading.Thread(target=repeat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


@contextmanager
def output_in(log: Path) -> Iterator[None]:
    """What this process and the commands that it runs print goes to `log`."""
    with log.open("w", encoding="utf-8") as file:
        kept = [os.dup(1), os.dup(2)]
        _redirect([file.fileno(), file.fileno()])
        try:
            yield
        finally:
            _redirect(kept)
            for descriptor in kept:
                os.close(descriptor)


def _redirect(descriptors: Sequence[int]) -> None:
    for number, (stream, descriptor) in enumerate(zip((sys.stdout, sys.stderr), descriptors, strict=True), start=1):
        stream.flush()
        os.dup2(descriptor, number)


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, float):
        return f"{value:,.1f}"
    return "-" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
