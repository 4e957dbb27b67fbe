"""What the connector uses of its libraries although nobody promises that it stays, and how a test says so."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any, ParamSpec

Given = ParamSpec("Given")
ROOT = Path(__file__).parents[2]
# Tests are named only where nothing else uses it.
FOLDERS = (("aws_calls", "source_aws_iam", "tools"), ("unit_tests",))


@dataclass(frozen=True)
class Use:
    """One use. `sign` is what stands in the modules that have it. `instead` is what to do when it is gone."""

    what: str
    sign: str
    why: str
    instead: str

    def where(self) -> list[str]:
        """The modules that have it."""
        for folders in FOLDERS:
            paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.*"))]
            paths = [path for path in paths if path.suffix in {".py", ".yaml"}]
            found = [
                path for path in paths if Path(__file__).parent not in path.parents and self.sign in path.read_text()
            ]
            if found:
                return [str(path.relative_to(ROOT)) for path in found]
        return []


USES: list[Use] = []
CANARIES = (
    "test_botocore_calls",
    "test_botocore_credentials",
    "test_botocore_models",
    "test_cdk_command",
    "test_cdk_reading",
)


def uses() -> list[Use]:
    """All uses."""
    for module in CANARIES:
        import_module(f"{__package__}.{module}")
    # In whatever order, and however often, the tests have been imported.
    return sorted(set(USES), key=lambda use: use.what)


def canary(what: str, *, sign: str, why: str, instead: str) -> Callable[[Callable[Given, None]], Callable[Given, None]]:
    """Let a test of a library say, when it fails, what the connector needs that for and what to do."""
    use = Use(what, sign, why, instead)
    USES.append(use)

    def decorate(test: Callable[Given, None]) -> Callable[Given, None]:
        @wraps(test)
        def run(*arguments: Given.args, **named: Given.kwargs) -> None:
            try:
                test(*arguments, **named)
            except Exception as error:
                raise AssertionError(
                    f"{what}: a library has changed this ({type(error).__name__}: {error}). {instead} "
                    f"It is used in {', '.join(use.where())}: {why}"
                ) from error

        return run

    return decorate


def name(path: str) -> Any:
    """Return what has this name, "botocore.utils:lowercase_dict": an import above would fail before any test could."""
    module, _, names = path.partition(":")
    found: Any = import_module(module)
    for part in names.split("."):
        found = getattr(found, part)
    return found


def parameters(path: str) -> set[str]:
    """Return the names of what a function or class of a library takes."""
    return set(inspect.signature(name(path)).parameters)


def table() -> str:
    """Return the uses as a table in Markdown, for the guide of contributors."""
    rows = [
        f"| {use.what} | {', '.join(f'`{path}`' for path in use.where())} | {use.why} | {use.instead} |"
        for use in uses()
    ]
    return "\n".join(["| What | Where | Why | When it is gone |", "| --- | --- | --- | --- |", *rows]) + "\n"
