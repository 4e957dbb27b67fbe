"""The report page of an account with many findings, and with names that are attacks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from typing import Any

import duckdb

from embedded_aws import EmbeddedAws
from embedded_aws.scenarios.event_templates import TEMPLATES
from embedded_aws.scenarios.risks import plant_risks
from embedded_aws.scenarios.seed_documents import text
from embedded_aws.scenarios.seed_events import record_of, stage_of
from embedded_aws.truth import Row, Tables, truth_of
from embedded_aws.truth.policies import default_version
from integration_tests.forked_command import forking_command
from integration_tests.report_page.page import Answer, answers, page
from integration_tests.report_page.sections import read_streams
from integration_tests.sync.client import Connector, pyairbyte
from integration_tests.sync.overheard import Heard

HOSTILE_PATH = "/<script>alert(1)</script>/"
HOSTILE_ACTOR = 'arn:aws:sts::123456789012:federated-user/"><img src=https://evil.example/x onerror=alert(2)>'
BUSY_ROLE = "arn:aws:iam::123456789012:role/deploy"
BUSY_SERVICE = "ec2.amazonaws.com"
HOSTILE_CONDITION = "</td><style>@import url(//evil.example)</style>"
_EVENTS_OF_ACTOR = 150


@dataclass(frozen=True, repr=False)
class Reported:
    truth: Tables
    admins: Mapping[str, set[str]]
    """The name of each user who may do everything, under no condition -> what allows it."""
    file: Path
    """The warehouse."""
    now: datetime
    """When the questions were asked."""
    answers: list[Answer]
    html: str

    def altered(self, statements: Iterable[str], folder: Path) -> list[Answer]:
        """What the page would say of a warehouse after these SQL statements."""
        copy = folder / "altered.duckdb"
        shutil.copyfile(self.file, copy)
        with closing(duckdb.connect(str(copy))) as connection:
            for statement in statements:
                connection.execute(statement)
            return answers(lambda sql: rows_of(connection, sql))


def reported(aws: EmbeddedAws, folder: Path) -> Reported:
    """Sync with PyAirbyte into a file, once."""
    plant_risks(aws)
    _plant_attacks(aws)
    config = aws.config(lookup_requests_per_second=1000, iam_requests_per_second=1000)
    warehouse = pyairbyte(folder).caches.DuckDBCache(db_path=folder / "reported.duckdb", cache_dir=folder)
    with closing(Connector(config, folder, forking_command())) as connector:
        truth = truth_of(aws)
        connector.merge(warehouse, Heard(), streams=read_streams())
    now, given = aws.now(), answers(warehouse.run_sql_query)
    warehouse.run_sql_query("checkpoint")
    return Reported(truth, _admins(aws), folder / "reported.duckdb", now, given, page(given, "Embedded AWS", now))


def rows_of(connection: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    done = connection.execute(sql)
    names = [column[0] for column in done.description or ()]
    return [dict(zip(names, values, strict=True)) for values in done.fetchall()]


@dataclass
class Parsed(HTMLParser):
    """What a browser would make of the page."""

    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    """By the id of their section, headings first."""
    texts: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()
        self._section = ""
        self._cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "section":
            self._section = dict(attrs)["id"] or ""
        elif tag == "tr":
            self.tables.setdefault(self._section, []).append([])
        elif tag in {"td", "th"}:
            self.tables[self._section][-1].append("")
            self._cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self._cell = False

    def handle_data(self, data: str) -> None:
        self.texts[self._section] = self.texts.get(self._section, "") + data
        if self._cell:
            self.tables[self._section][-1][-1] += data


def parsed(html: str) -> Parsed:
    parser = Parsed()
    parser.feed(html)
    parser.close()
    return parser


def _plant_attacks(aws: EmbeddedAws) -> None:
    """IAM lets paths and conditions have such characters, and CloudTrail records what callers say of themselves."""
    backend = aws.iam()
    attacker = backend.create_user(aws.regions[0], "attacker", HOSTILE_PATH)
    attacker.create_date = aws.moto_now() - timedelta(days=1)
    attacker.password = "planted"
    attacker.put_policy("all", text({"Effect": "Allow", "Action": "*", "Resource": "*"}))
    condition = {"StringEquals": {"aws:PrincipalTag/x": HOSTILE_CONDITION}}
    trust = text({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Condition": condition})
    role = backend.create_role("attack", trust, "/", None, "", [], "3600")
    role.create_date = aws.moto_now()
    rng = Random(3)  # noqa: S311 - reproducible, not secret
    stage, newest = stage_of(aws, rng), int(aws.now().timestamp()) - 600
    hostile = {"type": "FederatedUser", "arn": HOSTILE_ACTOR, "principalId": "x"}
    session = {"sessionIssuer": {"type": "Role", "arn": BUSY_ROLE, "userName": "deploy"}}
    role_session = {"type": "AssumedRole", "principalId": "AROAX:job", "sessionContext": session}
    for identity in (hostile, role_session, {"type": "AWSService", "invokedBy": BUSY_SERVICE}):
        for number in range(_EVENTS_OF_ACTOR):
            record = record_of(stage, TEMPLATES[0], newest - number * 60, aws.regions[0], aws.regions[0])
            aws.events.add({**record, "userIdentity": identity})


def _admins(aws: EmbeddedAws) -> dict[str, set[str]]:
    backend = aws.iam()
    found = {}
    for user in backend.users.values():
        groups = [group for group in backend.groups.values() if user in group.users]
        found[user.name] = {
            *_everything(user),
            *(f"{policy} of group {group.name}" for group in groups for policy in _everything(group)),
        }
    return {name: policies for name, policies in found.items() if policies}


def _everything(holder: Any) -> set[str]:
    """The policies of a user or a group that allow all there is."""
    documents = {policy.name: default_version(policy).document for policy in holder.managed_policies.values()}
    found = set()
    for name, document in {**documents, **holder.policies}.items():
        statements = json.loads(document)["Statement"]
        for statement in statements if isinstance(statements, list) else [statements]:
            everything = statement.get("Action") in ("*", ["*:*"]) and statement.get("Resource") in ("*", ["*"])
            if everything and "Condition" not in statement:
                found.add(name)
    return found
