"""PyAirbyte, Airbyte's own Python client, running the installed `source-aws-iam` command."""

from __future__ import annotations

import importlib
import logging
import os
import sys
import warnings
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from integration_tests.sync.overheard import Heard, Overheard

NAME: Final = "source-aws-iam"
COVERAGE: Final = "sync_coverage"


class RefusedError(Exception):
    """The sync cannot go on. The message is written for the person who started it."""


@cache
def pyairbyte(folder: Path) -> Any:
    """Import PyAirbyte, which reads its settings from the environment then and only then.

    It stays offline and keeps its files in `folder`. While the connector runs, one of them is the config with
    its secrets, and PyAirbyte makes it readable for everybody: hence the folder's mode.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    os.environ.update(AIRBYTE_OFFLINE_MODE="1", DO_NOT_TRACK="1", NO_LIVE_PROGRESS="1")
    for variable in ("AIRBYTE_LOGGING_ROOT", "AIRBYTE_PROJECT_DIR", "AIRBYTE_TEMP_DIR"):
        os.environ[variable] = str(folder.absolute())
    with warnings.catch_warnings():
        # Its dependencies announce years ahead what they will stop supporting.
        warnings.simplefilter("ignore")
        try:
            importlib.import_module("airbyte.caches")
        except ModuleNotFoundError as error:
            raise RefusedError(f"PyAirbyte, which runs on Python 3.10 to 3.12, is not installed: {error}.") from error
        return importlib.import_module("airbyte")


class Connector:
    """The command, by default that next to this Python, with one config."""

    def __init__(self, config: Mapping[str, Any], folder: Path, command: Path | None = None) -> None:
        command = command or Path(sys.executable).with_name(NAME)
        if not command.exists():
            raise RefusedError(f"{NAME} is not installed in {command.parent}: run `pip install .` there first.")
        self._airbyte = pyairbyte(folder)
        self._source = self._airbyte.get_source(NAME, config=dict(config), local_executable=command)
        self._overheard = Overheard(self._source.executor)
        self._source.executor = self._overheard

    def close(self) -> None:
        """Close the log files that PyAirbyte would leave open."""
        logger = logging.getLogger(f"airbyte.{NAME}")
        for handler in list(logger.handlers):
            logger.removeHandler(handler)
            handler.close()

    def check(self) -> str | None:
        """What the connector remarks on a connection that works."""
        heard = Heard()
        self._run(heard, self._source.check)
        return heard.verdict

    def streams(self) -> list[str]:
        self._run(Heard(), self._source.get_available_streams)
        return [stream.name for stream in self._source.discovered_catalog.streams]

    def sync(self, warehouse: Any, heard: Heard) -> None:
        """Load every stream as an Airbyte connection would: incremental ones merged by key, others replaced.

        PyAirbyte writes all streams of one read in the same way, hence two reads.
        """
        modes = {stream.name: stream.supported_sync_modes for stream in self._source.discovered_catalog.streams}
        incremental = [name for name, supported in modes.items() if "incremental" in {mode.value for mode in supported}]
        others = [name for name in modes if name not in incremental]
        heard.records.update(dict.fromkeys(modes, 0))
        self._read(heard, warehouse, streams=others, write_strategy="replace", force_full_refresh=True)
        # PyAirbyte replaces nothing by nothing: the table of a stream without rows stays as it was.
        warehouse.execute_sql([f"delete from {name}" for name in others if not heard.records[name]])  # noqa: S608 - our own stream names
        # Each read says of its own streams how complete they are. The rows of the first one stay.
        self._read(heard, warehouse, streams=[*incremental, COVERAGE], write_strategy="merge")

    def merge(self, warehouse: Any, heard: Heard, streams: list[str] | None = None) -> None:
        """Load these streams, or every one, in one read, all of them merged by key."""
        self._read(heard, warehouse, streams=streams or "*", write_strategy="merge")

    def _read(self, heard: Heard, warehouse: Any, **options: Any) -> None:
        self._run(heard, lambda: self._source.read(warehouse, **options, skip_validation=True))

    def _run(self, heard: Heard, command: Callable[[], Any]) -> None:
        self._overheard.heard = heard
        try:
            command()
        except self._airbyte.exceptions.PyAirbyteError as error:
            raise RefusedError("\n".join(heard.errors) or heard.verdict or str(error)) from error
