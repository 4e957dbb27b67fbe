"""identities and coverage, beside an evaluation in Python of what embedded AWS holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from dbt_tests.database import Database
from dbt_tests.landed import Landed
from embedded_aws.truth import Row, Tables
from embedded_aws.truth.many_accounts import truth_of_accounts

pytestmark = pytest.mark.usefixtures("built")

SIGN_INS = {"ConsoleLogin", "CredentialVerification", "UserAuthentication", "Federate"}
OF_PERMISSION_SET = ":role/aws-reserved/sso.amazonaws.com/"


@pytest.fixture(scope="module")
def truth(landed: Landed) -> Tables:
    return truth_of_accounts(landed.aws, landed.accounts)


@pytest.fixture(scope="module")
def identities(database: Database) -> dict[str, Row]:
    rows = database.rows(f"select * from {database.schema}.identities")  # noqa: S608 - our own name
    return {row["identity_key"]: row for row in rows}


def test_every_user_role_and_person_of_aws_is_an_identity_once(truth: Tables, identities: dict[str, Row]) -> None:
    expected = {
        **{row["user_id"]: "root user" if row["is_root"] else "IAM user" for row in truth["users"]},
        **{row["role_id"]: "role" for row in truth["roles"]},
        **{_key(row): "Identity Center user" for row in truth["identity_center_users"]},
    }

    assert {key: row["kind"] for key, row in identities.items()} == expected
    assert {*expected.values()} == {"root user", "IAM user", "role", "Identity Center user"}


def test_the_last_activity_is_the_latest_that_anything_knows(truth: Tables, identities: dict[str, Row]) -> None:
    assert {key: row["last_activity_at"] for key, row in identities.items()} == _latest(truth, identities, activities)


def test_the_last_sign_in_is_the_latest_that_anything_knows(truth: Tables, identities: dict[str, Row]) -> None:
    expected = _latest(truth, identities, sign_ins)

    assert {key: row["last_sign_in_at"] for key, row in identities.items()} == expected
    assert sum(at is not None for at in expected.values()) > 100


def test_credentials_and_owners_are_those_of_aws(truth: Tables, identities: dict[str, Row]) -> None:
    for user in truth["users"]:
        found, tags = identities[user["user_id"]], user["tags"] or {}
        assert found["mfa_active"] == user["mfa_active"]
        assert found["active_access_keys"] == user["access_key_1_active"] + user["access_key_2_active"]
        assert found["owner"] == (tags.get("owner") or tags.get("Owner") or None)
    assert any(row["owner"] for row in identities.values())


def test_coverage_is_complete_where_the_sync_was(landed: Landed, database: Database) -> None:
    rows = database.rows(f"select * from {database.schema}.coverage")  # noqa: S608 - our own name

    assert {row["status"] for row in rows} == {"complete"}
    assert all(row["is_absence_known"] for row in rows)
    assert {row["account_id"] for row in rows} == {*landed.accounts}


def activities(truth: Tables) -> Iterator[tuple[str, datetime | None]]:
    """Yield (identity, when it did something)."""
    yield from ((user["user_id"], user["last_activity_at"]) for user in truth["users"])
    yield from ((role["role_id"], role["role_last_used_date"]) for role in truth["roles"])
    yield from ((row["identity_id"], row["last_authenticated"]) for row in truth["service_last_accessed"])
    for event, identity in _acts(truth):
        yield identity, event["event_time"]


def sign_ins(truth: Tables) -> Iterator[tuple[str, datetime | None]]:
    """Yield (identity, when it signed in)."""
    yield from ((user["user_id"], user["password_last_used"]) for user in truth["users"])
    for event, identity in _acts(truth):
        of_role = event["actor_type"] == "AssumedRole" and "/" not in identity
        if event["event_name"] in SIGN_INS and event["sign_in_result"] == "Success" and not of_role:
            yield identity, event["event_time"]


def _acts(truth: Tables) -> Iterator[tuple[Row, str]]:
    """Yield every event that counts with each identity whose act it is."""
    names: dict[str, list[str]] = {}
    for person in truth["identity_center_users"]:
        names.setdefault(person["user_name"].lower(), []).append(_key(person))
    for event in truth["audit_events"]:
        if event["error_code"] or event["sign_in_result"] == "Failure" or event["assumed_root"]:
            continue
        if event["invoked_by"] not in {None, "signin.amazonaws.com"}:
            continue
        principal, _, session = (event["actor_principal_id"] or "").partition(":")
        if event["actor_type"] in {"IAMUser", "Root", "AssumedRole"}:
            yield event, principal
        if event["on_behalf_of_user_id"]:
            yield event, f"{event['identity_store_id']}/{event['on_behalf_of_user_id']}"
        elif OF_PERMISSION_SET in (event["session_issuer_arn"] or "") or (
            event["actor_type"] == "Unknown" and event["sign_in_result"]
        ):
            persons = names.get((event["sign_in_user_name"] or session).lower(), [])
            if len(persons) == 1:
                yield event, persons[0]


def _latest(truth: Tables, identities: dict[str, Row], known: Any) -> dict[str, datetime | None]:
    latest: dict[str, datetime | None] = dict.fromkeys(identities)
    for identity, at in known(truth):
        if at is not None and identity in latest:
            # As the models have times: in UTC, without a zone.
            plain = at.replace(tzinfo=None)
            latest[identity] = max(plain, latest[identity] or plain)
    return latest


def _key(person: Row) -> str:
    return f"{person['identity_store_id']}/{person['user_id']}"
