"""The report page of the landed tables, what AWS holds to compare it with, and what a browser would make of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb

from dbt_tests.landed import Landed
from embedded_aws import EmbeddedAws
from embedded_aws.truth import Tables
from embedded_aws.truth.many_accounts import truth_of_accounts
from embedded_aws.truth.policies import default_version
from integration_tests.report_page.page import Answer, answers, asking, page


@dataclass(frozen=True, repr=False)
class Reported:
    truth: Tables
    home: str
    """The account that has the findings."""
    admins: Mapping[str, set[str]]
    """The id of each user and role of it that may do everything, under no condition -> what allows it."""
    file: Path
    """The warehouse."""
    now: datetime
    """When the questions were asked."""
    answers: list[Answer]
    html: str

    def altered(self, statements: Iterable[str], folder: Path) -> list[Answer]:
        """What the page would say of a warehouse after these SQL statements. Only views follow what is landed."""
        # Views name the database, which has the name of the file.
        copy = folder / self.file.name
        shutil.copyfile(self.file, copy)
        with duckdb.connect(str(copy)) as connection:
            for statement in statements:
                connection.execute(statement)
            return answers(asking(connection))


def reported(landed: Landed) -> Reported:
    """Of tables of which dbt has made the models."""
    now = landed.aws.now()
    with duckdb.connect(str(landed.duckdb)) as connection:
        given = answers(asking(connection))
        connection.execute("checkpoint")
    truth = truth_of_accounts(landed.aws, landed.accounts)
    drawn = page(given, "Embedded AWS", now)
    return Reported(truth, landed.aws.account_id, _admins(landed.aws), landed.duckdb, now, given, drawn)


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


def _admins(aws: EmbeddedAws) -> dict[str, set[str]]:
    backend = aws.iam()
    found = {role.id: _everything(role) for role in backend.roles.values()}
    for user in backend.users.values():
        groups = [group for group in backend.groups.values() if user in group.users]
        found[user.id] = {
            *_everything(user),
            *(f"{policy} of group {group.name}" for group in groups for policy in _everything(group)),
        }
    return {identity: policies for identity, policies in found.items() if policies}


def _everything(holder: Any) -> set[str]:
    """The policies of a user, a role or a group that allow all there is."""
    documents = {policy.name: default_version(policy).document for policy in holder.managed_policies.values()}
    found = set()
    for name, document in {**documents, **holder.policies}.items():
        statements = json.loads(document)["Statement"]
        for statement in statements if isinstance(statements, list) else [statements]:
            everything = statement.get("Action") in ("*", ["*:*"]) and statement.get("Resource") in ("*", ["*"])
            if everything and statement["Effect"] == "Allow" and "Condition" not in statement:
                found.add(name)
    return found
