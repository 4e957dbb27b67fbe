"""One case through the command, with a small AWS that is the same in every case but for the changes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from embedded_aws import Account, EmbeddedAws, Organization, Seed, Unit
from fuzz.answers import OddAnswers
from fuzz.cases import Case
from fuzz.changes import changed_json
from fuzz.files import EVENTS, EXCLUDED, EXTERNAL_ID, FAST, FORMS, MEMBER, REGIONS, STATES, small
from fuzz.promises import BrokenPromiseError, Promises
from integration_tests.connector import Output, catalog, clean_environment, discovered
from integration_tests.forked_command import run_forked

SEED: Final = Seed(users=6, groups=3, roles=8, policies=3, events=30)
# Their rows are parts of entities, which changes inside of entities may remove.
_OF_PARTS: Final = frozenset(
    {"policy_attachments", "policy_statements", "policy_versions", "role_trusts", "group_members"}
)


class Target:
    """A small account that is read again and again, each time with other changes."""

    def __init__(self, aws: EmbeddedAws, folder: Path) -> None:
        self._aws = aws
        self._folder = folder
        self._streams = [stream["name"] for stream in discovered()]
        self._event_ids = {record["eventID"] for record in aws.events.visible(account_id=aws.account_id)}

    def try_case(self, case: Case) -> None:
        """Run `check` where the case is about the configuration, and `read`. Raises BrokenPromiseError."""
        answers = OddAnswers(case)
        self._aws.heal()
        self._aws.rewrite("*", answers)
        files = self._files(case)
        promises = Promises(discovered(), self._secrets(case))
        if case.config:
            promises.hold(self._run("check", {"config": files["config"]}))
        output = self._run("read", files)
        promises.hold(output)
        if case.config or case.catalog or case.state:
            return
        if case.form == "plain":
            self._hold_events(output, case, answers.every_event_is_told)
            if answers.every_entity_is_told and not case.report:
                self._hold_entities(output)

    @cached_property
    def _rows(self) -> Counter[str]:
        """How many rows each stream has without changes."""
        self._aws.heal()
        return _rows(self._run("read", self._files(Case())))

    def _files(self, case: Case) -> dict[str, str]:
        chosen = catalog(self._streams)
        plain: dict[str, Any] = {
            "config": self._config(case),
            "catalog": small(chosen) if case.catalog else chosen,
            "state": STATES[case.saved],
        }
        changes = {"config": case.config, "catalog": case.catalog, "state": case.state}
        files = {name: json.dumps(value) for name, value in plain.items()}
        return {name: changed_json(text, changes[name]) if changes[name] else text for name, text in files.items()}

    def _config(self, case: Case) -> dict[str, Any]:
        return self._aws.config(regions=REGIONS, **FAST, **FORMS[case.form])

    def _secrets(self, case: Case) -> set[str]:
        config = self._config(case)
        accounts = config.get("accounts", {})
        holders = [config["credentials"], accounts, *accounts.get("roles", ())]
        named = {holder.get(name) for holder in holders for name in ("secret_access_key", "external_id")}
        return {secret for secret in named if secret}

    def _run(self, command: str, files: Mapping[str, str]) -> Output:
        arguments = [command]
        for name, text in files.items():
            path = self._folder / f"{name}.json"
            path.write_bytes(text.encode("utf-8", "surrogatepass"))
            arguments += [f"--{name}", str(path)]
        try:
            return Output(*run_forked(arguments, folder=self._folder, env=clean_environment(self._folder)))
        except TimeoutError as error:
            raise BrokenPromiseError(str(error)) from error
        except UnicodeDecodeError as error:
            raise BrokenPromiseError(f"output that is not UTF-8: {error}") from error

    def _hold_events(self, output: Output, case: Case, every_event_is_told: bool) -> None:
        """No event is lost, and none stops the stream."""
        if output.statuses.get(EVENTS) != "COMPLETE":
            if not case.answers and every_event_is_told:
                raise BrokenPromiseError(f"an odd event stops the stream: {output.errors}")
            return
        # The changed one may have lost its id, or got that of another.
        lost = self._event_ids - {row["event_id"] for row in output.records(EVENTS)}
        rows = len(output.records(EVENTS))
        if len(lost) > bool(case.events) or rows < len(self._event_ids):
            raise BrokenPromiseError(f"events are lost: {rows} rows of {len(self._event_ids)} events, not {lost}")

    def _hold_entities(self, output: Output) -> None:
        """No user, key or policy is lost for what is odd in it, and none stops a stream."""
        stopped = [stream for stream, status in output.statuses.items() if status != "COMPLETE" and stream != EVENTS]
        if stopped:
            raise BrokenPromiseError(f"what is odd in single entities stops {stopped}: {output.errors}")
        rows = _rows(output)
        fewer = {
            stream: (rows[stream], expected)
            for stream, expected in self._rows.items()
            if rows[stream] < expected and stream not in _OF_PARTS
        }
        if fewer:
            raise BrokenPromiseError(f"rows are lost (found, expected): {fewer}")


def _rows(output: Output) -> Counter[str]:
    return Counter(m["record"]["stream"] for m in output.messages if m["type"] == "RECORD")


@contextmanager
def target(folder: Path) -> Iterator[Target]:
    """A target with a server of its own, whose account is in an organization."""
    with EmbeddedAws(seed=SEED, lookup_rate=None, regions=REGIONS) as aws:
        aws.open_accounts(Account(account_id, users=5, external_id=EXTERNAL_ID) for account_id in (MEMBER, EXCLUDED))
        units = [Unit("Production", accounts=[MEMBER], units=[Unit("Europe", accounts=[EXCLUDED])])]
        aws.organize(Organization(units=units, delegated={MEMBER: ["config.amazonaws.com"]}))
        yield Target(aws, folder)
