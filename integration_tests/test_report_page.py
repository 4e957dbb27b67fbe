"""The page of `make sync` shows what AWS has, and no name in AWS can change the page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from embedded_aws.truth import Row
from integration_tests.report_page.page import Answer, page
from integration_tests.report_page.sections import SECTIONS, read_streams
from integration_tests.reported import (
    BUSY_ROLE,
    BUSY_SERVICE,
    HOSTILE_ACTOR,
    HOSTILE_CONDITION,
    HOSTILE_PATH,
    Reported,
    parsed,
)

DASH = "\N{EN DASH}"


@pytest.fixture(scope="module")
def answered(report: Reported) -> Mapping[str, list[Row]]:
    return {answer.section.name: [dict(row) for row in answer.rows] for answer in report.answers}


def counts(rows: list[Row]) -> dict[tuple[Any, ...], int]:
    return {tuple(row.values())[:-1]: tuple(row.values())[-1] for row in rows}


def users(report: Reported) -> list[Row]:
    return [user for user in report.truth["users"] if not user["is_root"]]


def has_key(user: Row) -> bool:
    return bool(user["access_key_1_active"] or user["access_key_2_active"])


def can_sign_in(user: Row) -> bool:
    return bool(user["password_enabled"] or has_key(user))


def test_every_user_is_counted_once_by_what_he_can_sign_in_with(
    report: Reported, answered: Mapping[str, list[Row]]
) -> None:
    names = {
        (True, True): "Password and access key",
        (True, False): "Password only",
        (False, True): "Access key only",
        (False, False): "Neither",
    }
    expected = Counter[tuple[str, str]]()
    for user in users(report):
        state = names[user["password_enabled"], has_key(user)]
        mfa = "with MFA" if user["mfa_active"] else "without MFA"
        expected[state, "nothing to protect" if state == "Neither" else mfa] += 1
    assert counts(answered["users_by_credentials"]) == expected
    assert len(expected) > 4


def test_every_access_key_is_counted_once_by_its_age(report: Reported, answered: Mapping[str, list[Row]]) -> None:
    def age(key: Row) -> str:
        days = (report.now - key["create_date"]).days
        spans = ((0, 30), (31, 90), (91, 365))
        return next((f"{least}{DASH}{most} days" for least, most in spans if days <= most), "Over 365 days")

    expected = Counter((age(key), key["status"]) for key in report.truth["access_keys"])
    assert counts(answered["access_keys_by_age"]) == expected
    assert len(expected) > 4


@pytest.mark.parametrize(
    ("days", "age"),
    [
        *((30, f"0{DASH}30 days"), (31, f"31{DASH}90 days"), (90, f"31{DASH}90 days")),
        *((91, f"91{DASH}365 days"), (365, f"91{DASH}365 days"), (366, "Over 365 days")),
    ],
)
def test_a_key_changes_its_age_with_the_day(report: Reported, tmp_path: Path, days: int, age: str) -> None:
    update = f"update access_keys set create_date = now() at time zone 'utc' - interval '{days} days 1 hour'"  # noqa: S608 - our own numbers
    assert {row["age"] for row in of(report.altered([update], tmp_path), "access_keys_by_age").rows} == {age}


def test_events_are_counted_by_hour_and_region_for_seven_days(
    report: Reported, answered: Mapping[str, list[Row]]
) -> None:
    expected = Counter((hour, event["region"]) for hour, event in last_week(report))
    assert counts(answered["events_by_region"]) == expected


def test_the_busiest_actors_are_roles_users_and_services(report: Reported, answered: Mapping[str, list[Row]]) -> None:
    totals = Counter(actor(event) for _, event in last_week(report))
    shown = Counter[str]()
    for row in answered["events_by_actor"]:
        shown[row["actor"]] += row["events"]
    assert sorted(shown.values(), reverse=True) == [count for _, count in totals.most_common(10)]
    assert all(totals[name] == count for name, count in shown.items())
    assert {BUSY_ROLE, BUSY_SERVICE, HOSTILE_ACTOR} < shown.keys()


def test_administrators_without_mfa_are_found_by_each_way_to_be_one(
    report: Reported, answered: Mapping[str, list[Row]]
) -> None:
    of_truth = {user["user_name"]: user for user in users(report)}
    expected = {
        name: ways
        for name, ways in report.admins.items()
        if not of_truth[name]["mfa_active"] and can_sign_in(of_truth[name])
    }
    found = answered["admins_without_mfa"]
    assert {row["user_name"]: set(row["administrator_through"].split(", ")) for row in found} == expected
    for row in found:
        user = of_truth[row["user_name"]]
        assert row == {
            **row,
            "finding": "without MFA",
            "password": str(user["password_enabled"]).lower(),
            "active_key": str(has_key(user)).lower(),
            "permissions_boundary": user["permissions_boundary_arn"] or "none",
            "arn": user["arn"],
        }
    ways = {way for ways in expected.values() for way in ways}
    assert {"AdministratorAccess", "everything-too", "every-action"} < ways
    assert any(way.startswith("break-glass of group ") for way in ways)
    assert {(row["password"], row["active_key"]) for row in found} > {("false", "true")}
    left_out = [of_truth[name] for name in report.admins.keys() - expected.keys()]
    assert {(user["mfa_active"], can_sign_in(user)) for user in left_out} >= {(True, True), (False, False)}


def test_active_keys_that_nobody_uses_are_listed_one_by_one(
    report: Reported, answered: Mapping[str, list[Row]]
) -> None:
    def unused(key: Row) -> bool:
        used = key["last_used_date"]
        return key["status"] == "Active" and (used is None or used < report.now - timedelta(days=90))

    expected = {
        (
            "not used for 90 days" if key["last_used_date"] else "never used",
            key["access_key_id"],
            key["user_name"],
            (report.now - key["create_date"]).days,
            str((report.now - key["last_used_date"]).days) if key["last_used_date"] else "never",
            key["last_used_service"] or "none",
            key["user_arn"],
        )
        for key in report.truth["access_keys"]
        if unused(key)
    }
    assert {tuple(row.values()) for row in answered["unused_access_keys"]} == expected
    assert len({row[0] for row in expected}) == 2


def test_roles_that_anybody_may_assume_are_listed_those_without_a_condition_first(
    report: Reported, answered: Mapping[str, list[Row]]
) -> None:
    expected = {
        (trust["role_arn"], trust["conditions"] is None)
        for trust in report.truth["role_trusts"]
        if trust["effect"] == "Allow" and (trust["is_wildcard"] or trust["is_not_principal"])
    }
    found = [(row["role_arn"], row["conditions"] == "none") for row in answered["wildcard_trust"]]
    assert sorted(found) == sorted(expected)
    assert {row["role_name"]: row["trusted"] for row in answered["wildcard_trust"]}["open-to-all-others"] == (
        "all but arn:aws:iam::123456789012:root"
    )
    assert [bare for _, bare in found] == sorted((bare for _, bare in found), reverse=True)
    assert {row["finding"] for row in answered["wildcard_trust"]} == {
        "anybody, without a condition",
        "anybody, under conditions",
    }


def test_the_tables_on_the_page_are_the_answers_to_their_queries(
    report: Reported, answered: Mapping[str, list[Row]]
) -> None:
    tables = parsed(report.html).tables
    for name in ("admins_without_mfa", "unused_access_keys", "wildcard_trust"):
        rows = [[f"{v:,}" if isinstance(v, int) else v for v in row.values()] for row in answered[name]]
        assert tables[name][1:] == rows[:15]
    assert "root_user" not in tables
    assert "No root user has access keys, or a password without MFA." in parsed(report.html).texts["root_user"]


@pytest.mark.parametrize(
    ("summary", "finding"),  # password, MFA, access keys
    [
        (("1", "0", "null"), "without MFA, access keys unknown"),
        (("1", "0", "0"), "without MFA"),
        (("null", "0", "0"), "without MFA"),
        (("1", "null", "0"), "MFA unknown"),
        (("1", "1", "1"), "has access keys"),
        (("0", "0", "1"), "has access keys"),
        (("0", "0", "0"), None),
        (("1", "1", "0"), None),
    ],
)
def test_a_root_user_is_at_risk_with_keys_or_with_a_password_that_nothing_protects(
    report: Reported, tmp_path: Path, summary: tuple[str, str, str], finding: str | None
) -> None:
    """An organization that removes the root users' credentials leaves accounts without password, MFA and keys."""
    password, mfa, keys = summary
    update = (
        f"update account_summary set account_password_present = {password}, "  # noqa: S608 - our own numbers
        f"account_mfa_enabled = {mfa}, account_access_keys_present = {keys}"
    )
    found = of(report.altered([update], tmp_path), "root_user").rows
    assert [row["finding"] for row in found] == ([finding] if finding else [])


def test_accounts_are_kept_apart(report: Reported, tmp_path: Path) -> None:
    """A second one, whose root user is at risk, and where users, groups and policies have the ids of the first."""
    before = {answer.section.name: answer.rows for answer in report.answers}
    streams = ("users", "account_summary", "policy_attachments", "group_members")
    copies = [
        f"insert into {stream} select * replace ('444455556666' as account_id) from {stream}"  # noqa: S608 - our own names
        for stream in streams
    ]
    at_risk = "update account_summary set account_mfa_enabled = 0 where account_id = '444455556666'"
    arn = "update users set arn = 'arn:aws:iam::444455556666:root' where is_root and account_id = '444455556666'"
    altered = report.altered([*copies, at_risk, arn], tmp_path)

    [found] = of(altered, "root_user").rows
    assert (found["account_id"], found["arn"]) == ("444455556666", "arn:aws:iam::444455556666:root")
    # The second account has no policy that allows anything: its users are not administrators.
    assert of(altered, "admins_without_mfa").rows == before["admins_without_mfa"]


def test_what_aws_did_not_show_is_unknown_and_never_a_no(report: Reported, tmp_path: Path) -> None:
    denied = report.altered(
        [
            "update users set mfa_active = null, password_enabled = null",
            "update users set access_key_1_active = null, access_key_2_active = null",
            """update access_keys set last_used_date = null, unavailable_fields = '["last_used_date"]'""",
        ],
        tmp_path,
    )
    states = counts([dict(row) for row in of(denied, "users_by_credentials").rows])
    assert states == {("Unknown: not readable", "MFA unknown"): len(users(report))}
    admins = of(denied, "admins_without_mfa").rows
    assert {row["user_name"] for row in admins} == report.admins.keys()
    assert {(row["finding"], row["password"], row["active_key"]) for row in admins} == {
        ("MFA unknown", "unknown", "unknown")
    }
    keys = of(denied, "unused_access_keys").rows
    assert {(row["finding"], row["days_since_use"]) for row in keys} == {("last use unknown", "unknown")}


@pytest.mark.parametrize(
    "hidden", ["password_enabled = null", "access_key_1_active = null, access_key_2_active = null"]
)
def test_a_user_of_whom_half_is_hidden_is_not_counted_as_without_it(
    report: Reported, tmp_path: Path, hidden: str
) -> None:
    rows = of(report.altered([f"update users set {hidden}"], tmp_path), "users_by_credentials").rows  # noqa: S608 - our own columns
    assert {row["credentials"] for row in rows} == {"Unknown: not readable"}


def test_a_table_that_is_not_there_is_named(report: Reported, tmp_path: Path) -> None:
    altered = report.altered(["drop table policy_statements", "drop table audit_events"], tmp_path)
    texts = parsed(page(altered, "Somewhere", report.now)).texts
    for section, stream in (("admins_without_mfa", "policy_statements"), ("events_by_actor", "audit_events")):
        assert f"the warehouse has no table {stream}" in texts[section]
    assert "the warehouse has no table" not in texts["users_by_credentials"]


def test_nothing_is_called_safe_where_there_was_nothing_to_look_at(report: Reported, tmp_path: Path) -> None:
    html = page(report.altered([f"truncate {stream}" for stream in read_streams()], tmp_path), "Nowhere", report.now)
    texts = parsed(html).texts
    for section in SECTIONS:
        assert "there was nothing to look at" in texts[section.name]
        assert section.words.get("none", "none at all") not in texts[section.name]


def test_every_section_shows_its_sql(report: Reported) -> None:
    texts = parsed(report.html).texts
    assert all(section.sql in texts[section.name] for section in SECTIONS)


def test_names_from_the_account_are_text_and_never_markup(report: Reported) -> None:
    found = parsed(report.html)
    assert HOSTILE_PATH in found.texts["admins_without_mfa"]
    assert HOSTILE_ACTOR in found.texts["events_by_actor"]
    assert HOSTILE_CONDITION in found.texts["wildcard_trust"]
    tags = {tag for tag, _ in found.elements}
    assert tags.isdisjoint({"script", "img", "iframe", "object", "embed", "link", "base", "form"})
    assert sum(tag == "style" for tag, _ in found.elements) == 1
    assert not [name for _, attributes in found.elements for name in attributes if name.startswith("on")]


def test_the_page_needs_nothing_from_elsewhere(report: Reported) -> None:
    found = parsed(report.html)
    names = ("src", "srcset", "href", "xlink:href", "data", "action", "poster", "background", "style")
    pointers = {attributes[name] for _, attributes in found.elements for name in names if name in attributes}
    assert pointers == {f"#{section.name}" for section in SECTIONS if section.drawn_as == "findings"}
    css = report.html.partition("<style>")[2].partition("</style>")[0]
    assert not re.search(r"url\(|@import|image-set", css)


def of(given: list[Answer], name: str) -> Answer:
    return next(answer for answer in given if answer.section.name == name)


def last_week(report: Reported) -> list[tuple[datetime, Row]]:
    """Each event of the 168 hours that end with the newest, with its hour as DuckDB holds it."""
    events = report.truth["audit_events"]
    hours = [event["event_time"].replace(minute=0, second=0, tzinfo=None) for event in events]
    first = max(hours) - timedelta(hours=167)
    return [(hour, event) for hour, event in zip(hours, events, strict=True) if hour >= first]


def actor(event: Row) -> str:
    identity = event["user_identity"] or {}
    kind, account = event["actor_type"], event["actor_account_id"]
    of_account = f"{kind} of account {account}" if kind and account else kind
    return str(
        event["session_issuer_arn"] or event["actor_arn"] or identity.get("invokedBy") or of_account or "unknown"
    )
