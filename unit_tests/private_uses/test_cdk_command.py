"""What the connector uses of the CDK without a promise, around a command."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import AirbyteConnectionStatus, ConnectorSpecification, Status, Type

from unit_tests.private_uses.cdk_stream import said
from unit_tests.private_uses.uses import canary, name


@pytest.fixture(autouse=True)
def hook(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entrypoints bring an exception hook of their own, which is gone after the test."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)


@canary(
    "`PRINT_BUFFER` collects the lines of all threads, and writes them to `sys.__stdout__`",
    sign="sys.__stdout__",
    why="Standard output is UTF-8 in every locale, and the process ends where it cannot be written.",
    instead="Set whatever it writes to now in `standard_streams.py`.",
)
def test_lines_are_written_to_the_original_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    written = StringIO()
    monkeypatch.setattr(sys, "__stdout__", written)
    buffer = name("airbyte_cdk.logger:PRINT_BUFFER")
    buffer.write("{}\n")
    buffer.flush()
    assert written.getvalue().endswith("{}\n")


@canary(
    "The CDK's log handler stands at the root logger when `airbyte_cdk.entrypoint` is imported, and writes to "
    "`PRINT_BUFFER`",
    sign="PRINT_BUFFER",
    why="Log lines and records go one way, line by line, and secrets are masked in the former.",
    instead="Add a handler of our own in `command.py`, and write all lines through a buffer of our own.",
)
def test_logs_go_through_the_buffer_of_lines() -> None:
    buffer = name("airbyte_cdk.logger:PRINT_BUFFER")
    assert name("airbyte_cdk.entrypoint:logger").name == "airbyte"
    streams = [getattr(handler, "stream", None) for handler in logging.getLogger().handlers]
    assert any(stream is buffer for stream in streams)


class Entrypoint(AirbyteEntrypoint):
    """Notes what the CDK calls."""

    called: list[str]

    @staticmethod
    def validate_connection(source_spec: ConnectorSpecification, config: Mapping[str, Any]) -> None:
        Entrypoint.called.append("validate_connection")

    @staticmethod
    def set_up_secret_filter(config: Mapping[str, Any], connection_specification: Mapping[str, Any]) -> None:
        Entrypoint.called.append("set_up_secret_filter")


@canary(
    "`AirbyteEntrypoint.check`, `discover` and `read` yield messages, and call `validate_connection` and "
    "`set_up_secret_filter` of a subclass first",
    sign="validate_connection",
    why="A config is refused in words, and secrets are masked in texts instead of lines.",
    instead="Validate in `command.py` before the CDK is called.",
)
def test_the_entrypoint_calls_what_a_subclass_overrides() -> None:
    Entrypoint.called = []
    status = AirbyteConnectionStatus(status=Status.SUCCEEDED)
    ours: Any = SimpleNamespace(
        name="ours",
        check_config_against_spec=True,
        check=lambda *_: status,
        discover=lambda *_: None,
        read=lambda *_: iter([said("read")]),
    )
    entrypoint, spec = Entrypoint(ours), ConnectorSpecification(connectionSpecification={})
    checked = list(entrypoint.check(spec, {}))
    assert [message.connectionStatus for message in checked] == [status]
    assert [message.type for message in entrypoint.discover(spec, {})] == [Type.CATALOG]
    assert [message.type for message in entrypoint.read(spec, {}, None, [])] == [Type.LOG]
    assert Entrypoint.called == ["set_up_secret_filter", "validate_connection"] * 3


@canary(
    "`AirbyteEntrypoint.parse_args` reads `--config`, `--catalog`, `--state` and `--debug` of the four commands",
    sign="parse_args(arguments)",
    why="Airbyte decides on the command line; the connector says in a TRACE message what is wrong with it.",
    instead="Write the parser down in `command.py`: it takes twenty lines.",
)
def test_arguments_are_parsed_as_airbyte_wants_it() -> None:
    parsed = AirbyteEntrypoint.parse_args(["read", "--config", "a", "--catalog", "b", "--state", "c", "--debug"])
    assert {"command": "read", "config": "a", "catalog": "b", "state": "c", "debug": True}.items() <= vars(
        parsed
    ).items()
    assert "config" not in AirbyteEntrypoint.parse_args(["spec"])
    assert AirbyteEntrypoint.parse_args([]).command is None


@canary(
    "`AirbyteLogFormatter` has `level_mapping` and `extract_extra_args_from_record`",
    sign="extract_extra_args_from_record",
    why="Log records become messages, with `--debug` too.",
    instead="Write both down in `log_lines.py`: five levels, and the attributes that a plain record lacks.",
)
def test_the_formatter_knows_levels_and_extras() -> None:
    formatter = name("airbyte_cdk.logger:AirbyteLogFormatter")()
    assert formatter.level_mapping[logging.WARNING].value == "WARN"
    plain = logging.makeLogRecord({"msg": "text", "region": "us-east-1"})
    assert formatter.extract_extra_args_from_record(plain)["region"] == "us-east-1"


@canary(
    "`assemble_uncaught_exception` makes of any exception what can be printed as a TRACE message",
    sign="assemble_uncaught_exception",
    why="A failure is told as Airbyte expects it before the process ends.",
    instead="Use `AirbyteTracedException.from_exception`, which is public, for what is none yet.",
)
def test_any_exception_becomes_a_trace() -> None:
    traced = name("airbyte_cdk.exception_handler:assemble_uncaught_exception")(LookupError, LookupError("x"))
    assert traced.as_airbyte_message().type is Type.TRACE


@canary(
    "`is_platform_debug_log_enabled` says whether LOG_LEVEL is `debug`",
    sign="is_platform_debug_log_enabled",
    why="Airbyte switches debug logs on that way.",
    instead="Read the variable in `command.py`.",
)
def test_the_platform_switches_debug_logs_on_by_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    enabled = name("airbyte_cdk.logger:is_platform_debug_log_enabled")
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    assert enabled()
    monkeypatch.setenv("LOG_LEVEL", "info")
    assert not enabled()


@canary(
    "Serializers of the protocol raise a ValueError with `errors`, each of which has the `instance_path` of a value",
    sign="instance_path",
    why="What is wrong with a catalog or a state is named by its place: its text would repeat values.",
    instead="Say in `files.py` that the file cannot be used, without the place.",
)
def test_an_unusable_catalog_is_an_error_with_a_place() -> None:
    with pytest.raises(ValueError, match="object") as raised:
        name("airbyte_cdk.models:ConfiguredAirbyteCatalogSerializer").load({"streams": [1]})
    errors: Any = raised.value
    assert [error.instance_path for error in errors.errors] == ["streams/0"]


@canary(
    "`airbyte_cdk.test.standard_tests._spec_compatibility` compares forms of two versions",
    sign="_spec_compatibility",
    why="A form that old connections cannot go on with is a breaking change by Airbyte's own rules.",
    instead="Write the rules down in `released.py`.",
)
def test_airbytes_rules_for_forms_can_be_asked() -> None:
    of = "airbyte_cdk.test.standard_tests._spec_compatibility:"
    assert name(f"{of}is_newer_version")("0.2.0", "0.1.0")
    for other in ("compare_specs", "declared_breaking_changes", "disabled_for_version"):
        assert name(f"{of}{other}")
