"""Many accounts in one sync: a list of roles, or an organization. One that fails does not stop the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Fault
from embedded_aws.scenarios.member_accounts import MEMBER_ROLE, Account, OpenAccount, account_ids
from embedded_aws.server.aws_policies import provide
from embedded_aws.server.organization import Member, Organization, Unit
from integration_tests.conftest import FAST
from integration_tests.connector import EVERY_STREAM, Json, Output, catalog, discovered, read, run

EXTERNAL_ID = "of-the-whole-organization"
IDS = account_ids(30)
PRODUCTION, EUROPE, SANDBOX = "ou-ab12-11111111", "ou-ab12-22222222", "ou-ab12-33333333"


def roles(aws: EmbeddedAws, opened: Iterable[OpenAccount], **overrides: Any) -> Json:
    """A config that reads these accounts, each with the external id of its own."""
    entries = [{"role_arn": account.role_arn, "external_id": account.external_id} for account in opened]
    return aws.config(accounts={"scope": "list", "roles": entries}, **{**FAST, **overrides})


def organization(aws: EmbeddedAws, *, chosen: Json | None = None, **overrides: Any) -> Json:
    """A config that reads the organization of the home account, less what `chosen` leaves out."""
    accounts = {"scope": "organization", "role_name": MEMBER_ROLE, "external_id": EXTERNAL_ID, **(chosen or {})}
    return aws.config(accounts=accounts, **{**FAST, **overrides})


def members(ids: Sequence[str], **details: Any) -> list[Account]:
    return [Account(account_id, external_id=EXTERNAL_ID, **{"users": 3, "groups": 1, **details}) for account_id in ids]


def tree() -> Organization:
    """Ten accounts: 2 under the root, 3 in Production, 2 in Europe inside it, and 3 in Sandbox."""
    europe = Unit("Europe", id=EUROPE, accounts=IDS[5:7])
    return Organization(
        accounts=[Member(IDS[0], "first", tags={"team": "core"}), IDS[1]],
        units=[
            Unit("Production", id=PRODUCTION, accounts=IDS[2:5], units=[europe]),
            Unit("Sandbox", id=SANDBOX, accounts=IDS[7:10]),
        ],
    )


def accounts_of(output: Output, stream: str = "users") -> set[str]:
    return {row["account_id"] for row in output.records(stream)}


def test_a_list_is_read_with_an_external_id_for_each_account(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    opened = empty_aws.open_accounts([Account(one, users=4, groups=2, events=20) for one in IDS[:4]])
    output = read(roles(empty_aws, opened), tmp_path, streams=EVERY_STREAM)

    assert (output.exit_code, output.errors) == (0, [])
    assert set(output.statuses.values()) == {"COMPLETE"}
    for one in IDS[:4]:
        found = {row["user_name"] for row in output.records("users") if row["account_id"] == one and not row["is_root"]}
        assert found == {user["user_name"] for user in empty_aws.within(one).users_truth()}
        assert sum(row["account_id"] == one for row in output.records("audit_events")) == 20
    assert {row["account_id"]: row["read_status"] for row in output.records("accounts")} == dict.fromkeys(
        IDS[:4], "readable"
    )
    assert (output.records("organization"), output.records("organizational_units")) == ([], [])
    assert "is in no organization, so there are no rows." in output.stdout
    # The rows of role_trusts have them, as AWS tells them to whoever may read the roles.
    said = str([message for message in output.messages if message["type"] != "RECORD"]) + output.stderr
    assert not [account for account in opened if account.external_id in said]
    assert not [key for key in empty_aws.sessions.issued() if key.secret_access_key in said]


def test_no_key_comes_twice_however_much_accounts_have_in_common(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    opened = empty_aws.open_accounts([Account(one, users=2, groups=1, events=5) for one in IDS[:2]])
    administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
    for one in IDS[:2]:
        iam = empty_aws.iam(one)
        provide(iam, administrator)
        iam.managed_policies[administrator].attach_to(next(iter(iam.users.values())))
    output = read(roles(empty_aws, opened), tmp_path, streams=EVERY_STREAM)
    assert (output.exit_code, output.errors) == (0, [])
    for stream in discovered():
        rows = output.records(stream["name"])
        keys = [tuple(row[name] for [name] in stream["source_defined_primary_key"]) for row in rows]
        assert len(set(keys)) == len(keys), stream["name"]
    of_aws = [row for row in output.records("policies") if row["arn"] == administrator]
    assert {row["account_id"] for row in of_aws} == set(IDS[:2])
    assert len({row["policy_id"] for row in of_aws}) == 1


def test_every_account_costs_what_one_costs(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    opened = empty_aws.open_accounts([Account(one, users=5, groups=1) for one in IDS[:3]])
    read(roles(empty_aws, opened), tmp_path, streams=EVERY_STREAM)
    asked = {
        one: {
            key[1:]: count for key, count in empty_aws.requests.items() if key[0] == one and "LookupEvents" not in key
        }
        for one in IDS[:3]
    }
    assert all(count == 1 for key, count in asked[IDS[0]].items() if key[1] == "iam:ListUsers")
    assert asked[IDS[0]].keys() == asked[IDS[1]].keys() == asked[IDS[2]].keys()
    assert empty_aws.requests["123456789012", "us-east-1", "sts:AssumeRole"] == 4, "the hub, and each account once"


def test_hiccups_of_many_accounts_at_once_fail_none_of_them(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    opened = empty_aws.open_accounts([Account(one, users=1, groups=0) for one in IDS])
    for one in IDS:
        empty_aws.fail(Fault("iam:ListUsers", "unavailable", times=4, account_id=one))
    output = read(roles(empty_aws, opened, num_workers=50), tmp_path, streams=["users"])
    assert (output.exit_code, output.errors) == (0, [])
    assert accounts_of(output) == set(IDS)
    assert {empty_aws.requests[one, "us-east-1", "iam:ListUsers"] for one in IDS} == {5}


def test_an_organization_is_read_but_for_its_management_account(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    empty_aws.open_accounts(members(IDS[:10]))
    found = empty_aws.organize(tree())
    found.empty_pages = 2
    found.set_state(IDS[9], "SUSPENDED")
    output = read(organization(empty_aws), tmp_path, streams=EVERY_STREAM)

    assert (output.exit_code, output.errors) == (0, [])
    assert accounts_of(output) == set(IDS[:9])
    rows = {row["account_id"]: row for row in output.records("accounts")}
    assert rows.keys() == {*IDS[:10], empty_aws.account_id}
    assert {one: row.get("read_status") for one, row in rows.items()} == {
        **dict.fromkeys(IDS[:9], "readable"),
        IDS[9]: None,
        empty_aws.account_id: None,
    }
    for truth in found.accounts_truth():
        row = rows[truth["account_id"]]
        expected = {"arn": truth["arn"], "account_name": truth["name"], "email": truth["email"], "tags": truth["tags"]}
        assert {name: row.get(name) for name in expected} == expected
        assert (row["state"], row["joined_method"]) == (truth["state"], truth["joined_method"])
        assert row["ou_path"].split("/")[2:-1] == truth["unit_ids"]
    units = {
        row["ou_id"]: (row["name"], row["parent_id"], row["arn"]) for row in output.records("organizational_units")
    }
    assert units == {unit["id"]: (unit["name"], unit["parent_id"], unit["arn"]) for unit in found.units_truth()}
    [described] = output.records("organization")
    assert (described["organization_id"], described["management_account_id"]) == (found.id, empty_aws.account_id)


FILTERS: dict[str, tuple[Json, list[str]]] = {
    "a unit with the one inside it": ({"include_ous": [PRODUCTION]}, IDS[2:7]),
    "the inner unit": ({"include_ous": [EUROPE]}, IDS[5:7]),
    "all but the inner unit": ({"include_ous": [PRODUCTION], "exclude_ous": [EUROPE]}, IDS[2:5]),
    "all but a unit and an account": (
        {"exclude_ous": [PRODUCTION], "exclude_accounts": [IDS[0]]},
        [IDS[1], *IDS[7:10]],
    ),
}


@pytest.mark.parametrize("paths", [True, False], ids=["with Paths", "without Paths"])
@pytest.mark.parametrize(("chosen", "expected"), FILTERS.values(), ids=FILTERS)
def test_units_choose_accounts(
    chosen: Json, expected: list[str], *, paths: bool, empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    empty_aws.open_accounts(members(IDS[:10], users=1))
    found = empty_aws.organize(tree())
    found.empty_pages = 1
    found.hidden = {"Status"} if paths else {"Paths", "State"}
    output = read(organization(empty_aws, chosen=chosen), tmp_path, streams=["password_policy"])

    assert (output.exit_code, accounts_of(output, "password_policy")) == (0, set(expected))
    walked = empty_aws.requests["123456789012", "us-east-1", "organizations:ListAccountsForParent"]
    assert bool(walked) is not paths


def test_an_account_that_is_on_two_pages_is_read_once(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    empty_aws.open_accounts(members(IDS, users=1, groups=0))
    empty_aws.organize(Organization(accounts=IDS)).repeats = True
    output = read(organization(empty_aws), tmp_path, streams=["password_policy", "accounts"])

    assert (output.exit_code, output.errors) == (0, [])
    assert sorted(row["account_id"] for row in output.records("password_policy")) == sorted(IDS)
    assert sorted(row["account_id"] for row in output.records("accounts")) == sorted([*IDS, empty_aws.account_id])


def test_the_management_account_is_read_as_itself(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    empty_aws.open_accounts(members(IDS[:1]))
    empty_aws.organize(Organization(accounts=IDS[:1]))
    config = organization(empty_aws, chosen={"include_management_account": True})
    output = read(config, tmp_path, streams=["users", "accounts"])
    assert accounts_of(output) == {IDS[0], empty_aws.account_id}
    assert {row["account_id"]: row["is_management"] for row in output.records("accounts")} == {
        IDS[0]: False,
        empty_aws.account_id: True,
    }


@pytest.mark.parametrize("management_too", [True, False])
def test_the_hub_may_be_in_the_account_of_a_delegated_administrator(
    *, management_too: bool, empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    """It reads its own account, which is a member, and that of the management through the role, as any other."""
    management, *others = IDS[:4]
    hub = empty_aws.account_id
    empty_aws.open_accounts(members([management, *others, hub], events=2))
    delegated = {hub: ["config.amazonaws.com"]}
    found = empty_aws.organize(Organization(accounts=[hub, *others], management=management, delegated=delegated))
    config = organization(empty_aws, chosen={"include_management_account": management_too})
    output = read(config, tmp_path, streams=EVERY_STREAM)

    expected = {hub, *others, *([management] if management_too else [])}
    assert empty_aws.requests[hub, "us-east-1", "sts:AssumeRole"] == 1 + len(expected), "the hub, and each account"
    assert (output.exit_code, output.errors, set(output.statuses.values())) == (0, [], {"COMPLETE"})
    assert (accounts_of(output), accounts_of(output, "audit_events")) == (expected, expected)
    rows = rows_of_accounts(output)
    assert rows.keys() == {hub, management, *others}
    assert [one for one, row in rows.items() if row["is_management"]] == [management]
    assert {one for one, row in rows.items() if row.get("read_status") == "readable"} == expected
    [described] = output.records("organization")
    assert (described["organization_id"], described["management_account_id"]) == (found.id, management)

    status, message = run("check", folder=tmp_path, config=config).connection_status
    count = len(expected)
    assert (status, message.split(" The ")[0]) == ("SUCCEEDED", f"{count} of {count} accounts can be read.")


def test_a_hub_in_any_other_account_may_not_list_the_organization(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    empty_aws.organize(Organization(accounts=[empty_aws.account_id, IDS[1]], management=IDS[0]))
    output = read(organization(empty_aws), tmp_path, streams=["users"])

    assert (output.exit_code, output.records("users")) == (1, [])
    assert "The permission for organizations:ListAccounts in account 123456789012" in output.errors[0]["message"]


TAGS = "organizations:ListTagsForResource"


def rows_of_accounts(output: Output) -> dict[str, Json]:
    return {row["account_id"]: row for row in output.records("accounts")}


def test_an_account_that_leaves_while_others_are_read_keeps_its_row_without_tags(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    empty_aws.open_accounts(members(IDS[:5]))
    found = empty_aws.organize(Organization(accounts=[Member(one, tags={"team": "core"}) for one in IDS[:5]]))
    empty_aws.after("organizations:ListAccounts", 1, lambda: found.remove(IDS[1]))
    output = read(organization(empty_aws), tmp_path, streams=["users", "accounts"])

    assert (output.exit_code, output.errors, output.statuses["accounts"]) == (0, [], "COMPLETE")
    rows = rows_of_accounts(output)
    assert rows.keys() == {*IDS[:5], empty_aws.account_id}
    assert {one: rows[one].get("tags") for one in IDS[:5]} == {one: {"team": "core"} for one in IDS[:5]} | {
        IDS[1]: None
    }
    assert rows[IDS[1]]["unavailable_fields"] == [], "AWS denied nothing: the account has left"
    assert rows[IDS[0]]["unavailable_fields"] == []


@pytest.mark.parametrize("strict", [True, False])
def test_tags_that_cannot_be_read_cost_no_row_and_are_told(
    *, strict: bool, empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    empty_aws.open_accounts(members(IDS[:4]))
    empty_aws.organize(Organization(accounts=[Member(one, tags={"team": "core"}) for one in IDS[:4]]))
    # One of an account that is read, and (what the first one strikes the second does not see) the last: that of the
    # management account, which is not read.
    for after in (1, 3):
        empty_aws.fail(Fault(TAGS, "missing_members", after=after))
    config = organization(empty_aws, fail_on_account_error=strict)
    output = read(config, tmp_path, streams=["users", "accounts"])

    assert output.exit_code == int(strict)
    assert output.statuses == {"users": "COMPLETE", "accounts": "INCOMPLETE"}
    rows = rows_of_accounts(output)
    assert rows.keys() == {*IDS[:4], empty_aws.account_id}
    untagged = {one for one, row in rows.items() if "tags" not in row}
    assert len(untagged) == 2
    assert empty_aws.account_id in untagged
    for one, row in rows.items():
        assert ("tags" in row["unavailable_fields"]) is (one in untagged), "null that is not named means no tags"
    assert {rows[one]["read_status"] for one in IDS[:4]} == {"readable"}
    [error] = output.errors
    assert f"accounts: tags of 2 accounts could not be read: {', '.join(sorted(untagged))}. " in error["message"]
    assert TAGS in error["message"]
    assert error["failure_type"] == "transient_error"


def break_three(aws: EmbeddedAws) -> dict[str, str]:
    """One without the role, one whose role trusts somebody else, one that a service control policy closes."""
    aws.remove_role(IDS[3])
    aws.trust_another(IDS[11])
    aws.deny_by_scp(IDS[29], "iam:*", "cloudtrail:*", "ec2:*", "access-analyzer:*", "sso:*")
    return {IDS[3]: "sts:AssumeRole", IDS[11]: "sts:AssumeRole", IDS[29]: "service control policy"}


def test_of_thirty_accounts_three_fail_alone(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    empty_aws.open_accounts(members(IDS, events=4))
    empty_aws.organize(Organization(accounts=IDS))
    broken = break_three(empty_aws)
    output = read(organization(empty_aws), tmp_path, streams=["users", "groups", "accounts", "audit_events"])

    assert output.exit_code == 0
    for stream in ("users", "groups", "audit_events"):
        assert accounts_of(output, stream) == set(IDS) - broken.keys()
        assert output.statuses[stream] == "INCOMPLETE"
    assert output.statuses["accounts"] == "COMPLETE"
    errors = {error["stream_descriptor"]["name"]: error for error in output.errors}
    assert errors.keys() == {"users", "groups", "audit_events"}
    for error in errors.values():
        assert error["failure_type"] == "config_error"
        assert all(one in error["message"] for one in broken)
        assert "3 of 30 accounts could not be read" in error["message"]
    rows = {row["account_id"]: row for row in output.records("accounts")}
    assert {one for one, row in rows.items() if row.get("read_status") == "failed"} == broken.keys()
    for one, cause in broken.items():
        assert cause in rows[one]["read_error"]
        assert any(one in warning for warning in output.warnings)
    state = str(output.state)
    assert IDS[0] in state
    assert IDS[3] not in state

    empty_aws.mend(IDS[3])
    again = read(organization(empty_aws), tmp_path, streams=["users", "accounts", "audit_events"], state=output.state)
    assert accounts_of(again) == set(IDS) - {IDS[11], IDS[29]}
    assert sum(row["account_id"] == IDS[3] for row in again.records("audit_events")) == 4


# Whoever reads a credential report now fails with a TypeError.
FAULT_OF_OURS: Mapping[str, Any] = {"source_aws_iam.iam.access_keys.SLOTS": 5}


def test_a_fault_of_ours_in_one_account_is_told_of_that_account_and_holds_up_no_other(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    empty_aws.open_accounts(members(IDS[:3], events=4))
    empty_aws.organize(Organization(accounts=IDS[:3]))
    for one in (IDS[0], IDS[2]):
        empty_aws.fail(Fault("iam:GetCredentialReport", "access_denied", times=None, account_id=one))
    streams = catalog(["users", "groups", "accounts", "audit_events"])
    files: dict[str, Any] = {"config": organization(empty_aws), "catalog": streams, "state": []}
    output = run("read", folder=tmp_path, constants=FAULT_OF_OURS, **files)

    assert output.exit_code == 1
    assert (accounts_of(output), accounts_of(output, "groups")) == ({IDS[0], IDS[2]}, set(IDS[:3]))
    assert output.statuses == {
        "users": "INCOMPLETE",
        "groups": "COMPLETE",
        "accounts": "COMPLETE",
        "audit_events": "COMPLETE",
    }
    rows = rows_of_accounts(output)
    assert [rows[one]["read_status"] for one in IDS[:3]] == ["readable", "failed", "readable"]
    assert rows[IDS[1]]["read_error"].startswith("users: The connector failed with an unexpected TypeError.")
    assert any(IDS[1] in warning for warning in output.warnings)


LOOKUPS = "cloudtrail:LookupEvents"


@pytest.mark.parametrize("streams", [["accounts", "audit_events"], ["audit_events", "accounts", "users"]])
def test_the_row_of_an_account_says_what_became_of_its_audit_events(
    streams: list[str], empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    home, closed, _ = empty_aws.regions
    whole, lost, cut = IDS[:3]
    opened = empty_aws.open_accounts(
        [
            Account(whole, users=1, groups=0, events=5, regions=[home]),
            Account(lost, users=1, groups=0, events=400, regions=[home]),
            Account(cut, users=1, groups=0, events=5, regions=[home, closed]),
        ]
    )
    empty_aws.after(LOOKUPS, 4, lambda: empty_aws.deny_by_scp(lost, LOOKUPS), account_id=lost)
    empty_aws.fail(Fault(LOOKUPS, "access_denied", times=None, region=closed))
    listed = {one["stream"]["name"]: one for one in catalog(streams)["streams"]}
    in_order = {"streams": [listed[name] for name in streams]}
    output = run("read", folder=tmp_path, config=roles(empty_aws, opened, num_workers=1), catalog=in_order, state=[])

    assert (output.exit_code, output.statuses["accounts"]) == (0, "COMPLETE")
    rows = rows_of_accounts(output)
    assert {one: row["read_status"] for one, row in rows.items()} == {whole: "readable", lost: "failed", cut: "partial"}
    assert "read_error" not in rows[whole]
    assert rows[lost]["read_error"].startswith(f"audit_events: The permission for {LOOKUPS} in account {lost}, ")
    assert rows[cut]["read_error"].startswith(f"audit_events in Region {closed}: The permission for {LOOKUPS} in ")


def test_without_audit_events_no_row_waits_for_them(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    opened = empty_aws.open_accounts([Account(IDS[0], users=1, groups=0)])
    empty_aws.deny_by_scp(IDS[0], LOOKUPS)
    output = read(roles(empty_aws, opened), tmp_path, streams=["users", "accounts"])
    assert (output.exit_code, [row["read_status"] for row in output.records("accounts")]) == (0, ["readable"])


def test_rows_of_accounts_come_where_audit_events_cannot_begin(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    opened = empty_aws.open_accounts([Account(one, users=1, groups=0) for one in IDS[:2]])
    foreign = {"stream_descriptor": {"name": "audit_events"}, "stream_state": {"version": 0}}
    state = [{"type": "STREAM", "stream": foreign}]
    output = read(roles(empty_aws, opened), tmp_path, streams=["audit_events", "accounts"], state=state)
    assert output.exit_code == 1
    assert {one: row["read_status"] for one, row in rows_of_accounts(output).items()} == dict.fromkeys(
        IDS[:2], "readable"
    ), "what failed is not the accounts"


def test_the_row_of_the_only_account_comes_where_its_audit_events_cannot_be_planned(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    empty_aws.fail(Fault("ec2:DescribeRegions", "missing_members", times=None))
    output = read(empty_aws.config(**FAST), tmp_path, streams=["audit_events", "accounts"])
    assert (output.exit_code, output.statuses["accounts"]) == (1, "COMPLETE")
    [row] = output.records("accounts")
    assert row["read_status"] == "failed"
    assert row["read_error"].startswith("audit_events: ec2:DescribeRegions in ")


def spans(output: Output, account_id: str) -> dict[str, list[str]]:
    """{interval: Regions} of one account in the last state."""
    [state] = output.state
    complete = state["stream"]["stream_state"]["complete"]["all"]
    return {interval: accounts[account_id] for interval, accounts in complete.items() if account_id in accounts}


def test_a_failed_account_keeps_its_state(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    opened = empty_aws.open_accounts([Account(one, users=1, groups=0, events=3) for one in IDS[:3]])
    config = roles(empty_aws, opened, lookback_minutes=0)
    first = read(config, tmp_path, streams=["audit_events"])
    empty_aws.suspend(IDS[1])
    second = read(config, tmp_path, streams=["audit_events"], state=first.state)
    assert (second.exit_code, second.statuses["audit_events"]) == (0, "INCOMPLETE")
    assert len(spans(first, IDS[1])) == 1
    assert spans(second, IDS[1]) == spans(first, IDS[1])
    assert max(spans(second, IDS[0])) >= max(spans(first, IDS[0])), "by seconds, of which two syncs may share one"


def test_the_sync_fails_where_that_is_wanted_or_no_account_is_left(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    opened = empty_aws.open_accounts([Account(one, users=1, groups=0) for one in IDS[:2]])
    empty_aws.remove_role(IDS[0])
    strict = read(roles(empty_aws, opened, fail_on_account_error=True), tmp_path, streams=["groups", "users"])
    assert (strict.exit_code, accounts_of(strict)) == (1, {IDS[1]})
    empty_aws.remove_role(IDS[1])
    nobody = read(roles(empty_aws, opened), tmp_path, streams=["groups", "users"])
    assert nobody.exit_code == 1
    assert {error["failure_type"] for error in nobody.errors} == {"config_error"}
    alone = read(roles(empty_aws, opened), tmp_path, streams=["accounts"])
    assert (alone.exit_code, len(alone.records("accounts"))) == (1, 2)


def test_other_failures_fail_the_sync_as_ever(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    """The hub may not ask Organizations: no account is known, which is not the failure of one."""
    output = read(organization(empty_aws), tmp_path, streams=["users"])
    assert output.exit_code == 1
    assert "shows no account to read" in output.errors[0]["message"]


def test_accounts_join_and_leave_between_two_syncs(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    empty_aws.open_accounts(members(IDS[:4], events=3))
    found = empty_aws.organize(Organization(accounts=IDS[:3]))
    first = read(organization(empty_aws), tmp_path, streams=["users", "audit_events"])
    assert accounts_of(first) == set(IDS[:3])
    found.remove(IDS[0])
    found.add(IDS[3])
    second = read(organization(empty_aws), tmp_path, streams=["users", "audit_events"], state=first.state)
    assert (second.exit_code, accounts_of(second)) == (0, set(IDS[1:4]))
    assert sum(row["account_id"] == IDS[3] for row in second.records("audit_events")) == 3
    assert IDS[0] in str(second.state), "what was complete of an account that left is not forgotten"


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-north-1"])
def test_other_partitions_are_read_alike(region: str, tmp_path: Path) -> None:
    streams = ["users", "accounts", "organization", "audit_events"]
    with EmbeddedAws(lookup_rate=None, regions=[region]) as aws:
        partition = aws.partition
        aws.open_accounts(members(IDS[:2], events=6))
        aws.organize(Organization(accounts=IDS[:2]))
        output = read(organization(aws), tmp_path, streams=streams)
    assert (output.exit_code, output.errors, set(output.statuses.values())) == (0, [], {"COMPLETE"})
    assert accounts_of(output) == set(IDS[:2])
    assert {row["partition"] for stream in streams for row in output.records(stream)} == {partition}
    assert Counter((row["account_id"], row["region"]) for row in output.records("audit_events")) == {
        (one, region): 6 for one in IDS[:2]
    }


def test_check_says_how_many_of_how_many_can_be_read(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    empty_aws.open_accounts(members(IDS, users=1, groups=0))
    empty_aws.organize(Organization(accounts=IDS))
    break_three(empty_aws)
    output = run("check", folder=tmp_path, config=organization(empty_aws, accounts_to_check=30))
    status, message = output.connection_status
    assert status == "SUCCEEDED"
    assert message.startswith("27 of 30 accounts can be read. Account ")
    assert message.count("cannot be read:") == 2, "the same error twice is said once"
    assert f"Account {IDS[29]} cannot be read: The permission for iam:ListUsers " in message
    assert "service control policy" in message

    some = run("check", folder=tmp_path, config=organization(empty_aws, accounts_to_check=4))
    assert "of 4 accounts that were tested, of 30 in all, can be read." in some.connection_status[1]


def test_check_tries_the_streams_in_an_account_that_is_open_and_names_it(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    opened = empty_aws.open_accounts([Account(one, users=1, groups=0) for one in IDS[:3]])
    empty_aws.deny_by_scp(IDS[0], "iam:*", "cloudtrail:*", "ec2:*", "access-analyzer:*")
    empty_aws.deny_by_scp(IDS[1], "iam:ListRoles")
    empty_aws.allow("sts:*")
    status, message = run("check", folder=tmp_path, config=roles(empty_aws, opened)).connection_status

    assert status == "SUCCEEDED"
    assert message.startswith(f"2 of 3 accounts can be read. Account {IDS[0]} cannot be read: The permission for iam:")
    assert f"The streams of accounts were tested in account {IDS[1]} only. The connection works, but " in message
    assert "Cannot be read: roles, organizational_units, organization, delegated_administrators, " in message


def test_an_account_whose_role_may_read_one_stream_alone_can_be_read(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    opened = empty_aws.open_accounts([Account(one, users=1, groups=0) for one in IDS[:2]])
    empty_aws.deny_by_scp(IDS[0], "iam:*")
    empty_aws.deny_by_scp(IDS[1], "iam:[!G]*", "iam:Get[!C]*", "cloudtrail:*")
    status, message = run("check", folder=tmp_path, config=roles(empty_aws, opened)).connection_status

    assert (status, message[:31]) == ("SUCCEEDED", "2 of 2 accounts can be read. Th")


def test_check_fails_where_no_account_can_be_read(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    opened = empty_aws.open_accounts([Account(one, users=1, groups=0) for one in IDS[:2]])
    empty_aws.change_external_id(IDS[0])
    empty_aws.trust_another(IDS[1])
    status, message = run("check", folder=tmp_path, config=roles(empty_aws, opened)).connection_status
    assert status == "FAILED"
    assert message.startswith("0 of 2 accounts can be read.")
    assert "external_id equals the trust policy's" in message


def test_a_tree_of_more_units_than_a_token_bucket_holds_is_read_without_being_throttled(tmp_path: Path) -> None:
    with EmbeddedAws(token_buckets=True) as aws:
        aws.organize(Organization(accounts=[], units=[Unit(f"unit-{number}") for number in range(26)]))
        output = read(aws.config(**FAST), tmp_path, streams=["organizational_units"])
        assert output.statuses == {"organizational_units": "COMPLETE"}
        assert len(output.records("organizational_units")) == 26
        assert aws.throttled_by_buckets == {}
