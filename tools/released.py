"""Record what existing connections depend on: the form, the streams and the state of the latest release.

    python tools/released.py            write them to repo_tests/released.json, as part of a release
    python tools/released.py --check    exit with 1 and the changes that break connections and are not declared

A breaking change is declared under `releases.breakingChanges` in metadata.yaml, for the version that brings it. It
cannot be decided whether a new pattern accepts everything that the old one accepted, so every change of a pattern
counts. An exception is declared where the CDK reads it too: `backward_compatibility_tests_config` of `spec` in
acceptance-test-config.yml.
"""

import json
import logging
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import yaml
from airbyte_cdk.models import AirbyteMessage, AirbyteMessageSerializer, AirbyteStream, Type

# Private, and without a public way in: the CDK's own test of it asks Airbyte's registry, where we are not.
from airbyte_cdk.test.standard_tests._spec_compatibility import (
    compare_specs,
    declared_breaking_changes,
    disabled_for_version,
)

from source_aws_iam.cloudtrail.feed import Feed
from source_aws_iam.cloudtrail.state import AuditState, Span, write_state
from source_aws_iam.source import SourceAwsIam

ROOT = Path(__file__).parent.parent
RELEASED = ROOT / "repo_tests" / "released.json"
LOGGER = logging.getLogger("airbyte")
NOBODY = {"credentials": {"auth_type": "iam_role", "role_arn": "arn:aws:iam::123456789012:role/nobody"}}
# The state of one account that was read for a month.
SPANS = {
    Feed("123456789012", "us-east-1", "all"): Span(
        datetime(2026, 1, 1, tzinfo=timezone.utc), datetime(2026, 2, 1, tzinfo=timezone.utc)
    )
}

Contract = dict[str, Any]


def contract() -> Contract:
    """Return what connections depend on, as the connector is now."""
    source = SourceAwsIam(config=NOBODY)
    spec = AirbyteMessageSerializer.dump(AirbyteMessage(type=Type.SPEC, spec=source.spec(LOGGER)))["spec"]
    streams = sorted(source.discover(LOGGER, NOBODY).streams, key=lambda stream: stream.name)
    (version,) = re.findall('^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    return {
        "version": version,
        "state": write_state(AuditState(SPANS)),
        "streams": {stream.name: of_stream(stream) for stream in streams},
        "spec": spec,
    }


def of_stream(stream: AirbyteStream) -> Contract:
    """Return what tables and queries depend on."""
    return {
        "primary_key": ", ".join(".".join(path) for path in stream.source_defined_primary_key or []),
        "cursor": ".".join(stream.default_cursor_field or []),
        "sync_modes": ", ".join(sorted(mode.value for mode in stream.supported_sync_modes)),
        "columns": dict(columns(stream.json_schema)),
    }


def columns(schema: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield ("tags[].key", "string") for every column and what is inside. Any of them may be null in a warehouse."""
    for name, column in schema.get("properties", {}).items():
        stated = column.get("type", "anything")
        types = sorted({stated} if isinstance(stated, str) else {*stated} - {"null"})
        yield prefix + name, " ".join([*types, *(column[key] for key in ("format", "airbyte_type") if key in column)])
        yield from columns(column, f"{prefix}{name}.")
        if "items" in column:
            yield from columns({"properties": {f"{name}[]": column["items"]}}, prefix)


def of_form(old: Contract, new: Contract) -> list[str]:
    """Return the changes of the form that refuse a configuration which was saved with `old`."""
    return [f"The form: {change}" for change in compare_specs(old["spec"], new["spec"]).breaking]


def of_data(old: Contract, new: Contract) -> list[str]:
    """Return what a state or a table that was written with `old` cannot go on with in `new`."""
    found = []
    if old["state"] != new["state"]:
        found.append("The state of audit_events has another form")
    for name, before in old["streams"].items():
        after = new["streams"].get(name)
        if after is None:
            found.append(f"{name} was removed")
            continue
        found += [
            f"{name}: {key} was {before[key] or 'none'} and is {after[key] or 'none'}"
            for key in ("primary_key", "cursor")
            if before[key] != after[key]
        ]
        kept = after["sync_modes"].split(", ")
        found += [f"{name}: {mode} was removed" for mode in before["sync_modes"].split(", ") if mode not in kept]
        for column, kind in before["columns"].items():
            becomes = after["columns"].get(column)
            if becomes is None:
                found.append(f"{name}: {column} was removed")
            elif becomes != kind:
                found.append(f"{name}: {column} was {kind} and is {becomes}")
    return found


def undeclared(old: Contract, new: Contract, metadata: Contract, acceptance: Contract) -> list[str]:
    """Return what breaks connections, unless `metadata` says so of a version after `old`, up to `new`."""
    if declared_breaking_changes(metadata, old["version"], new["version"]):
        return []
    waived = old["version"] in disabled_for_version(acceptance)
    return [*([] if waived else of_form(old, new)), *of_data(old, new)]


def said(name: str) -> Contract:
    """Return a file of this project in which breaking changes are spoken of."""
    found: Contract = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
    return dict(found.get("data", found))


def main(arguments: list[str], path: Path = RELEASED) -> None:
    """Check, and write unless told not to. A release that would break connections in silence is not written down."""
    new = contract()
    if path.exists():
        old = json.loads(path.read_text(encoding="utf-8"))
        if changes := undeclared(old, new, said("metadata.yaml"), said("acceptance-test-config.yml")):
            sys.exit("\n".join([f"Since {old['version']}, and not declared in metadata.yaml:", *changes]))
    if "--check" not in arguments:
        path.write_text(json.dumps(new, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
