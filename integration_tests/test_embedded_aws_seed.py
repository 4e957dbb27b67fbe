"""The seeded account is the same every time, holds every awkward case, and can change between two syncs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from integration_tests.embedded_aws import EmbeddedAws, Seed, StoppedClock
from integration_tests.embedded_aws.changes import changes


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    """The default seed, which no test changes."""
    with EmbeddedAws(seed=Seed(), now=StoppedClock()) as embedded:
        yield embedded


def test_a_thousand_users_have_every_awkward_trait(aws: EmbeddedAws) -> None:
    users = aws.users_truth()
    assert len(users) == 1001
    assert set("+=,.@_-") <= set("".join(user["user_name"] for user in users))
    assert len({user["path"] for user in users}) > 3
    tags = {tag for user in users for tag in user["tags"].items()}
    assert ("Team", "") in tags
    assert not all(value.isascii() for _, value in tags)
    traits = (
        "tags",
        "inline_policies",
        "attached_policies",
        "permissions_boundary_arn",
        "password_last_used",
    )
    for trait in traits:
        assert 50 < sum(bool(user[trait]) for user in users) < 951, trait
    keys = Counter(len(user.access_keys) for user in aws.iam().users.values())
    assert min(keys[0], keys[1], keys[2]) > 50
    assert 400 < sum(number * count for number, count in keys.items()) < 600


def test_groups_are_just_over_a_page_empty_and_as_many_as_a_user_may_have(aws: EmbeddedAws) -> None:
    memberships = aws.memberships_truth()
    sizes = Counter(row["group_name"] for row in memberships)
    assert len(aws.groups_truth()) == 40
    assert sizes["engineering"] == 101
    assert 40 - len(sizes) == 5
    per_user = Counter(row["user_name"] for row in memberships)
    assert max(per_user.values()) == 10
    assert len(per_user) < 900
    assert any(group["inline_policies"] for group in aws.groups_truth())
    assert any(group["attached_policies"] for group in aws.groups_truth())


def test_events_cover_the_month_the_regions_and_every_identity(aws: EmbeddedAws) -> None:
    records = aws.events.visible()
    insights = aws.events.visible(insight=True)
    assert len(records) + len(insights) == 20_000
    assert 0 < len(insights) < 60
    regions = Counter(record["awsRegion"] for record in records)
    assert regions["us-east-1"] > regions["eu-west-1"] > regions["ap-southeast-2"] > 1500
    globals_ = {record["awsRegion"] for record in records if record["eventSource"] == "iam.amazonaws.com"}
    assert globals_ == {"us-east-1"}
    assert {(record["userIdentity"] or {}).get("type") for record in records} == {
        "Root",
        "IAMUser",
        "AssumedRole",
        "AWSService",
        "AWSAccount",
        "FederatedUser",
        "SAMLUser",
        "WebIdentityUser",
        "IdentityCenterUser",
        "Unknown",
        None,
    }
    crowded = Counter((record["awsRegion"], record["eventTime"]) for record in records)
    assert max(crowded.values()) > 50
    assert sum(count > 1 for count in crowded.values()) > 1000
    oldest, newest = records[-1]["eventTime"], records[0]["eventTime"]
    assert "2025-12-16T11:59" <= oldest < "2025-12-17"
    assert "2026-01-15T11" < newest <= "2026-01-15T11:59:00Z"


@pytest.mark.parametrize(
    "member",
    [
        "additionalEventData",
        "addendum",
        "errorCode",
        "errorMessage",
        "resources",
        "serviceEventDetails",
        "sessionCredentialFromConsole",
        "sharedEventID",
        "tlsDetails",
        "vpcEndpointId",
    ],
)
def test_optional_members_are_there_in_some_records(aws: EmbeddedAws, member: str) -> None:
    having = sum(member in record for record in aws.events.visible())
    assert 0 < having < 20_000


def test_records_hold_a_session_token_and_null_parameters(aws: EmbeddedAws) -> None:
    records = aws.events.visible()
    assumed = [record for record in records if record["eventName"].startswith("AssumeRole")]
    assert all(record["responseElements"]["credentials"]["sessionToken"] for record in assumed)
    assert any(record["requestParameters"] is None for record in records)
    assert len({record["eventID"] for record in records}) == len(records)


def test_equal_seeds_make_equal_accounts() -> None:
    def account(seed: Seed) -> str:
        with EmbeddedAws(seed=seed, now=StoppedClock()) as aws:
            held = [aws.users_truth(), aws.groups_truth(), aws.memberships_truth(), aws.events.visible()]
            key = aws.base_key.access_key_id
        return json.dumps([held, key], default=str)

    small = Seed(users=20, groups=8, events=100)
    assert account(small) == account(small)
    assert account(small) != account(Seed(users=20, groups=8, events=100, seed=8))


def test_an_account_changes_between_two_syncs() -> None:
    clock = StoppedClock()
    with EmbeddedAws(seed=Seed(users=150, groups=8, events=500), now=clock) as aws:
        users, members, events = aws.users_truth(), aws.memberships_truth(), aws.events.visible()
        clock.advance(hours=1)
        done = changes(aws)
        joined = {user["user_name"] for user in aws.users_truth()} - {user["user_name"] for user in users}
        assert joined == set(done.created_users)
        assert len(joined) == 3
        left = [row for row in members if row not in aws.memberships_truth()]
        assert [(row["group_name"], row["user_name"]) for row in left] == [(done.left_group, done.left_user)]
        assert done.left_group == "engineering"
        known = {record["eventID"] for record in events}
        new = {record["eventID"]: record for record in aws.events.visible() if record["eventID"] not in known}
        assert set(new) == {*done.new_event_ids, done.late_event_id}
        assert len(new) == 51
        late = new[done.late_event_id]["eventTime"]
        assert late == (clock() - timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
        recent = (clock() - timedelta(seconds=10)).strftime("%Y-%m-%dT%H:%M:%SZ")
        assert min(new[event_id]["eventTime"] for event_id in done.new_event_ids) > recent


def test_it_can_be_served_from_the_command_line() -> None:
    command = [sys.executable, "-u", "-m", "integration_tests.embedded_aws", "--no-quota"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        lines = iter(process.stdout.readline, "}\n")
        config = json.loads("".join(lines) + "}")
        process.terminate()
    assert url.startswith("http://127.0.0.1:")
    assert config["endpoint_url"] == url
    assert config["credentials"]["auth_type"] == "iam_role"
