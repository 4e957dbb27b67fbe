"""What becomes of accounts while they are read. One is suspended: it fails alone, by name, and when it is back, nothing
of it is missing. AWS ends the sessions of one, or of the hub: nobody notices.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws.scenarios.member_accounts import Account
from embedded_aws.truth import truth_of
from embedded_aws.truth.comparison import first_differences
from integration_tests.connector import SMALL_WINDOWS, Json, Output, catalog, read, run
from integration_tests.test_accounts import IDS, accounts_of, roles
from integration_tests.test_read import row, tables

OF_IAM = ("users", "roles")
# Neither the first account that is read nor the last, nor alone when its turn comes.
SUSPENDED = IDS[1]
OTHERS = [IDS[0], *IDS[2:5]]
READ = [*OTHERS, SUSPENDED]
EVENTS = ["audit_events"]


def three_pages_of_everything(aws: EmbeddedAws) -> Json:
    """A config of five accounts, in which IAM's lists come in pages of two."""
    aws.page_cap = 2
    opened = aws.open_accounts([Account(one, users=5, groups=1) for one in IDS[:5]])
    for account in opened:
        for number in range(4):
            aws.iam(account.id).create_role(f"role-{number}", "{}", "/", None, "", [], "3600")
    return roles(aws, opened)


def of_account(output: Output, account_id: str) -> list[Json]:
    return [row for stream in OF_IAM for row in output.records(stream) if row["account_id"] == account_id]


def differences(aws: EmbeddedAws, output: Output, account_ids: list[str], streams: tuple[str, ...]) -> list[str]:
    """How the rows of these accounts differ from what is in them."""
    stored = tables(output, streams)
    found: list[str] = []
    for one in account_ids:
        warehouse = {name: [row for row in rows if row["account_id"] == one] for name, rows in stored.items()}
        found += first_differences(truth_of(aws.within(one), streams), warehouse)
    return found


@pytest.mark.parametrize(
    ("action", "strict"),
    [("iam:ListUsers", True), ("iam:ListRoles", False), ("iam:GetAccountAuthorizationDetails", False)],
)
def test_an_account_that_is_suspended_between_two_pages_fails_alone(
    action: str, *, strict: bool, empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    config = {**three_pages_of_everything(empty_aws), "fail_on_account_error": strict}
    empty_aws.after(action, 1, lambda: empty_aws.suspend(SUSPENDED), account_id=SUSPENDED)
    output = read(config, tmp_path, streams=[*OF_IAM, "accounts"])

    assert output.exit_code == int(strict), "it fails at the end, and only where that is wanted"
    assert differences(empty_aws, output, OTHERS, OF_IAM) == []
    rows = {row["account_id"]: row for row in output.records("accounts")}
    assert {one: row["read_status"] for one, row in rows.items()} == {
        **dict.fromkeys(OTHERS, "readable"),
        SUSPENDED: "failed",
    }
    cut = [stream for stream in OF_IAM if output.statuses[stream] == "INCOMPLETE"]
    assert cut
    for stream in cut:
        assert SUSPENDED not in accounts_of(output, stream), "half a list is no list"
        assert stream in rows[SUSPENDED]["read_error"]
    assert f"in account {SUSPENDED}" in rows[SUSPENDED]["read_error"]
    assert {error["stream_descriptor"]["name"] for error in output.errors} == {*cut}
    assert all(f"1 of 5 accounts could not be read: {SUSPENDED}." in error["message"] for error in output.errors)
    assert any(f"Account {SUSPENDED} is left out" in warning for warning in output.warnings)
    assert not [text for text in output.warnings if any(one in text for one in OTHERS)]


def read_events(config: Json, folder: Path, state: list[Json]) -> Output:
    """Read in windows of a few pages, with a state after each."""
    return run("read", folder=folder, constants=SMALL_WINDOWS, config=config, catalog=catalog(EVENTS), state=state)


def broken_promises(aws: EmbeddedAws, output: Output) -> Iterator[str]:
    """Events that a state of this first sync counts as delivered before they are."""
    happened = [record for one in READ for record in aws.events.visible(account_id=one)]
    delivered: set[str] = set()
    for message in output.messages:
        if message["type"] == "RECORD":
            delivered.add(message["record"]["data"]["event_id"])
        if message["type"] == "STATE":
            through = promised(message["state"])
            for record in happened:
                place = record["recipientAccountId"], record["awsRegion"]
                if record["eventID"] not in delivered and record["eventTime"] < through.get(place, ""):
                    yield f"{place} is said to be complete through {through[place]}, without {record['eventID']}"


def promised(state: Json) -> dict[tuple[str, str], str]:
    """{(account id, Region): up to when the state says that every event was delivered}."""
    complete = state["stream"]["stream_state"]["complete"]["all"]
    return {
        (account_id, region): interval.split("/")[1]
        for interval, accounts in complete.items()
        for account_id, regions in accounts.items()
        for region in regions
    }


# In one Region of three the first request is the last; the others take twenty.
@pytest.mark.parametrize("requests", [3, 9])
def test_events_of_an_account_that_is_suspended_are_read_on_when_it_is_back(
    requests: int, empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    opened = empty_aws.open_accounts(
        [Account(one, users=2, groups=0, events=700 if one == SUSPENDED else 40) for one in IDS[:5]]
    )
    # One request at a time, so that the Regions take turns.
    config = roles(empty_aws, opened, num_workers=1)
    lookups = "cloudtrail:LookupEvents"
    empty_aws.after(lookups, requests, lambda: empty_aws.suspend(SUSPENDED), account_id=SUSPENDED)
    first = read_events(config, tmp_path, [])

    assert (first.exit_code, first.statuses) == (0, {"audit_events": "INCOMPLETE"})
    warnings = [text for text in first.warnings if "is left out of audit_events" in text]
    assert warnings
    assert all(f" of account {SUSPENDED} " in text for text in warnings)
    assert differences(empty_aws, first, OTHERS, ("audit_events",)) == []
    assert list(broken_promises(empty_aws, first)) == []

    [state] = first.state
    through = promised(state)
    settled = max(through.values())
    complete = {region: through[SUSPENDED, region] == settled for region in empty_aws.regions}
    assert any(complete.values()), "what was complete is kept"
    assert not all(complete.values()), "the account was suspended too late"
    assert {through[one, region] for one in OTHERS for region in empty_aws.regions} == {settled}
    cut = [f"Region {region} of account {SUSPENDED}" for region in sorted(complete) if not complete[region]]
    [error] = first.errors
    assert f"could not be read: {', '.join(cut)}. {cut[0]}: " in error["message"]

    empty_aws.mend(SUSPENDED)
    empty_aws.reset_requests()
    second = read_events(config, tmp_path, first.state)
    assert (second.exit_code, second.errors) == (0, [])
    for region in empty_aws.regions:
        if complete[region]:
            assert empty_aws.requests[SUSPENDED, region, lookups] == 1, "it was not read from the start"
    delivered = {record["event_id"]: record for output in (first, second) for record in output.records("audit_events")}
    stored = [row("audit_events", record) for record in delivered.values()]
    truth = [row for one in READ for row in truth_of(empty_aws.within(one), EVENTS)["audit_events"]]
    assert first_differences({"audit_events": truth}, {"audit_events": stored}) == []


@pytest.mark.parametrize(
    ("action", "ended", "renewals"),
    [
        # The next account's role cannot be assumed; the hub's can again, and then the account's.
        ("iam:GetAccountAuthorizationDetails", ["hub"], 2),
        ("iam:GetAccountAuthorizationDetails", ["member"], 1),
        ("iam:GetAccountAuthorizationDetails", ["hub", "member"], 3),
        ("cloudtrail:LookupEvents", ["hub", "member"], 3),
    ],
)
def test_sessions_that_aws_ends_between_two_pages_are_renewed(
    action: str, ended: list[str], renewals: int, empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    empty_aws.page_cap = 2
    opened = empty_aws.open_accounts([Account(one, users=2, groups=5, events=150) for one in IDS[:4]])
    # The first account is under way then, and the third is not let in before it is done.
    homes = {"hub": empty_aws.account_id, "member": IDS[0]}
    empty_aws.after(
        action, 1, lambda: empty_aws.expire_sessions(*(homes[hop] for hop in ended)), account_id=homes["member"]
    )
    stream = "groups" if action.startswith("iam:") else "audit_events"
    output = read(roles(empty_aws, opened, num_workers=1), tmp_path, streams=[stream])

    assert (output.exit_code, output.statuses, output.warnings) == (0, {stream: "COMPLETE"}, [])
    assert differences(empty_aws, output, IDS[:4], (stream,)) == []
    assumed = empty_aws.requests[empty_aws.account_id, "us-east-1", "sts:AssumeRole"]
    # Another account may be on its way in when the hub's session ends, and hears so too.
    assert 5 + renewals <= assumed <= 5 + renewals + ("hub" in ended)


@pytest.mark.parametrize(
    ("action", "count", "stream"),
    [
        # The first account's users are listed, and columns are still to come.
        ("iam:ListUsers", 1, "users"),
        # It has been signed in to, after the hub; next it is asked which Regions it has.
        ("sts:AssumeRole", 2, "audit_events"),
    ],
)
def test_an_account_that_trusts_the_hub_no_more_when_its_session_ends_is_not_one_without_permissions(
    action: str, count: int, stream: str, empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    opened = empty_aws.open_accounts([Account(one, users=5, groups=1, events=40) for one in IDS[:3]])

    def lock_out() -> None:
        empty_aws.trust_another(IDS[0])
        empty_aws.expire_sessions(IDS[0])

    asks = None if action.startswith("sts:") else IDS[0]
    empty_aws.after(action, count, lock_out, account_id=asks)
    output = read(roles(empty_aws, opened, num_workers=1), tmp_path, streams=[stream])

    assert (output.exit_code, output.statuses) == (0, {stream: "INCOMPLETE"})
    [error] = output.errors
    assert f"1 of 3 accounts could not be read: {IDS[0]}. {IDS[0]}: " in error["message"]
    assert "The base identity may not assume the role" in error["message"]
    assert differences(empty_aws, output, IDS[1:3], (stream,)) == []
    assert accounts_of(output, stream) == {*IDS[1:3]}
    [warning] = output.warnings
    assert warning.startswith(f"Account {IDS[0]} is left out of {stream}"), "and no permission is said to be missing"
    refused = empty_aws.requests[empty_aws.account_id, "us-east-1", "sts:AssumeRole"] - 4
    assert 1 <= refused <= 4, "it is not asked again for each user"
