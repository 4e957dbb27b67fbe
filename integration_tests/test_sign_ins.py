"""Who signed in last, and who used what: the example queries, on what a sync loaded, answer with what happened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws.scenarios.seed_identity_center import People, open_identity_center
from embedded_aws.scenarios.seed_sign_ins import SignIns, Step, plant_sign_ins
from embedded_aws.server.event_history import as_event_time
from embedded_aws.server.identity_center import Instance
from embedded_aws.truth import truth_of
from embedded_aws.truth.comparison import first_differences
from integration_tests.conftest import FAST
from integration_tests.connector import Json, read
from integration_tests.forked_command import forking_command
from integration_tests.needed import supported_pyairbyte
from integration_tests.sync.client import Connector
from integration_tests.sync.overheard import Heard
from integration_tests.sync.warehouse import tables
from integration_tests.test_read import tables as tables_of
from integration_tests.test_warehouses import warehouse_of
from source_aws_iam.cloudtrail.selection import IDENTITY_SOURCES
from tools.analyses import parts

REGION = "eu-west-1"
PEOPLE = People(people=20, groups=3, permission_sets=3)
ADDRESS = "198.51.100.7"


@dataclass(frozen=True)
class Scene:
    """What happened in AWS: people of Identity Center, the IAM user `lena`, the root user, and a deployment."""

    aws: EmbeddedAws
    instance: Instance
    done: SignIns
    lena: str
    """The user's id."""
    at: datetime
    """When the IAM user signed in. Root did a day before, and the role was used two days before."""


def scene(aws: EmbeddedAws) -> Scene:
    instance = open_identity_center(aws, [aws.account_id], PEOPLE, region=REGION)
    done = plant_sign_ins(aws, instance, [aws.account_id])
    user = aws.iam().create_user(aws.regions[0], "lena")
    aws.iam().create_user(aws.regions[0], "noor")
    at = (aws.now() - timedelta(days=2)).replace(microsecond=0)
    root = {"type": "Root", "principalId": aws.account_id, "arn": f"arn:aws:iam::{aws.account_id}:root"}
    lena = {"type": "IAMUser", "principalId": user.id, "arn": user.arn, "userName": "lena"}
    _console(aws, "lena-yes", lena, at, ("Success", "Yes"))
    _console(aws, "lena-earlier", lena, at - timedelta(days=30), ("Success", "No"))
    _console(aws, "lena-no", lena, at + timedelta(hours=1), ("Failure", "No"))
    _console(aws, "root", root, at - timedelta(days=1), ("Success", "No"))
    _deploy(aws, at - timedelta(days=2))
    return Scene(aws, instance, done, user.id, at)


def _add(aws: EmbeddedAws, name: str, identity: Json, at: datetime, **content: Any) -> None:
    head = {"eventVersion": "1.11", "eventID": name, "eventTime": as_event_time(int(at.timestamp()))}
    place = {"awsRegion": aws.regions[0], "recipientAccountId": aws.account_id, "sourceIPAddress": ADDRESS}
    whole = {**identity, "accountId": aws.account_id}
    aws.events.add({**head, **place, "userIdentity": whole, "requestParameters": None, **content})


def _console(aws: EmbeddedAws, name: str, identity: Json, at: datetime, said: tuple[str, str]) -> None:
    """`said`: the result, and whether MFA was used."""
    details = {"additionalEventData": {"MFAUsed": said[1]}, "responseElements": {"ConsoleLogin": said[0]}}
    kind = {"eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin", "eventType": "AwsConsoleSignIn"}
    _add(aws, name, identity, at, **kind, **details)


def _deploy(aws: EmbeddedAws, at: datetime) -> None:
    arn = f"arn:aws:iam::{aws.account_id}:role/deploy"
    session = {"sessionIssuer": {"type": "Role", "arn": arn, "userName": "deploy"}, "sourceIdentity": "noor"}
    identity = {
        "type": "AssumedRole",
        "principalId": "AROAEXAMPLE:build",
        "arn": f"arn:aws:sts::{aws.account_id}:assumed-role/deploy/build",
        "sessionContext": session,
    }
    kind = {"eventSource": "ec2.amazonaws.com", "eventName": "RunInstances", "eventType": "AwsApiCall"}
    _add(aws, "deploy", identity, at, responseElements=None, **kind)


@dataclass(frozen=True, repr=False)
class Loaded:
    scene: Scene
    warehouse: Any

    def answer(self, name: str, columns: str) -> set[tuple[Any, ...]]:
        # PyAirbyte's library takes what follows a colon for the name of a parameter.
        statement = parts(name)[2].replace(":", "\\:")
        rows = self.warehouse.run_sql_query(f"select {columns} from ({statement})")  # noqa: S608 - our own
        found = {tuple(row.values()) for row in rows}
        assert len(found) == len(rows)
        return found


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    supported_pyairbyte()
    files = tmp_path_factory.getbasetemp() / "pyairbyte"
    with ExitStack() as stack:
        warehouse = stack.enter_context(warehouse_of("duckdb", files, stack, "sign-ins"))
        aws = stack.enter_context(EmbeddedAws(lookup_rate=None))
        happened = scene(aws)
        connector = stack.enter_context(closing(Connector(aws.config(**FAST), files, forking_command())))
        connector.sync(warehouse, Heard())
        yield Loaded(happened, warehouse)


def test_each_event_of_a_sign_in_is_the_row_that_it_has_to_be(loaded: Loaded) -> None:
    streams = ["audit_events", "identity_center_users"]
    assert first_differences(truth_of(loaded.scene.aws, streams), tables(loaded.warehouse, streams)) == []


def test_every_person_is_told_when_and_how_they_signed_in_last(loaded: Loaded) -> None:
    scene, account = loaded.scene, loaded.scene.aws.account_id
    columns = "kind, account_or_identity_store_id, user_id, last_sign_in, how, mfa_used, source_ip_address"
    expected = {
        ("root user", account, account, naive(scene.at - timedelta(days=1)), "ConsoleLogin", False, ADDRESS),
        ("IAM user", account, scene.lena, naive(scene.at), "ConsoleLogin", True, ADDRESS),
        *(
            ("Identity Center user", scene.instance.store_id, user_id, *last(scene.done, user_id))
            for user_id in scene.instance.users
        ),
    }
    found = loaded.answer("last_sign_ins", columns)
    never = {row for row in found if row[0] == "IAM user" and row[2] != scene.lena}
    assert found - never == expected
    assert {row[3:] for row in never} == {(None,) * 4}
    assert {row[4] for row in found} == {"ConsoleLogin", "Federate", "UserAuthentication", None}
    assert {row[5] for row in found} == {True, False, None}


def test_every_person_is_told_when_they_used_what_last(loaded: Loaded) -> None:
    scene, account = loaded.scene, loaded.scene.aws.account_id
    uses: dict[tuple[Any, ...], datetime] = {}
    for use in scene.done.uses:
        name = scene.instance.users[use.user_id]["UserName"]
        key = (*("Identity Center user", name, use.user_id), use.account_id, use.permission_set, use.application)
        uses[key] = max(use.time, uses.get(key, use.time))
    expected = {(*key, naive(time)) for key, time in uses.items()}
    expected |= {
        ("IAM user", "lena", scene.lena, account, None, None, naive(scene.at)),
        ("root user", "root", account, account, None, None, naive(scene.at - timedelta(days=1))),
        ("source identity", "noor", None, account, "deploy", None, naive(scene.at - timedelta(days=2))),
    }
    columns = "kind, person, user_id, account_id, role_name, application, last_used"
    assert loaded.answer("last_use", columns) == expected


def last(done: SignIns, user_id: str) -> tuple[Any, ...]:
    """Time, way, second factor and address of a person's last sign-in."""
    steps = [step for step in done.steps if step.user_id == user_id]
    if not steps:
        return (None,) * 4

    def time_of(step: Step) -> datetime:
        return step.time

    newest = max(steps, key=time_of)
    authentication = max((step for step in steps if step.name == "UserAuthentication"), key=time_of)
    return naive(newest.time), newest.name, authentication.second_factor, newest.address


def naive(time: datetime) -> datetime:
    return time.replace(tzinfo=None)


def test_identity_events_are_all_that_a_sign_in_leaves_behind(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    """What a person does with other services is not among them."""
    scene(empty_aws)
    config = empty_aws.config(event_selection={"mode": "identity"}, regions=[REGION], **FAST)
    found = tables_of(read(config, tmp_path, streams=["audit_events"]), ["audit_events"])
    [expected] = truth_of(empty_aws, ["audit_events"]).values()
    here = [row for row in expected if row["region"] == REGION]
    left = {row["event_source"] for row in here} - {*IDENTITY_SOURCES}
    assert left == {"ec2.amazonaws.com"}
    wanted = [row for row in here if row["event_source"] not in left]
    assert {row["event_source"] for row in wanted} >= {"sso-oauth.amazonaws.com", "sso.amazonaws.com"}
    assert first_differences({"audit_events": wanted}, found) == []
