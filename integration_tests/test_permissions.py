"""Syncs with the usual permission sets, and each stream without each action of its policy."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Seed
from embedded_aws.scenarios.company import company
from embedded_aws.scenarios.seed_identity_center import People, open_identity_center
from embedded_aws.scenarios.trail_writer import open_trail
from embedded_aws.truth import truth_of
from embedded_aws.truth.comparison import first_differences
from embedded_aws.truth.coverage import OF_ORGANIZATION
from integration_tests.conftest import FAST
from integration_tests.connector import EVERY_STREAM, Output, read, run
from integration_tests.test_read import tables
from source_aws_iam.streams.call_plan import Readable, judge
from tools.docs import action, declared, instead, needed, optional

NEEDS: Mapping[str, Any] = {name: retriever["needs"] for name, (_, retriever) in declared().items()}
BEST = sorted({one for _, retriever in declared().values() for one in (*needed(retriever), *optional(retriever))})

USERS_AND_GROUPS = [
    "iam:ListUsers",
    "iam:ListGroups",
    "iam:GetUser",
    "iam:ListUserTags",
    "iam:ListGroupsForUser",
    "iam:ListMFADevices",
    "iam:ListAccessKeys",
    "iam:GetGroup",
    "cloudtrail:LookupEvents",
]
EXTENDED = [
    *USERS_AND_GROUPS,
    "iam:ListUserPolicies",
    "iam:ListAttachedUserPolicies",
    "iam:GetUserPolicy",
    "iam:ListGroupPolicies",
    "iam:ListAttachedGroupPolicies",
    "iam:GetGroupPolicy",
    "iam:ListSigningCertificates",
    "iam:ListSSHPublicKeys",
    "iam:ListServiceSpecificCredentials",
    "iam:GetLoginProfile",
    "iam:GetAccountSummary",
]
MANAGED = ["SecurityAudit", "IAMReadOnlyAccess"]
# What another way than the bulk one brings in another form: ids of keys, devices of all kinds, the time of a password.
# Which of two keys or certificates is the first, only the report knows.
BY_WAY = {
    *("access_keys", "mfa_devices", "login_profile_created_at", "last_activity_source"),
    *(
        f"{kind}_{slot}_{name}"
        for kind in ("access_key", "cert")
        for slot in (1, 2)
        for name in ("active", "last_rotated")
    ),
    *(f"access_key_{slot}_last_used_{name}" for slot in (1, 2) for name in ("date", "region", "service")),
}
# What the account's row says of reading it depends on what was not allowed.
HOW_IT_WAS_READ = {"read_status", "read_error"}
NOT_COMPARED = {"users": BY_WAY, "accounts": HOW_IT_WAS_READ}
COVERAGE = "sync_coverage"
OF_NO_ACCOUNT = {*OF_ORGANIZATION, COVERAGE}


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    """A small account, because most ways here are one call per entity."""
    with EmbeddedAws(seed=Seed(users=25, groups=6, events=60), lookup_rate=None) as embedded:
        embedded.organize(company(["111111111111"], "222222222222"))
        open_identity_center(embedded, [embedded.account_id], People(people=5, groups=3))
        open_trail(embedded)
        yield embedded


def calls_of(actions: list[str]) -> set[str]:
    """Return the calls of all plans that a policy with these actions refuses."""
    calls = {call for needs in NEEDS.values() for ways in needs.values() for way in ways for call in way}
    return {call for call in calls if action(call) not in actions}


def calling(stream: str) -> set[str]:
    """Return the actions of all ways to read a stream, and of what it is better with."""
    retriever = declared()[stream][1]
    return {*needed(retriever), *instead(retriever), *optional(retriever)}


def expected_statuses(actions: list[str]) -> dict[str, str]:
    refused = calls_of(actions)
    return {
        name: "INCOMPLETE" if judge(needs, refused).readable is Readable.UNREADABLE else "COMPLETE"
        for name, needs in NEEDS.items()
    }


def assert_honest(aws: EmbeddedAws, output: Output) -> None:
    """Every stream that ends COMPLETE has every row; and every column is right, or null and named."""
    complete = [name for name, status in output.statuses.items() if status == "COMPLETE"]
    failed = set(output.statuses) - set(complete) - OF_NO_ACCOUNT
    [account] = output.records("accounts")
    assert account["read_status"] == ("failed" if failed else "readable")
    assert all(name in account.get("read_error", "") for name in failed)
    assert_covered(output)
    complete = [name for name in complete if name != COVERAGE]
    assert_right_or_null_and_named(aws, output, complete)


def assert_right_or_null_and_named(aws: EmbeddedAws, output: Output, complete: list[str]) -> None:
    truth, found = truth_of(aws, complete), tables(output, complete)
    for name in complete:
        for row in found[name]:
            hidden = set(row.get("unavailable_fields") or ())
            assert all(row[column] is None for column in hidden), (name, row)
    for name in complete:
        by_key = {json.dumps(_key(name, row), default=str): row for row in found[name]}
        for row in truth[name]:
            seen = by_key.get(json.dumps(_key(name, row), default=str), {})
            hidden = {*(seen.get("unavailable_fields") or ()), *NOT_COMPARED.get(name, ())}
            row.update({column: seen.get(column) for column in (*hidden, "unavailable_fields") if column in seen})
    differences = first_differences({name: truth[name] for name in complete}, {name: found[name] for name in complete})
    assert differences == []


def assert_covered(output: Output) -> None:
    """The coverage agrees with the status of each stream, and with the columns that its rows lack."""
    for row in output.records(COVERAGE):
        hidden = {column for record in output.records(row["stream"]) for column in record.get("unavailable_fields", ())}
        if output.statuses[row["stream"]] == "INCOMPLETE":
            assert row["status"] == ("partial" if row["rows_read"] else "denied")
            assert row["missing_action"]
        elif row["status"] == "complete":
            assert "missing_action" not in row
            assert hidden <= {"mfa_devices", "description", "tags"}, row
        else:
            assert row["status"] == "partial"
            assert hidden


def _key(name: str, row: Mapping[str, Any]) -> list[Any]:
    return [row[column] for path in declared()[name][0].source_defined_primary_key or [] for column in path]


@pytest.mark.parametrize("policy", MANAGED)
def test_a_managed_policy_of_aws_reads_all_that_it_covers(policy: str, aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.allow("sts:GetCallerIdentity")
    role = aws.role_arn.rsplit("/", 1)[1]
    aws.client("iam").attach_role_policy(RoleName=role, PolicyArn=f"arn:aws:iam::aws:policy/{policy}")
    output = read(aws.config(regions=aws.regions, **FAST), tmp_path, streams=EVERY_STREAM)
    failed = [name for name, status in output.statuses.items() if status != "COMPLETE"]
    elsewhere = [
        # There is no bucket of a trail here.
        *(name for name in OF_ORGANIZATION if name not in {"accounts", "trail_digests"}),
        *(name for name in NEEDS if name.startswith("ec2_")),
        "access_analyzer_findings",
        "trails",
        "audit_events",
    ]
    assert sorted(failed) == ([] if policy == "SecurityAudit" else sorted(elsewhere))
    assert not [text for text in output.warnings if "one by one" in text]
    assert_honest(aws, output)


@pytest.mark.parametrize("actions", [USERS_AND_GROUPS, EXTENDED, BEST], ids=["users and groups", "extended", "best"])
def test_a_set_of_actions_reads_all_that_it_covers(actions: list[str], aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.allow(*actions)
    output = read(aws.config(regions=aws.regions, **FAST), tmp_path, streams=EVERY_STREAM)
    assert output.statuses == expected_statuses(actions)
    assert {error["failure_type"] for error in output.errors} <= {"config_error"}
    assert_honest(aws, output)


@pytest.mark.parametrize("stream", NEEDS)
def test_a_stream_needs_no_more_than_it_declares(stream: str, aws: EmbeddedAws, tmp_path: Path) -> None:
    """Which is why the next test need not look at streams that have nothing to do with the missing action."""
    retriever = declared()[stream][1]
    aws.allow(*needed(retriever), *optional(retriever))
    output = read(aws.config(regions=aws.regions, **FAST), tmp_path, streams=[stream])
    assert (output.exit_code, output.errors, output.statuses) == (0, [], {stream: "COMPLETE"})
    assert_right_or_null_and_named(aws, output, [stream])


# unit_tests/test_call_plans.py denies every call of every inventory stream. Here it is what the command makes of it.
ONE_OF_EACH = [
    *("cloudtrail:LookupEvents", "ec2:DescribeRegions", "ec2:DescribeKeyPairs"),
    "access-analyzer:ListAnalyzers",
    *("cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus"),
    *("iam:GetAccountAuthorizationDetails", "iam:GetCredentialReport", "iam:ListRoles", "organizations:ListAccounts"),
]


@pytest.mark.parametrize("missing", ONE_OF_EACH)
def test_without_one_action_a_stream_is_complete_or_slower_or_says_what_it_lacks(
    missing: str, aws: EmbeddedAws, tmp_path: Path
) -> None:
    allowed = [one for one in BEST if one != missing]
    aws.allow(*allowed)
    # The row of the account tells what became of the others.
    streams = sorted({"accounts", *(name for name in NEEDS if missing in calling(name))})
    output = read(aws.config(regions=aws.regions, **FAST), tmp_path, streams=streams)
    assert output.statuses == {name: expected_statuses(allowed)[name] for name in streams}
    for error in output.errors:
        named = re.search("The permission for ([^ ]+) ", error["message"])
        assert named
        assert named[1] not in allowed
    assert_honest(aws, output)
    assert {row.get("missing_action") for row in output.records(COVERAGE)} <= {missing, None}
    refused = calls_of(allowed)
    for name in streams:
        verdict = judge(NEEDS[name], refused)
        if verdict.readable is Readable.PARTIAL:
            hidden = {column for row in output.records(name) for column in row["unavailable_fields"]}
            assert hidden & set(verdict.columns), (name, verdict)


def test_every_way_at_once_is_as_good_as_the_best(aws: EmbeddedAws, tmp_path: Path) -> None:
    """Without the bulk calls, and with all others: every stream is read, slower, and says so once."""
    every = {action(call) for needs in NEEDS.values() for ways in needs.values() for way in ways for call in way}
    bulk = {"iam:GetAccountAuthorizationDetails", "iam:GenerateCredentialReport", "iam:GetCredentialReport"}
    extra = {"iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListPolicyVersions", "ec2:DescribeRegions"}
    aws.allow(*(every | extra) - bulk)
    output = read(aws.config(regions=aws.regions, **FAST), tmp_path, streams=EVERY_STREAM)
    assert [name for name, status in output.statuses.items() if status != "COMPLETE"] == ["credential_report"]
    assert_honest(aws, output)
    slower = [text for text in output.warnings if "one by one" in text]
    assert len(slower) == len(set(slower)) > 3
    assert any("iam:GetAccountAuthorizationDetails" in text and "users" in text for text in slower)


def test_check_tells_complete_slower_partial_and_unreadable_apart(aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.allow(*EXTENDED)
    output = run("check", folder=tmp_path, config=aws.config(regions=aws.regions))
    status, message = output.connection_status
    assert status == "SUCCEEDED"
    assert "Cannot be read: roles, role_trusts, " in message
    assert "Can be read without some columns: users" in message
    assert "iam:GetAccountAuthorizationDetails" in message
    words = {
        Readable.COMPLETE: "can be read completely",
        Readable.SLOWER: "takes more requests than it has to",
        Readable.PARTIAL: "can be read without these columns",
        Readable.UNREADABLE: "cannot be read",
    }
    # Of this one nobody can tell without a key (see check).
    refused = calls_of(EXTENDED) - {"iam.get_access_key_last_used"}
    for name in EVERY_STREAM:
        said = next(line for line in output.log if line.startswith(f"Stream {name} "))
        assert words[judge(NEEDS[name], refused).readable] in said
