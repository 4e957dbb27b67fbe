"""Embedded AWS authenticates callers: signatures, sessions and trust, with AWS's errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore import UNSIGNED
from botocore.exceptions import ClientError

from embedded_aws import AccessKey, EmbeddedAws, StoppedClock
from embedded_aws.server.principals import Principal
from embedded_aws.server.trust import allows_assuming

ONE_CALL_PER_PROTOCOL = [
    ("iam", "list_users"),
    ("cloudtrail", "lookup_events"),
    ("ec2", "describe_regions"),
]
INVALID = "The security token included in the request is invalid."
OTHER_ACCOUNT = "210987654321"


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def aws(clock: StoppedClock) -> Iterator[EmbeddedAws]:
    with EmbeddedAws(now=clock) as embedded:
        yield embedded


def refusal(call: Any, **arguments: Any) -> tuple[str, int, str]:
    """Code, HTTP status and message of the error that the call must end with."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], caught.value.response["ResponseMetadata"]["HTTPStatusCode"], error["Message"]


def assume(aws: EmbeddedAws, by: AccessKey | None = None, **overrides: Any) -> AccessKey:
    request = {"RoleArn": aws.role_arn, "RoleSessionName": "sync", "ExternalId": aws.external_id, **overrides}
    answer = aws.client_of(by or aws.base_key, "sts").assume_role(**request)["Credentials"]
    return AccessKey(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])


def create_role(aws: EmbeddedAws, name: str, principal: Any, **fields: Any) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role = aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust, **fields)
    arn: str = role["Role"]["Arn"]
    return arn


@pytest.mark.parametrize(("service", "call"), ONE_CALL_PER_PROTOCOL)
def test_a_key_and_a_session_are_let_in(aws: EmbeddedAws, service: str, call: str) -> None:
    for key in (aws.base_key, assume(aws)):
        assert getattr(aws.client_of(key, service), call)()["ResponseMetadata"]["HTTPStatusCode"] == 200


UNKNOWN = {
    "iam": ("InvalidClientTokenId", 403),
    "cloudtrail": ("UnrecognizedClientException", 400),
    "ec2": ("AuthFailure", 401),
}
MISSIGNED = {
    "iam": ("SignatureDoesNotMatch", 403),
    "cloudtrail": ("InvalidSignatureException", 400),
    "ec2": ("AuthFailure", 401),
}
EXPIRED = {
    "iam": ("ExpiredToken", 403),
    "cloudtrail": ("ExpiredTokenException", 400),
    "ec2": ("RequestExpired", 400),
}


@pytest.mark.parametrize(("service", "call"), ONE_CALL_PER_PROTOCOL)
def test_bad_credentials_are_refused_in_the_words_of_the_protocol(aws: EmbeddedAws, service: str, call: str) -> None:
    session = assume(aws)
    bad_keys = {
        "unknown key": (replace(aws.base_key, access_key_id="AKIAIOSFODNN7EXAMPLE"), UNKNOWN),
        "wrong secret": (replace(aws.base_key, secret_access_key="wrong"), MISSIGNED),
        "wrong secret of a session": (replace(session, secret_access_key="wrong"), MISSIGNED),
        "wrong token": (replace(session, session_token="wrong"), UNKNOWN),
        "missing token": (replace(session, session_token=None), UNKNOWN),
        "token with a user's key": (replace(aws.base_key, session_token="any"), UNKNOWN),
    }
    for what, (key, expected) in bad_keys.items():
        code, status, _ = refusal(getattr(aws.client_of(key, service), call))
        assert (code, status) == expected[service], what


@pytest.mark.parametrize(("service", "call"), ONE_CALL_PER_PROTOCOL)
def test_an_inactive_key_is_unknown_until_it_is_active_again(aws: EmbeddedAws, service: str, call: str) -> None:
    iam = aws.client("iam")
    iam.create_user(UserName="ana")
    made = iam.create_access_key(UserName="ana")["AccessKey"]
    key = AccessKey(made["AccessKeyId"], made["SecretAccessKey"])
    called = getattr(aws.client_of(key, service), call)
    iam.update_access_key(UserName="ana", AccessKeyId=key.access_key_id, Status="Inactive")
    assert refusal(called)[:2] == UNKNOWN[service]
    iam.update_access_key(UserName="ana", AccessKeyId=key.access_key_id, Status="Active")
    assert called()


@pytest.mark.parametrize(("service", "call"), ONE_CALL_PER_PROTOCOL)
def test_a_session_ends_when_it_was_told_to(aws: EmbeddedAws, clock: StoppedClock, service: str, call: str) -> None:
    called = getattr(aws.client_of(assume(aws, DurationSeconds=900), service), call)
    clock.advance(seconds=899)
    assert called()
    clock.advance(seconds=1)
    assert refusal(called)[:2] == EXPIRED[service]


def test_all_sessions_can_be_ended_at_once_and_new_ones_live(aws: EmbeddedAws) -> None:
    old = assume(aws)
    aws.expire_sessions()
    assert refusal(aws.client_of(old, "iam").list_users)[0] == "ExpiredToken"
    assert aws.client_of(assume(aws), "iam").list_users()


def test_aws_may_end_a_session_earlier_than_it_said(aws: EmbeddedAws, clock: StoppedClock) -> None:
    aws.session_seconds = 60
    request = {"RoleArn": aws.role_arn, "RoleSessionName": "sync", "ExternalId": aws.external_id}
    answer = aws.client("sts").assume_role(**request)["Credentials"]
    assert (answer["Expiration"] - clock()).total_seconds() == 3600
    called = aws.client_of(assume(aws), "iam").list_users
    clock.advance(seconds=59)
    assert called()
    clock.advance(seconds=1)
    assert refusal(called)[0] == "ExpiredToken"


def test_the_signature_covers_the_body(aws: EmbeddedAws) -> None:
    client = aws.client_of(aws.base_key, "iam")

    def tamper(request: Any, **_: Any) -> None:
        request.body = request.body.replace("ListUsers", "ListRoles")

    client.meta.events.register("before-send.iam", tamper)
    assert refusal(client.list_users)[:2] == ("SignatureDoesNotMatch", 403)


@pytest.mark.parametrize(("service", "call"), ONE_CALL_PER_PROTOCOL)
def test_a_request_without_a_signature_is_refused(aws: EmbeddedAws, service: str, call: str) -> None:
    client = aws.client_of(aws.base_key, service, signature_version=UNSIGNED)
    assert refusal(getattr(client, call))[0].startswith("MissingAuthenticationToken")


@pytest.mark.parametrize(("service", "call"), ONE_CALL_PER_PROTOCOL)
def test_a_region_that_does_not_exist_is_no_valid_scope(aws: EmbeddedAws, service: str, call: str) -> None:
    called = getattr(aws.client_of(aws.base_key, service, "mars-east-1"), call)
    assert refusal(called) == ("SignatureDoesNotMatch", 403, "Credential should be scoped to a valid region.")


def test_a_region_that_is_not_enabled_does_not_know_the_key(aws: EmbeddedAws) -> None:
    trail = aws.client_of(aws.base_key, "cloudtrail", "af-south-1")
    assert refusal(trail.lookup_events) == ("UnrecognizedClientException", 400, INVALID)
    aws.regions.append("af-south-1")
    assert trail.lookup_events()["Events"] == []


def test_a_key_is_unknown_in_another_partition(aws: EmbeddedAws) -> None:
    assert refusal(aws.client_of(aws.base_key, "iam", "cn-north-1").list_users)[0] == "InvalidClientTokenId"


def test_an_account_of_another_partition_has_arns_of_that_partition() -> None:
    with EmbeddedAws(regions=["cn-north-1"]) as aws:
        identity = aws.client_of(assume(aws), "sts").get_caller_identity()
        assert identity["Arn"].startswith("arn:aws-cn:sts::123456789012:assumed-role/")
        assert aws.client("iam").list_users()["Users"][0]["Arn"].startswith("arn:aws-cn:iam::")


def test_callers_are_told_who_they_are(aws: EmbeddedAws) -> None:
    user = aws.client_of(aws.base_key, "sts").get_caller_identity()
    assert user["Arn"] == "arn:aws:iam::123456789012:user/connector"
    session = aws.client_of(assume(aws, RoleSessionName="nightly"), "sts").get_caller_identity()
    assert session["Arn"] == "arn:aws:sts::123456789012:assumed-role/airbyte-connector/nightly"
    assert session["UserId"].endswith(":nightly")
    assert session["Account"] == user["Account"] == aws.account_id


@pytest.mark.parametrize(
    "wrong",
    [
        {"ExternalId": "guessed"},
        {"ExternalId": None},
        {"RoleArn": "arn:aws:iam::123456789012:role/no-such-role"},
        {"RoleArn": f"arn:aws:iam::{OTHER_ACCOUNT}:role/airbyte-connector"},
    ],
)
def test_every_reason_not_to_assume_a_role_reads_the_same(aws: EmbeddedAws, wrong: dict[str, Any]) -> None:
    request = {"RoleArn": aws.role_arn, "RoleSessionName": "sync", "ExternalId": aws.external_id, **wrong}
    given = {name: value for name, value in request.items() if value is not None}
    text = (
        "User: arn:aws:iam::123456789012:user/connector is not authorized to perform: sts:AssumeRole "
        f"on resource: {given['RoleArn']}"
    )
    called = aws.client_of(aws.base_key, "sts").assume_role
    assert refusal(called, **given) == ("AccessDenied", 403, text)


def test_someone_the_role_does_not_trust_may_not_assume_it(aws: EmbeddedAws) -> None:
    aws.client("iam").create_user(UserName="mallory")
    made = aws.client("iam").create_access_key(UserName="mallory")["AccessKey"]
    mallory = AccessKey(made["AccessKeyId"], made["SecretAccessKey"])
    code, status, message = refusal(lambda: assume(aws, by=mallory))
    assert (code, status) == ("AccessDenied", 403)
    assert message.startswith("User: arn:aws:iam::123456789012:user/mallory is not authorized")


@pytest.mark.parametrize(
    ("overrides", "text"),
    [
        ({"DurationSeconds": 899}, "Member must have value greater than or equal to 900"),
        ({"DurationSeconds": 43201}, "Member must have value less than or equal to 43200"),
        ({"DurationSeconds": 14401}, "exceeds the MaxSessionDuration set for this role."),
        ({"RoleSessionName": "a b"}, "at 'roleSessionName' failed to satisfy constraint"),
        ({"RoleSessionName": "x"}, "at 'roleSessionName' failed to satisfy constraint"),
    ],
)
def test_sessions_have_limits(aws: EmbeddedAws, overrides: dict[str, Any], text: str) -> None:
    request = {"RoleArn": aws.role_arn, "RoleSessionName": "sync", "ExternalId": aws.external_id}
    called = aws.client_of(aws.base_key, "sts", parameter_validation=False).assume_role
    code, status, message = refusal(called, **{**request, **overrides})
    assert (code, status) == ("ValidationError", 400)
    assert text in message


def test_a_session_as_long_as_the_role_allows_is_granted(aws: EmbeddedAws, clock: StoppedClock) -> None:
    key = assume(aws, DurationSeconds=14400)
    clock.advance(hours=3.9)
    assert aws.client_of(key, "iam").list_users()


def test_a_chained_session_lasts_an_hour_at_most(aws: EmbeddedAws) -> None:
    second = create_role(aws, "second", {"AWS": aws.role_arn}, MaxSessionDuration=7200)
    first = assume(aws)
    code, status, message = refusal(lambda: assume(aws, by=first, RoleArn=second, DurationSeconds=3601))
    assert (code, status) == ("ValidationError", 400)
    assert "1 hour session limit for roles assumed by role chaining" in message
    chained = assume(aws, by=first, RoleArn=second, DurationSeconds=3600)
    arn = aws.client_of(chained, "sts").get_caller_identity()["Arn"]
    assert arn == "arn:aws:sts::123456789012:assumed-role/second/sync"


def test_a_role_of_another_account_leads_into_that_account(aws: EmbeddedAws) -> None:
    trust = {"Effect": "Allow", "Principal": {"AWS": aws.account_id}, "Action": "sts:AssumeRole"}
    theirs = aws.iam(OTHER_ACCOUNT)
    theirs.create_user("us-east-1", "theirs")
    role = theirs.create_role("audit", json.dumps({"Statement": [trust]}), "/", None, "", [], "3600")
    key = assume(aws, RoleArn=role.arn)
    assert aws.client_of(key, "sts").get_caller_identity()["Account"] == OTHER_ACCOUNT
    assert [user["UserName"] for user in aws.client_of(key, "iam").list_users()["Users"]] == ["theirs"]
    assert aws.requests[OTHER_ACCOUNT, "us-east-1", "iam:ListUsers"] == 1


USER = Principal(AccessKey("AKIA", "s"), "123456789012", "arn:aws:iam::123456789012:user/ana", "AIDA")
SESSION = replace(
    USER,
    arn="arn:aws:sts::123456789012:assumed-role/app/run",
    role_arn="arn:aws:iam::123456789012:role/app",
)
NEEDS_ID = {"StringEquals": {"sts:ExternalId": ["one", "two"]}}


@pytest.mark.parametrize(
    ("caller", "external_id", "statement", "allowed"),
    [
        (USER, None, {"Principal": {"AWS": USER.arn}}, True),
        (USER, None, {"Principal": {"AWS": ["arn:aws:iam::123456789012:user/bo", USER.arn]}}, True),
        (USER, None, {"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}, True),
        (USER, None, {"Principal": {"AWS": "123456789012"}}, True),
        (USER, None, {"Principal": "*"}, True),
        (USER, None, {"Principal": {"AWS": "*"}}, True),
        (USER, None, {"Principal": {"AWS": "210987654321"}}, False),
        (USER, None, {"Principal": {"Service": "ec2.amazonaws.com"}}, False),
        (SESSION, None, {"Principal": {"AWS": SESSION.role_arn}}, True),
        (SESSION, None, {"Principal": {"AWS": SESSION.arn}}, True),
        (USER, None, {"Principal": {"AWS": SESSION.role_arn}}, False),
        (USER, "two", {"Principal": "*", "Condition": NEEDS_ID}, True),
        (USER, "three", {"Principal": "*", "Condition": NEEDS_ID}, False),
        (USER, None, {"Principal": "*", "Condition": NEEDS_ID}, False),
        (
            USER,
            None,
            {"Principal": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}},
            False,
        ),
        (USER, None, {"Principal": "*", "Action": "sts:TagSession"}, False),
        (USER, None, {"Principal": "*", "Action": ["sts:TagSession", "sts:*"]}, True),
        (USER, None, {"Principal": "*", "Effect": "Deny"}, False),
    ],
)
def test_trust_policies_are_read_as_iam_reads_them(
    caller: Principal, external_id: str | None, statement: dict[str, Any], *, allowed: bool
) -> None:
    policy = {"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", **statement}}
    assert allows_assuming(json.dumps(policy), caller, external_id) is allowed


def test_a_denial_outweighs_a_permission() -> None:
    allow = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}
    deny = {"Effect": "Deny", "Principal": {"AWS": USER.arn}, "Action": "*"}
    assert not allows_assuming(json.dumps({"Statement": [allow, deny]}), USER, None)
