"""`check`: one sentence for each problem."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from embedded_aws import Answer, EmbeddedAws, Fault
from embedded_aws.control.hooks import Rewrite
from embedded_aws.control.latency import Latency
from embedded_aws.scenarios.member_accounts import account_ids
from embedded_aws.server.organization import Organization
from integration_tests.connector import run
from integration_tests.test_accounts import EUROPE, IDS, members, organization, tree
from tools import docs
from tools.docs import declared


def check(config: dict[str, Any], folder: Path) -> tuple[str, str]:
    output = run("check", folder=folder, config=config)
    assert (output.exit_code, output.stderr) == (0, "")
    return output.connection_status


def test_it_succeeds_and_names_the_caller(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    output = run("check", folder=tmp_path, config=empty_aws.config())
    assert output.connection_status == ("SUCCEEDED", "")
    assert "assumed-role/airbyte-connector/airbyte-source-aws-iam" in output.stdout


def test_it_makes_one_cheap_call_per_permission_and_region(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    check(empty_aws.config(), tmp_path)
    needed = {one for _, retriever in declared().values() for one in docs.needed(retriever)}
    # Without an instance of Identity Center, there is nothing of which the other calls could be made.
    found = {one for one in needed if one.split(":")[0] in {"sso", "identitystore"}} - {"sso:ListInstances"}
    once = {"sts:AssumeRole", "sts:GetCallerIdentity", "ec2:DescribeRegions", *needed}
    made = [(action, region) for (_, region, action), count in empty_aws.requests.items() for _ in range(count)]
    assert sorted(action for action, _ in made if action != "cloudtrail:LookupEvents") == sorted(
        once - found - {"cloudtrail:LookupEvents"}
    )
    assert sorted(region for action, region in made if action == "cloudtrail:LookupEvents") == sorted(empty_aws.regions)


WRONG_CREDENTIALS = {
    "unknown key": ({"access_key_id": "AKIAUNKNOWNUNKNOWN00"}, "does not know the access key"),
    "wrong secret": ({"secret_access_key": "of-another-key"}, "does not belong to the access_key_id"),
    "wrong external id": ({"external_id": "another-one"}, "external_id equals the trust policy's"),
    "no external id": ({"external_id": ""}, "external_id equals the trust policy's"),
    "no such role": ({"role_arn": "arn:aws:iam::123456789012:role/missing"}, "the role exists"),
}


@pytest.mark.parametrize(("change", "words"), WRONG_CREDENTIALS.values(), ids=WRONG_CREDENTIALS)
def test_wrong_credentials_are_told_apart(
    change: dict[str, str], words: str, empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    config = empty_aws.config()
    config["credentials"] |= change
    output = run("check", folder=tmp_path, config=config)
    status, message = output.connection_status
    assert status == "FAILED"
    assert words in message
    assert "sts:" in message
    assert "Traceback" not in output.stdout


def test_an_inactive_key_is_told(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    empty_aws.client("iam").update_access_key(
        UserName="connector", AccessKeyId=empty_aws.base_key.access_key_id, Status="Inactive"
    )
    status, message = check(empty_aws.key_config(), tmp_path)
    assert status == "FAILED"
    assert "is inactive" in message


def test_an_expired_session_token_is_told(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    issued = empty_aws.client("sts").assume_role(
        RoleArn=empty_aws.role_arn, RoleSessionName="soon-over", ExternalId=empty_aws.external_id
    )["Credentials"]
    empty_aws.expire_sessions()
    config = empty_aws.key_config()
    config["credentials"] |= {
        "access_key_id": issued["AccessKeyId"],
        "secret_access_key": issued["SecretAccessKey"],
        "session_token": issued["SessionToken"],
    }
    status, message = check(config, tmp_path)
    assert (status, "has expired" in message) == ("FAILED", True)


def test_an_environment_without_credentials_is_told(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    config = empty_aws.config(credentials={"auth_type": "iam_role", "role_arn": empty_aws.role_arn})
    status, message = check(config, tmp_path)
    assert status == "FAILED"
    assert "No usable AWS credentials were found in the environment" in message


def test_an_unreachable_endpoint_is_told(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    status, message = check(empty_aws.config(endpoint_url="http://127.0.0.1:9"), tmp_path)
    assert status == "FAILED"
    assert "got no answer from http://127.0.0.1:9" in message


def test_a_duration_above_the_roles_maximum_is_told(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    config = empty_aws.config()
    config["credentials"]["duration_seconds"] = 43_200
    status, message = check(config, tmp_path)
    assert status == "FAILED"
    assert "duration_seconds" in message


def test_what_a_setting_needs_besides_is_missed_where_the_setting_is_on(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    empty_aws.fail(Fault(action="iam:GetPolicy", kind="access_denied", times=None))
    assert check(empty_aws.config(), tmp_path) == ("SUCCEEDED", "")
    status, message = check(empty_aws.config(include_policy_tags=True), tmp_path)
    assert status == "SUCCEEDED"
    assert "Can be read without some columns: policies. Missing permissions: iam:GetPolicy." in message


WRONG_CONFIGS: dict[str, tuple[dict[str, Any], str]] = {
    "a Region with a typing error": ({"region": "us-esat-1"}, "did you mean us-west-1 or us-east-1"),
    "a Region of another partition": ({"region": "cn-north-1"}, "lies in the partition aws"),
    "a date without a time": ({"start_date": "2026-01-01"}, "start_date must look like this"),
    "too many workers": ({"num_workers": 51}, "num_workers must be at most 50"),
    "no credentials": ({"credentials": {}}, "credentials.auth_type must be one of: iam_role, access_key"),
}


@pytest.mark.parametrize(("change", "words"), WRONG_CONFIGS.values(), ids=WRONG_CONFIGS)
def test_a_wrong_config_is_told_before_any_call(
    change: dict[str, Any], words: str, empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    status, message = check(empty_aws.config(**change), tmp_path)
    assert (status, words in message) == ("FAILED", True), message
    assert empty_aws.requests_total() == 0


def test_one_readable_stream_is_enough_and_the_others_are_named(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    empty_aws.fail(Fault(action="iam:ListRoles", kind="access_denied", times=None))
    output = run("check", folder=tmp_path, config=empty_aws.config())
    status, message = output.connection_status
    assert status == "SUCCEEDED"
    assert "Cannot be read: roles." in message
    assert "Missing permissions: iam:ListRoles." in message
    assert [text for text in output.warnings if text.startswith("Stream roles")] == [
        text for text in output.warnings if "Stream roles cannot be read. The permission for iam:ListRoles in" in text
    ]


def test_no_readable_stream_is_a_failure(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    empty_aws.allow("iam:SimulateCustomPolicy")
    status, message = check(empty_aws.config(), tmp_path)
    assert status == "FAILED"
    assert "iam:GetAccountAuthorizationDetails" in message
    assert "cloudtrail:LookupEvents" in message


# A connection test that has no more than this, in which no call is given up and tried again.
HURRIED = {"source_aws_iam.check.connection.SECONDS": 15, "source_aws_iam.check.connection.SECONDS_FOR_AN_ANSWER": 60}


@contextmanager
def hanging(aws: EmbeddedAws, action: str, count: int = 1) -> Iterator[None]:
    """That one call of `action` is not answered."""
    over = Event()
    aws.after(action, count, lambda: over.wait(120))
    try:
        yield
    finally:
        over.set()


def hurried_check(config: dict[str, Any], folder: Path) -> tuple[str, str]:
    return run("check", folder=folder, constants=HURRIED, config=config).connection_status


def test_a_call_without_an_answer_does_not_hold_it_up(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    with hanging(empty_aws, "iam:ListServerCertificates"):
        status, message = hurried_check(empty_aws.config(), tmp_path)
    assert status == "SUCCEEDED"
    assert "Cannot be read: server_certificates." in message
    assert (
        "iam:ListServerCertificates in account 123456789012, Region us-east-1 gave no answer in the time that a "
        "connection test has."
    ) in message


def test_accounts_that_are_listed_slowly_are_tried_as_far_as_they_are_known(tmp_path: Path) -> None:
    slow = Latency(2, "organizations:ListAccounts")
    ids = account_ids(200)
    with EmbeddedAws(lookup_rate=None, latency=[slow]) as aws:
        aws.open_accounts(members(ids))
        aws.organize(Organization(accounts=ids))
        status, message = hurried_check(organization(aws), tmp_path)
    assert status == "SUCCEEDED"
    assert re.match(
        r"The accounts of the organization could not all be found in the time that a connection test has\. A sync "
        r"waits longer\. (\d+) of \1 accounts that were tested can be read\. The streams of accounts were tested in ",
        message,
    ), message


def test_a_listing_without_an_answer_neither_holds_it_up_nor_fails_it(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    empty_aws.open_accounts(members(IDS[:3]))
    empty_aws.organize(Organization(accounts=IDS[:3]))
    began = time.monotonic()
    with hanging(empty_aws, "organizations:ListAccounts"):
        status, message = hurried_check(organization(empty_aws), tmp_path)
        took = time.monotonic() - began
    assert (status, message[-49:]) == ("SUCCEEDED", " has. A sync waits longer. No account was tested.")
    assert took < 60


def test_units_are_not_guessed_of_accounts_that_are_listed_slowly(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    """Without paths, only a walk through all units tells which accounts are left out."""
    empty_aws.open_accounts(members(IDS[:10]))
    empty_aws.organize(tree()).hidden = {"Paths", "State"}
    with hanging(empty_aws, "organizations:ListAccountsForParent"):
        status, message = hurried_check(organization(empty_aws, chosen={"exclude_ous": [EUROPE]}), tmp_path)
    assert (status, message[-23:]) == ("SUCCEEDED", " No account was tested.")


def test_it_fails_where_enough_of_the_accounts_that_are_listed_slowly_are_closed(tmp_path: Path) -> None:
    """As many as it tries where all are known."""
    slow = Latency(2, "organizations:ListAccounts")
    ids = account_ids(200)
    with EmbeddedAws(lookup_rate=None, latency=[slow]) as aws:
        aws.organize(Organization(accounts=ids))  # none of them has the role
        some = hurried_check(organization(aws, accounts_to_check=200), tmp_path)
        enough = hurried_check(organization(aws, accounts_to_check=5), tmp_path)
    assert (some[0], enough[0]) == ("SUCCEEDED", "FAILED")
    assert " 0 of 5 accounts that were tested can be read. Account " in enough[1]


def test_an_account_without_an_answer_does_not_hold_it_up(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    empty_aws.open_accounts(members(IDS[:3]))
    empty_aws.organize(Organization(accounts=IDS[:3]))
    with hanging(empty_aws, "sts:AssumeRole", 3):  # the hub's is the first
        status, message = hurried_check(organization(empty_aws), tmp_path)
    assert (status, message[:62]) == ("SUCCEEDED", "2 of 3 accounts can be read. 1 account gave no answer in time.")


@pytest.mark.parametrize("chosen", [["eu-west-1"], ["eu-west-1", "us-east-1"], []])
def test_regions_without_the_one_that_records_iam_are_told(
    chosen: list[str], empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    status, message = check(empty_aws.config(regions=chosen), tmp_path)
    told = message.startswith("regions leaves out us-east-1, the only Region of partition aws in which changes of IAM ")
    assert (status, told) == ("SUCCEEDED", chosen == ["eu-west-1"]), message


def refusal(code: str, text: str) -> Answer:
    return Answer(400, json.dumps({"__type": code, "message": text}).encode(), {"x-amzn-RequestId": "r-1"})


def closed(*regions: str) -> Rewrite:
    """What LookupEvents answers where a service control policy closes these Regions."""
    said = "User: x is not authorized to perform: … with an explicit deny in a service control policy"
    return lambda call, answer: refusal("AccessDeniedException", said) if call.region in regions else answer


def test_regions_that_the_organization_closes_are_named_beside_those_that_can_be_read(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    """Also where it closes the Region that the connection calls home."""
    empty_aws.rewrite("cloudtrail:LookupEvents", closed("us-east-1", "eu-west-1"))
    output = run("check", folder=tmp_path, config=empty_aws.config())
    status, message = output.connection_status
    assert status == "SUCCEEDED"
    assert "Cannot be read: " not in message
    assert "Audit events can be read in 1 of 3 Regions. Not in eu-west-1, us-east-1: The permission for " in message
    assert "is denied by a service control policy (SCP)" in message
    assert "Missing permissions" not in message
    assert [text for text in output.warnings if "Stream audit_events cannot be read in all Regions." in text]


def test_where_all_regions_are_closed_audit_events_cannot_be_read(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    empty_aws.rewrite("cloudtrail:LookupEvents", closed(*empty_aws.regions))
    status, message = check(empty_aws.config(), tmp_path)
    assert status == "SUCCEEDED"
    assert "Cannot be read: audit_events." in message
    assert "is denied by a service control policy (SCP)" in message
    assert "Add cloudtrail:LookupEvents to the policy" not in message


def test_a_region_without_an_answer_is_said_not_to_have_been_tried(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    with hanging(empty_aws, "cloudtrail:LookupEvents"):
        status, message = hurried_check(empty_aws.config(), tmp_path)
    assert status == "SUCCEEDED"
    assert "Audit events can be read in 2 of 3 Regions." in message
    assert re.search(
        "Not tested in the time that a connection test has: (us-east-1|eu-west-1|ap-southeast-2)\\.", message
    )


def test_the_regions_of_many_accounts_are_tried_in_the_example_alone(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    empty_aws.open_accounts(members(IDS[:3]))
    empty_aws.organize(Organization(accounts=IDS[:3]))
    empty_aws.rewrite("cloudtrail:LookupEvents", closed("eu-west-1"))
    status, message = check(organization(empty_aws), tmp_path)
    assert status == "SUCCEEDED"
    assert "Audit events can be read in 2 of 3 Regions. Not in eu-west-1: The permission for " in message
    asked = [account_id for account_id, _, action in empty_aws.requests if action == "cloudtrail:LookupEvents"]
    assert (len(set(asked)), len(asked)) == (1, 3)


def test_a_start_date_in_the_future_is_refused_before_any_call(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    status, message = check(empty_aws.config(start_date="2100-01-01T00:00:00Z"), tmp_path)
    assert (status, message[:54]) == ("FAILED", "start_date is in the future: 2100-01-01T00:00:00Z, whi")
    assert empty_aws.requests_total() == 0


def test_a_role_arn_that_sts_finds_malformed_is_blamed_and_no_other_field(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    body = b"<ErrorResponse><Error><Code>ValidationError</Code><Message>Request ARN is invalid</Message></Error>"
    empty_aws.rewrite("sts:AssumeRole", lambda _, __: Answer(400, body + b"</ErrorResponse>"))
    status, message = check(empty_aws.config(), tmp_path)
    assert (status, message[:21]) == ("FAILED", "AWS rejected role_arn")
    assert "external_id" not in message


def test_a_sign_in_without_an_answer_ends_it_in_time(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    began = time.monotonic()
    with hanging(empty_aws, "sts:GetCallerIdentity"):
        status, message = hurried_check(empty_aws.key_config(), tmp_path)
        took = time.monotonic() - began
    assert status == "FAILED"
    assert "sts:GetCallerIdentity in Region us-east-1 gave no answer in the time that a connection test has." in message
    assert took < 60
