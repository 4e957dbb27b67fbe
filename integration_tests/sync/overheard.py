"""The messages of the connector while PyAirbyte runs it. PyAirbyte itself keeps only the records."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]


def _line(records: Mapping[str, int]) -> str:
    return " | ".join(f"{stream} {count:,}" for stream, count in records.items())


@dataclass
class Heard:
    """The messages of one sync, as far as a person wants to know them. Filled while the sync is running."""

    records: Counter[str] = field(default_factory=Counter)
    begun: dict[str, float] = field(default_factory=dict)
    ended: dict[str, float] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    verdict: str | None = None
    """The message of a CONNECTION_STATUS, also of one that succeeded."""
    _told: Counter[str] = field(default_factory=Counter)

    def seconds(self, stream: str) -> float | None:
        return self.ended[stream] - self.begun[stream] if stream in self.ended else None

    def __str__(self) -> str:
        return _line(self.records)

    def news(self) -> str:
        """The streams of which records have come since this was last asked, with their records so far."""
        before, self._told = self._told, self.records.copy()
        return _line({stream: count for stream, count in self._told.items() if count != before[stream]})

    def hear(self, line: str) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            message = {"type": "LOG", "log": {"message": line.rstrip()}}
        listener = _LISTENERS.get(message["type"])
        if listener:
            listener(self, message)

    def _record(self, message: Message) -> None:
        self.records[message["record"]["stream"]] += 1

    def _trace(self, message: Message) -> None:
        trace = message["trace"]
        if trace["type"] == "ERROR":
            self.errors.append(trace["error"]["message"])
            print(trace["error"].get("stack_trace") or trace["error"]["message"])
        elif trace["type"] == "STREAM_STATUS":
            times = {"STARTED": self.begun, "COMPLETE": self.ended}.get(trace["stream_status"]["status"], {})
            times[trace["stream_status"]["stream_descriptor"]["name"]] = trace["emitted_at"] / 1000

    def _connection_status(self, message: Message) -> None:
        self.verdict = message["connectionStatus"].get("message")

    def _log(self, message: Message) -> None:
        print(message["log"].get("level", ""), message["log"]["message"])


_LISTENERS: dict[str, Callable[[Heard, Message], None]] = {
    "RECORD": Heard._record,
    "TRACE": Heard._trace,
    "CONNECTION_STATUS": Heard._connection_status,
    "LOG": Heard._log,
}


class Overheard:
    """A PyAirbyte executor that lets another one run the connector and listens to every line."""

    def __init__(self, executor: Any) -> None:
        self._executor = executor
        self.heard = Heard()

    def execute(self, args: list[str], **options: Any) -> Iterator[str]:
        for line in self._executor.execute(args, **options):
            self.heard.hear(line)
            yield line

    def __getattr__(self, name: str) -> Any:
        return getattr(self._executor, name)
