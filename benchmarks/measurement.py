"""One case, measured: the connector's start-up, the connector, and the plain loop beside it."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from benchmarks.canned_events import ACCOUNT, Canned, Server, canned_events
from benchmarks.cases import PER_SECOND, REGIONS, UNLIMITED, Case
from benchmarks.history import plant
from benchmarks.process import Run, read_audit_events, watch
from embedded_aws import EmbeddedAws, Latency
from embedded_aws.scenarios.member_accounts import Account, OpenAccount

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

FIRST_ACCOUNT: Final = int(ACCOUNT)
LOOKUP: Final = "cloudtrail:LookupEvents"
# The server looks at no signature.
KEY: Final = {"AWS_ACCESS_KEY_ID": f"AKIA{ACCOUNT}0000", "AWS_SECRET_ACCESS_KEY": "canned"}
PLAIN: Final = "plain loop"
# The second one prints the rows that the connector makes: what they cost, nobody can save who prints them.
_LOOPS: Final = {
    name: Path(__file__).with_name(file)
    for name, file in {PLAIN: "plain_loop.py", "plain loop, same rows": "plain_loop_rows.py"}.items()
}


@dataclass
class Asked:
    """A run, and what it asked of LookupEvents."""

    run: Run = field(default_factory=Run)
    requests: int = 0
    most_of_a_pair: int = 0
    throttled: int = 0


@dataclass
class Measurement:
    """What one case gave. `loops` ran beside it."""

    case: Case
    startup: float
    connector: Asked
    loops: Mapping[str, Asked]

    @property
    def ratio(self) -> float | None:
        """How long reading took, in terms of what the quota allows."""
        return (self.connector.run.seconds - self.startup) / self.case.limit if self.case.limit else None


def measure(case: Case, *, plain: bool, say: Callable[[str], None]) -> Measurement:
    """Run `case` and return what it took."""
    return (_of_canned_answers if case.canned else _of_embedded_aws)(case, plain=plain, say=say)


def _of_canned_answers(case: Case, *, plain: bool, say: Callable[[str], None]) -> Measurement:
    """Measure the connector and not the server, which costs next to nothing and has the same events everywhere."""
    [count] = set(case.events.values())
    canned = Canned(count, case.days, case.latency, PER_SECOND if case.quota else 0)
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        say("start-up")
        with canned_events(replace(canned, count=0)) as server:
            startup = _read(case, server, folder).run.seconds
        say("planting events")
        with canned_events(canned) as server:
            say("connector")
            asked = _read(case, server, folder)
            _complete(asked.run, case.total)
            beside: dict[str, Asked] = {}
            for name in _LOOPS if plain and case.plain else ():
                say(name)
                beside[name] = _counted(watch(_loop(name, server.url, case), KEY, folder), server)
    return Measurement(case, startup, asked, beside)


def _read(case: Case, server: Server, folder: Path) -> Asked:
    return _counted(watch(read_audit_events(_canned_config(case, server.url), folder), {}, folder), server)


def _counted(run: Run, server: Server) -> Asked:
    counted = server.counted()
    return Asked(run, counted.requests, counted.most_of_a_pair, counted.throttled)


def _canned_config(case: Case, url: str) -> dict[str, Any]:
    keys = {"access_key_id": KEY["AWS_ACCESS_KEY_ID"], "secret_access_key": KEY["AWS_SECRET_ACCESS_KEY"]}
    ids = range(FIRST_ACCOUNT + 1, FIRST_ACCOUNT + 1 + case.accounts) if case.accounts > 1 else ()
    roles = [{"role_arn": f"arn:aws:iam::{account_id}:role/reader"} for account_id in ids]
    return {
        "credentials": {"auth_type": "access_key", **keys},
        "region": REGIONS[0],
        "endpoint_url": url,
        "regions": list(case.events),
        "num_workers": case.workers,
        "lookup_requests_per_second": PER_SECOND if case.quota else UNLIMITED,
        **({"accounts": {"scope": "list", "roles": roles}} if roles else {}),
    }


def _of_embedded_aws(case: Case, *, plain: bool, say: Callable[[str], None]) -> Measurement:
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
        beside: dict[str, Asked] = {}
        if plain and case.plain:
            say(PLAIN)
            beside[PLAIN] = bench.plain_loop()
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
        return self._asked(read_audit_events(config, self.folder, state), {})

    def plain_loop(self) -> Asked:
        key = self.aws.base_key
        env = {"AWS_ACCESS_KEY_ID": key.access_key_id, "AWS_SECRET_ACCESS_KEY": key.secret_access_key}
        return self._asked(_loop(PLAIN, self.aws.url, self.case), env)

    def _asked(self, command: Sequence[str], env: dict[str, str]) -> Asked:
        self.aws.reset_requests()
        run = watch(command, env, self.folder)
        lookups = {key[:2]: count for key, count in self.aws.requests.items() if key[2] == LOOKUP}
        throttled = self.aws.throttled_lookups.total()
        return Asked(run, sum(lookups.values()), max(lookups.values(), default=0), throttled)


def _loop(name: str, url: str, case: Case) -> list[str]:
    return [sys.executable, str(_LOOPS[name]), url, *case.events]


def _complete(run: Run, events: int) -> None:
    """A connector that loses events is not fast: raise where it failed, or printed less than there was."""
    if run.exit_code or run.events < events:
        raise RuntimeError(f"exit code {run.exit_code}, {run.events} of {events} events. {run.last_words}")
