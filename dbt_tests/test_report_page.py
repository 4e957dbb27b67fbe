"""The page of `make sync` shows what AWS has, and no name in AWS can change the page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dbt_tests.attacks import BUSY_ROLE, BUSY_SERVICE, HOSTILE_ACTOR, HOSTILE_PATH, HOSTILE_POLICY
from dbt_tests.database import Database
from dbt_tests.reported import Reported, parsed
from embedded_aws.truth import Row
from integration_tests.report_page.page import Answer, page
from integration_tests.report_page.sections import SECTIONS, SEVERITIES

pytestmark = pytest.mark.parametrize("database", ["duckdb"], indirect=True)
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


def test_findings_are_counted_by_rule_the_worst_first(
    answered: Mapping[str, list[Row]], database: Database, report: Reported
) -> None:
    found = Counter(
        (row["severity"], row["title"])
        for row in database.rows(
            "select f.severity, r.title from findings as f inner join finding_rules as r on r.rule = f.rule"
            " where f.status = 'found' and not f.is_excepted"
        )
    )
    rows = answered["findings_by_rule"]
    assert {(row["severity"], row["finding"]): row["found"] for row in rows if row["found"]} == found
    places = [(SEVERITIES.index(row["severity"]), -row["found"]) for row in rows]
    assert places == sorted(places)
    assert {severity for severity, _ in places} == {0, 1, 2, 3}
    numbers = re.findall(r'<span class="number">([\d,]+)</span>\s*<span class="what">(\w+)</span>', report.html)
    assert {severity.lower(): int(number.replace(",", "")) for number, severity in numbers} == {
        severity: sum(count for (one, _), count in found.items() if one == severity) for severity in SEVERITIES
    }


def test_critical_findings_are_listed_one_by_one(answered: Mapping[str, list[Row]]) -> None:
    critical = {row["finding"]: row["found"] for row in answered["findings_by_rule"] if row["severity"] == "critical"}
    assert Counter(row["finding"] for row in answered["critical_findings"]) == critical


def test_the_ways_to_every_action_are_those_of_the_administrators(
    report: Reported, answered: Mapping[str, list[Row]]
) -> None:
    expected = Counter[tuple[str, str]]()
    for policies in report.admins.values():
        for policy in policies:
            name, _, group = policy.partition(" of group ")
            expected[f"group {group}" if group else "a policy of its own", name] += 1
    home = next(row["account_name"] for row in report.truth["accounts"] if row["account_id"] == report.home)
    unconditional = [row for row in answered["access_paths"] if "statement" not in row["in_the_way"]]
    found = Counter[tuple[str, str]]()
    for row in unconditional:
        if row["account"] == home and row["way"].startswith(("a policy", "group ")):
            found[row["way"], row["policy"]] += row["identities"]
    assert found == expected
    assert len(found) > 3


def test_every_identity_is_counted_once_by_its_kind(report: Reported, answered: Mapping[str, list[Row]]) -> None:
    expected = Counter(
        {
            "IAM user": len(users(report)),
            "root user": sum(user["is_root"] for user in report.truth["users"]),
            "Identity Center user": len(report.truth["identity_center_users"]),
        }
    )
    for role in report.truth["roles"]:
        expected["role of an AWS service" if role["is_service_linked"] else "role"] += 1
    found = Counter[str]()
    for row in answered["identities_by_activity"]:
        found[row["kind"]] += row["identities"]
    assert found == expected
    totals = [found[kind] for kind in dict.fromkeys(row["kind"] for row in answered["identities_by_activity"])]
    assert totals == sorted(totals, reverse=True)


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


def test_who_is_assigned_in_several_ways_is_one_person(
    report: Reported, answered: Mapping[str, list[Row]], tmp_path: Path
) -> None:
    members: dict[str, set[str]] = {}
    for row in report.truth["identity_center_group_members"]:
        members.setdefault(row["group_id"], set()).add(row["user_id"])
    names = {row["account_id"]: row["account_name"] for row in report.truth["accounts"]}
    known = {row["user_id"] for row in report.truth["identity_center_users"]}
    expected: dict[tuple[str, str], set[str]] = {}
    for row in report.truth["account_assignments"]:
        of_group = members.get(row["principal_id"], set())
        people = of_group if row["principal_type"] == "GROUP" else {row["principal_id"]}
        place = str(names.get(row["target_account_id"], row["target_account_id"])), row["permission_set_name"]
        expected.setdefault(place, set()).update(people & known)
    people_of = {place: len(people) for place, people in expected.items() if people}
    assert counts(answered["assignments_by_account"]) == people_of
    assert len(people_of) > 10
    twice = "insert into assignment_holders select * replace ('another' as group_id) from assignment_holders"
    rows = of(report.altered([twice], tmp_path), "assignments_by_account").rows
    assert counts([dict(row) for row in rows]) == people_of


def test_sign_ins_of_thirty_days_are_counted_by_day_and_result(
    report: Reported, database: Database, tmp_path: Path
) -> None:
    rows = database.rows("select day, result from sign_ins")
    newest = max(row["day"] for row in rows)
    days = [newest - timedelta(days=back) for back in (29, 30)]
    old = [f"insert into sign_ins select * replace (date '{day}' as day) from sign_ins limit 1" for day in days]  # noqa: S608 - our own dates
    found = counts([dict(row) for row in of(report.altered(old, tmp_path), "sign_ins_by_day").rows])
    expected = Counter((row["day"], row["result"]) for row in rows if row["day"] > days[0])
    assert {place: count for place, count in found.items() if place[0] > days[0]} == expected
    assert {result for _, result in expected} >= {"Success", "Failure"}
    assert min(day for day, _ in found) == days[0]


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


def test_every_read_is_counted_by_account_and_what_is_missing_is_listed(
    report: Reported, answered: Mapping[str, list[Row]], tmp_path: Path
) -> None:
    reads = sum(row["reads"] for row in answered["coverage_by_account"])
    assert reads == len(report.truth["sync_coverage"])
    assert {row["status"] for row in answered["coverage_by_account"]} == {"complete"}
    denied = "update sync_coverage set status = 'denied', missing_action = 'iam:ListUsers' where stream = 'users'"
    more = (
        "update sync_coverage set rows_comparable = 1, rows_counted_by_aws = 2 where stream = 'roles'"
        " and account_id = (select min(account_id) from accounts)"
    )
    gaps = of(report.altered([denied, more], tmp_path), "coverage_gaps").rows
    expected = Counter({("denied", "users", "iam:ListUsers"): 5, ("AWS counts other rows", "roles", None): 1})
    assert Counter((row["gap"], row["stream"], row["missing_action"]) for row in gaps) == expected


def test_the_tables_on_the_page_are_the_answers_to_their_queries(
    report: Reported, answered: Mapping[str, list[Row]]
) -> None:
    tables = parsed(report.html).tables
    for section in SECTIONS:
        if section.drawn_as == "table" and answered[section.name]:
            rows = [[text(value) for value in row.values()] for row in answered[section.name]]
            assert tables[section.name][1:] == rows[: section.words["rows"]]


def test_the_heat_map_on_the_page_has_the_numbers_of_its_query(
    report: Reported, answered: Mapping[str, list[Row]]
) -> None:
    heading, *lines = parsed(report.html).tables["assignments_by_account"]
    shown = {
        (account, name): int(count)
        for account, *cells in lines
        for name, count in zip(heading[1:], cells, strict=True)
        if count != "none"
    }
    assert shown == counts(answered["assignments_by_account"])


def test_what_aws_did_not_show_is_unknown_and_never_a_no(report: Reported, tmp_path: Path) -> None:
    hidden = "update identities set mfa_active = null, password_enabled = null, active_access_keys = null"
    states = counts([dict(row) for row in of(report.altered([hidden], tmp_path), "users_by_credentials").rows])
    assert states == {("Unknown: not readable", "MFA unknown"): len(users(report))}


@pytest.mark.parametrize("hidden", ["password_enabled = null", "active_access_keys = null"])
def test_a_user_of_whom_half_is_hidden_is_not_counted_as_without_it(
    report: Reported, tmp_path: Path, hidden: str
) -> None:
    rows = of(report.altered([f"update identities set {hidden}"], tmp_path), "users_by_credentials").rows  # noqa: S608 - our own columns
    assert {row["credentials"] for row in rows} == {"Unknown: not readable"}


def test_a_finding_that_is_unknown_or_excepted_is_not_counted_as_found(report: Reported, tmp_path: Path) -> None:
    unknown = "update findings set status = 'unknown' where severity = 'critical'"
    excepted = "update findings set is_excepted = true where severity = 'high'"
    altered = report.altered([unknown, excepted], tmp_path)
    rows = of(altered, "findings_by_rule").rows
    assert {row["severity"] for row in rows if row["found"]} == {"medium", "low"}
    assert {row["severity"] for row in rows if row["unknown"]} == {"critical"}
    assert {row["severity"] for row in rows if row["excepted"]} == {"high"}
    drawn = page(altered, "Somewhere", report.now)
    assert re.search(r'<span class="number">0</span>\s*<span class="what">Critical</span>[^/]*unknown', drawn)


def test_a_table_that_is_not_there_is_named(report: Reported, tmp_path: Path) -> None:
    altered = report.altered(["drop table access_keys", "drop table audit_events"], tmp_path)
    texts = parsed(page(altered, "Somewhere", report.now)).texts
    for section, stream in (("access_keys_by_age", "access_keys"), ("events_by_actor", "audit_events")):
        assert f"the warehouse has no table {stream}" in texts[section]
    assert "the warehouse has no table" not in texts["users_by_credentials"]


def test_nothing_is_called_safe_where_there_was_nothing_to_look_at(report: Reported, tmp_path: Path) -> None:
    streams = {stream for section in SECTIONS for stream in section.streams}
    models = ("findings", "identities", "access_grants", "assignment_holders", "sign_ins")
    html = page(report.altered([f"truncate {table}" for table in (*streams, *models)], tmp_path), "Nowhere", report.now)
    texts = parsed(html).texts
    for section in SECTIONS:
        # Of streams that no sync speaks of, coverage says so: that is what is missing.
        if not section.name.startswith("coverage"):
            assert "there was nothing to look at" in texts[section.name]
            assert section.words["none"] not in texts[section.name]
    assert "not_synced" in texts["coverage_gaps"]


def test_every_section_shows_its_sql(report: Reported) -> None:
    texts = parsed(report.html).texts
    assert all(section.sql in texts[section.name] for section in SECTIONS)


def test_names_from_the_account_are_text_and_never_markup(report: Reported) -> None:
    found = parsed(report.html)
    assert HOSTILE_PATH in found.texts["critical_findings"]
    assert HOSTILE_ACTOR in found.texts["events_by_actor"]
    assert HOSTILE_POLICY in found.texts["access_paths"]
    tags = {tag for tag, _ in found.elements}
    assert tags.isdisjoint({"script", "img", "iframe", "object", "embed", "link", "base", "form"})
    assert sum(tag == "style" for tag, _ in found.elements) == 1
    assert not [name for _, attributes in found.elements for name in attributes if name.startswith("on")]


def test_the_page_needs_nothing_from_elsewhere(report: Reported) -> None:
    found = parsed(report.html)
    names = ("src", "srcset", "href", "xlink:href", "data", "action", "poster", "background", "style")
    pointers = {attributes[name] for _, attributes in found.elements for name in names if name in attributes}
    assert pointers == {f"#{SECTIONS[0].name}"}
    css = report.html.partition("<style>")[2].partition("</style>")[0]
    assert not re.search(r"url\(|@import|image-set", css)


def test_a_keyboard_reaches_what_scrolls_and_a_screen_reader_names_what_is_drawn(report: Reported) -> None:
    elements = parsed(report.html).elements
    ids = {attributes["id"] for _, attributes in elements if "id" in attributes}
    for tag, attributes in elements:
        if attributes.get("class") == "scroll":
            assert (attributes["tabindex"], attributes["role"]) == ("0", "region")
            assert attributes["aria-label"]
        if tag == "pre":
            assert attributes["tabindex"] == "0"
        if tag == "th":
            assert attributes["scope"] in {"col", "row"}
        if tag == "svg":
            assert attributes.get("aria-hidden") == "true" or attributes["aria-labelledby"] in ids
    levels = [int(tag[1]) for tag, _ in elements if re.fullmatch(r"h\d", tag)]
    assert levels == [1, *[2] * len(SECTIONS)]


def text(value: Any) -> str:
    """A value as the page shows it."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "none" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


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
