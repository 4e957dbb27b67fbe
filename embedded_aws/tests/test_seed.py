"""The seeded account is the same every time, has every special case, and can change between two syncs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Seed, StoppedClock
from embedded_aws.control.changes import changes
from embedded_aws.truth import truth_of


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    """The default seed, which no test changes."""
    with EmbeddedAws(seed=Seed(), now=StoppedClock()) as embedded:
        yield embedded


def table(aws: EmbeddedAws, stream: str) -> list[dict[str, Any]]:
    return truth_of(aws, [stream])[stream]


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


def test_roles_are_trusted_in_every_way(aws: EmbeddedAws) -> None:
    roles, trusts = table(aws, "roles"), table(aws, "role_trusts")
    assert len(roles) == 41
    for trait in ("description", "role_last_used_date", "permissions_boundary_arn", "permission_set_name", "tags"):
        assert 0 < sum(bool(row[trait]) for row in roles) < 41, trait
    for trait in ("attached_policies", "inline_policies", "instance_profiles", "is_service_linked"):
        assert 0 < sum(bool(row[trait]) for row in roles) < 41, trait
    assert any("_" in (row["permission_set_name"] or "") for row in roles)
    assert len({row["max_session_duration"] for row in roles}) > 3
    assert {row["principal_type"] for row in trusts} == {"AWS", "Service", "Federated"}
    for trait in ("is_wildcard", "is_external", "is_not_principal", "external_id_required", "mfa_required"):
        assert any(row[trait] for row in trusts), trait
    for trait in ("oidc_subjects", "oidc_audiences", "sid", "not_actions", "statement_index"):
        assert any(row[trait] for row in trusts), trait
    assert {"333333333333", "accounts.google.com", "*"} < {row["principal"] for row in trusts}
    assert {len(row["roles"]) for row in table(aws, "instance_profiles")} == {0, 1}


def test_policies_have_a_history_and_some_are_of_aws(aws: EmbeddedAws) -> None:
    versions, attachments = table(aws, "policy_versions"), table(aws, "policy_attachments")
    own = aws.iam().managed_policies.values()
    assert {len(policy.versions) for policy in own} == {1, 2, 3, 4, 5}
    numbers = {
        row["version_id"]: row["is_default_version"] for row in versions if row["policy_name"] == "team-policy-3"
    }
    assert numbers == {"v1": True, "v2": False}
    assert len({row["create_date"] for row in versions}) == len(versions)
    assert {row["is_aws_managed"] for row in table(aws, "policies")} == {False, True}
    kinds = {(row["identity_type"], row["as_boundary"], row["is_aws_managed"]) for row in attachments}
    assert kinds > {(kind, False, own) for kind in ("user", "group", "role") for own in (False, True)}
    assert kinds > {("user", True, False), ("user", True, True), ("role", True, False)}
    statements = table(aws, "policy_statements")
    sources = {"managed", "user_inline", "group_inline", "role_inline", "role_trust"}
    assert {row["source_type"] for row in statements} == sources
    for trait in ("not_actions", "resources", "not_resources", "principals", "not_principals", "conditions"):
        assert 0 < sum(bool(row[trait]) for row in statements) < len(statements), trait
    assert any(policy.description and policy.tags for policy in own)


def test_credentials_are_of_every_kind_and_age(aws: EmbeddedAws) -> None:
    keys, devices = table(aws, "access_keys"), table(aws, "mfa_devices")
    assert {(row["status"], row["last_used_date"] is None) for row in keys} == {
        (status, never) for status in ("Active", "Inactive") for never in (True, False)
    }
    assert len({(row["user_id"], row["create_date"]) for row in keys}) == len(keys)
    assert {row["type"] for row in devices} == {"virtual", "hardware", "fido"}
    assert Counter(row["user_id"] is None for row in devices)[True] == 1
    assert [row["user_id"] for row in devices if row["is_root"]] == [aws.account_id]
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for row in devices:
        kinds[row["user_id"]].add(row["type"])
    assert {"virtual", "fido"} in kinds.values()
    for stream in ("ssh_public_keys", "signing_certificates", "service_specific_credentials"):
        rows = table(aws, stream)
        assert {row["status"] for row in rows} == {"Active", "Inactive"}, stream
    for trait in ("service_user_name", "service_credential_alias", "expiration_date"):
        assert 0 < sum(bool(row[trait]) for row in rows) < len(rows), trait


def test_the_account_has_certificates_providers_and_a_password_policy(aws: EmbeddedAws) -> None:
    assert {row["path"] for row in table(aws, "server_certificates")} == {"/", "/cloudfront/"}
    for stream in ("saml_providers", "oidc_providers"):
        assert {bool(row["tags"]) for row in table(aws, stream)} == {True, False}, stream
    [policy] = table(aws, "password_policy")
    assert (policy["is_set"], policy["max_password_age"], policy["require_symbols"]) == (True, 90, False)


def test_an_account_at_its_quotas_is_planted_in_no_time() -> None:
    seed = Seed(users=5_000, groups=300, roles=1_000, policies=1_500, events=0)
    with EmbeddedAws(seed=seed, now=StoppedClock()) as full:
        counts = truth_of(full, ["account_summary"])["account_summary"][0]
    assert [counts[kind] for kind in ("users", "groups", "roles", "policies")] == [5_001, 300, 1_001, 1_500]


@pytest.mark.parametrize("size", [0, 1, 3])
def test_an_account_may_be_planted_small(size: int) -> None:
    with EmbeddedAws(seed=Seed(users=size, groups=size, roles=size, policies=size, events=size)) as small:
        assert len(truth_of(small)["roles"]) == size + 1


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
            held = [truth_of(aws), aws.events.visible()]
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
    command = [sys.executable, "-u", "-m", "embedded_aws", "--no-quota"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        lines = iter(process.stdout.readline, "}\n")
        config = json.loads("".join(lines) + "}")
        process.terminate()
    assert url.startswith("http://127.0.0.1:")
    assert config["endpoint_url"] == url
    assert config["credentials"]["auth_type"] == "iam_role"
