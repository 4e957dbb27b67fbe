"""From embedded AWS into its own S3, as from any AWS into a Security Lake: python -m integration_tests.security_lake"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb

from destination_security_lake.ocsf.classes import CLASSES
from embedded_aws import EmbeddedAws, Seed
from embedded_aws.scenarios.company import open_company
from embedded_aws.scenarios.seed_events import plant_events
from embedded_aws.scenarios.seed_identity_center import People
from integration_tests.security_lake.contents import source_of
from integration_tests.security_lake.lake import Lake, finished, start
from integration_tests.security_lake.messages import Json
from integration_tests.security_lake.pipe import piped
from integration_tests.security_lake.questions import QUESTIONS
from integration_tests.security_lake.truth import differences
from integration_tests.sync.embedded import EXTERNAL_ID, organization_config
from integration_tests.sync.screen import Screen

FOLDER: Final = Path("build/security_lake")


def main(given: Sequence[str] | None = None) -> int:
    """Print what happens, and a table at the end. Return 0 if the lake then holds what AWS holds."""
    arguments = _arguments(given)
    screen = Screen()
    with TemporaryDirectory() as temporary, EmbeddedAws(seed=Seed(100, 12, events=0), lookup_rate=None) as aws:
        with screen.step("Starting embedded AWS") as step:
            accounts = _filled(aws, arguments.events)
            lake = Lake.of(aws)
            step.result = f"{len(accounts)} accounts, {len(aws.events.visible()):,} events, and an empty lake"
        with screen.step("destination-security-lake check") as step:
            checked = finished(start("check", Path(temporary), config=lake.config()))
            step.result = " ".join(filter(None, checked.connection_status))
        with screen.step("source-aws-iam | destination-security-lake") as step:
            done = piped(lake, organization_config(aws), Path(temporary))
            step.result = f"{len(lake.keys):,} objects"
        if done.source_exit_code or done.output.exit_code:
            screen.say("\n".join([*done.output.log, done.output.stderr, *map(str, done.output.errors)]))
            return 1
        shutil.rmtree(FOLDER, ignore_errors=True)
        objects = lake.copied_to(FOLDER)
        with duckdb.connect() as connection:
            _tell(connection, objects, screen)
            _ask(connection, objects, screen)
        found = differences(aws, accounts, objects)
    for line in done.output.warnings:
        screen.say(line)
    for difference in found:
        screen.say(difference, style="red")
    screen.say(f"Objects: {objects}")
    if not found:
        screen.say("The lake holds every event and every user of AWS, each event once.", style="green")
    return 1 if found else 0


def _filled(aws: EmbeddedAws, events: int) -> list[str]:
    accounts = open_company(aws, EXTERNAL_ID, People(people=60, groups=10))
    plant_events(aws, events, 90, Random(7))  # noqa: S311 - reproducible, not secret
    for record in _of_groups(aws):
        aws.events.add(record)
    return accounts


def _of_groups(aws: EmbeddedAws) -> Iterator[Json]:
    """Yield events of the classes that the others have none of: groups that change, and assignments of users."""
    calls = [record for record in aws.events.visible() if record["eventSource"] == "iam.amazonaws.com"]
    group = {"groupName": "engineering"}
    user = {
        "principalType": "USER",
        "principalId": "made-up",
        "permissionSetArn": "arn:aws:sso:::permissionSet/made-up",
    }
    changes = [
        ("iam.amazonaws.com", "CreateGroup", group),
        ("iam.amazonaws.com", "AddUserToGroup", {**group, "userName": "ada"}),
        ("sso.amazonaws.com", "CreateAccountAssignment", {**user, "targetId": aws.account_id}),
    ]
    for number, (call, (source, name, asked)) in enumerate(zip(calls, changes * 10, strict=False)):
        event_id = f"00000000-0000-4000-8000-{number:012}"
        yield {**call, "eventID": event_id, "eventSource": source, "eventName": name, "requestParameters": asked}


def _tell(connection: Any, objects: Path, screen: Screen) -> None:
    """Print the table of what is in the lake."""
    rows = []
    for event_class in CLASSES:
        name = source_of(event_class)
        files = sorted((objects / name).rglob("*.parquet"))
        counting = "SELECT count(DISTINCT eventDay), count(*) FROM read_parquet(?, hive_partitioning = true)"
        read = connection.execute(counting, [[*map(str, files)]]).fetchone()
        size = sum(file.stat().st_size for file in files)
        rows.append([f"{event_class.uid} {event_class.caption}", f"ext/{name}", read[0], len(files), read[1], size])
    total = [sum(row[column] for row in rows) for column in (3, 4, 5)]
    screen.table(["class", "source", "days", "files", "rows", "bytes"], rows, ["all", "", None, *total])


def _ask(connection: Any, objects: Path, screen: Screen) -> None:
    for question in QUESTIONS:
        sql = question.of(str(objects))
        screen.say(question.title, style="bold")
        screen.say(f"{sql};", style="dim")
        answer = connection.execute(sql)
        screen.table([column[0] for column in answer.description], answer.fetchall())


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m integration_tests.security_lake")
    parser.add_argument("--events", type=int, default=4_000, help="events of the home account, in 90 days")
    return parser.parse_args(given)


if __name__ == "__main__":
    sys.exit(main())
