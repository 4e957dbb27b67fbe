"""One case, measured: the connector's start-up, the connector, and the plain loop beside it."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from benchmarks.cases import PER_SECOND, UNLIMITED, Case
from benchmarks.history import plant
from benchmarks.process import Run, watch
from embedded_aws import EmbeddedAws, Latency
from embedded_aws.scenarios.member_accounts import Account, OpenAccount
from integration_tests.connector import COMMAND, catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FIRST_ACCOUNT: Final = 100_000_000_001
LOOKUP: Final = "cloudtrail:LookupEvents"
PLAIN_LOOP: Final = Path(__file__).with_name("plain_loop.py")


@dataclass
class Asked:
    """A run, and what it asked of LookupEvents."""

    run: Run = field(default_factory=Run)
    requests: int = 0
    most_of_a_pair: int = 0
    throttled: int = 0


@dataclass
class Measurement:
    """What one case gave. `plain` is None where no loop ran beside it."""

    case: Case
    startup: float
    connector: Asked
    plain: Asked | None

    @property
    def ratio(self) -> float | None:
        """How long reading took, in terms of what the quota allows."""
        return (self.connector.run.seconds - self.startup) / self.case.limit if self.case.limit else None


def measure(case: Case, *, plain: bool, say: Callable[[str], None]) -> Measurement:
    """Run `case` and return what it took."""
    with (
        TemporaryDirectory() as folder,
        EmbeddedAws(
            regions=list(case.events),
            account_id=str(FIRST_ACCOUNT),
            lookup_rate=PER_SECOND if case.quota else None,
            latency=[Latency(case.latency)] if case.latency else [],
        ) as aws,
    ):
        members = [str(FIRST_ACCOUNT + number) for number in range(1, case.accounts + 1)] if case.accounts > 1 else []
        opened = aws.open_accounts([Account(one, users=1, groups=0) for one in members])
        bench = _Bench(case, aws, opened, Path(folder))
        say("start-up")
        startup = bench.connector().run.seconds
        say("planting events")
        for number, account_id in enumerate(members or [aws.account_id]):
            plant(aws, account_id, case.events, case.days, seed=number)
        say("connector")
        asked = bench.connector()
        _complete(asked.run, case.total)
        for _ in range(1, case.syncs):
            say("connector again")
            asked = bench.connector(asked.run.last_state)
        beside = None
        if plain and case.plain:
            say("plain loop")
            beside = bench.plain_loop()
        return Measurement(case, startup, asked, beside)


@dataclass
class _Bench:
    case: Case
    aws: EmbeddedAws
    opened: Sequence[OpenAccount]
    folder: Path

    def connector(self, state: Any = None) -> Asked:
        options = {
            "regions": list(self.case.events),
            "num_workers": self.case.workers,
            "lookup_requests_per_second": PER_SECOND if self.case.quota else UNLIMITED,
        }
        roles = [{"role_arn": account.role_arn, "external_id": account.external_id} for account in self.opened]
        config = (
            self.aws.config(accounts={"scope": "list", "roles": roles}, **options)
            if roles
            else self.aws.key_config(**options)
        )
        files = {"config": config, "catalog": catalog(["audit_events"]), "state": [state] if state else []}
        arguments = [str(COMMAND), "read"]
        for name, content in files.items():
            path = self.folder / f"{name}.json"
            path.write_text(json.dumps(content), encoding="utf-8")
            arguments += [f"--{name}", str(path)]
        return self._asked(arguments, {})

    def plain_loop(self) -> Asked:
        key = self.aws.base_key
        env = {"AWS_ACCESS_KEY_ID": key.access_key_id, "AWS_SECRET_ACCESS_KEY": key.secret_access_key}
        return self._asked([sys.executable, str(PLAIN_LOOP), self.aws.url, *self.case.events], env)

    def _asked(self, command: Sequence[str], env: dict[str, str]) -> Asked:
        self.aws.reset_requests()
        run = watch(command, env, self.folder)
        lookups = {key[:2]: count for key, count in self.aws.requests.items() if key[2] == LOOKUP}
        throttled = self.aws.throttled_lookups.total()
        return Asked(run, sum(lookups.values()), max(lookups.values(), default=0), throttled)


def _complete(run: Run, events: int) -> None:
    """A connector that loses events is not fast: raise where it failed, or printed less than there was."""
    if run.exit_code or run.events < events:
        raise RuntimeError(f"exit code {run.exit_code}, {run.events} of {events} events. {run.last_words}")
