"""Embedded AWS enforces policies and a rate, and lets tests act between two pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws, StoppedClock
from embedded_aws.server import permissions

ROLE = "airbyte-connector"
REFUSALS = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
USER_ARN = "arn:aws:iam::123456789012:user/connector"


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def aws(clock: StoppedClock) -> Iterator[EmbeddedAws]:
    with EmbeddedAws(now=clock) as embedded:
        yield embedded


def error_of(call: Any, **arguments: Any) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


def allowed(call: Any, **arguments: Any) -> bool:
    """Any other error than a refusal is raised."""
    try:
        call(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] not in REFUSALS:
            raise
        return False
    return True


def client_of_role(aws: EmbeddedAws, service: str = "iam") -> Any:
    aws.client_of(aws.base_key, "sts").assume_role(
        RoleArn=aws.role_arn, RoleSessionName="session", ExternalId=aws.external_id
    )
    return aws.client_of(aws.sessions.issued()[-1], service)


def document(*statements: dict[str, Any]) -> str:
    filled = [{"Effect": "Allow", "Resource": "*", **statement} for statement in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": filled})


def test_whoever_has_no_policy_may_do_everything(aws: EmbeddedAws) -> None:
    for iam in (aws.client_of(aws.base_key, "iam"), client_of_role(aws)):
        assert allowed(iam.list_users)
        assert allowed(iam.create_user, UserName=f"new{iam.meta.region_name}{id(iam)}")


@pytest.mark.parametrize("by_role", [True, False])
def test_allow_holds_the_connector_to_exactly_these_actions(aws: EmbeddedAws, *, by_role: bool) -> None:
    aws.allow("iam:ListUsers", "cloudtrail:LookupEvents")
    iam = client_of_role(aws) if by_role else aws.client_of(aws.base_key, "iam")
    assert allowed(iam.list_users)
    assert not allowed(iam.list_groups)
    aws.allow("iam:ListGroups")
    assert not allowed(iam.list_users)
    assert allowed(iam.list_groups)
    aws.allow()
    assert not allowed(iam.list_groups)
    aws.allow_everything()
    assert allowed(iam.list_users)
    assert allowed(iam.list_groups)


def test_other_services_are_held_to_it_too(aws: EmbeddedAws) -> None:
    aws.allow("iam:ListUsers")
    for call in (
        aws.client_of(aws.base_key, "cloudtrail").lookup_events,
        aws.client_of(aws.base_key, "ec2").describe_regions,
    ):
        assert not allowed(call)


def test_the_refusal_is_in_aws_s_words(aws: EmbeddedAws) -> None:
    aws.allow("iam:ListUsers")
    code, status, message = error_of(aws.client_of(aws.base_key, "iam").get_account_summary)
    assert (code, status) == ("AccessDenied", 403)
    assert message == (
        f"User: {USER_ARN} is not authorized to perform: iam:GetAccountSummary on resource: * because no "
        "identity-based policy allows the iam:GetAccountSummary action"
    )
    session = error_of(client_of_role(aws).list_groups)[2]
    assert "User: arn:aws:sts::123456789012:assumed-role/airbyte-connector/session is not" in session


def test_who_one_is_and_assuming_the_role_are_always_allowed(aws: EmbeddedAws) -> None:
    aws.allow("iam:ListUsers")
    assert allowed(aws.client_of(aws.base_key, "sts").get_caller_identity)
    sts = client_of_role(aws, "sts")
    assert allowed(sts.get_caller_identity)
    trust = {"Principal": {"AWS": aws.role_arn}, "Action": "sts:AssumeRole", "Effect": "Allow"}
    chained = aws.client("iam").create_role(
        RoleName="chained", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )["Role"]["Arn"]
    assert not allowed(sts.assume_role, RoleArn=chained, RoleSessionName="again")
    aws.allow("sts:AssumeRole")
    assert allowed(sts.assume_role, RoleArn=chained, RoleSessionName="again")
    for resource, verdict in (("role/chained", True), ("role/other", False)):
        only = document({"Action": "sts:AssumeRole", "Resource": f"arn:aws:iam::*:{resource}"})
        aws.client("iam").put_role_policy(RoleName=ROLE, PolicyName="allowed-by-the-test", PolicyDocument=only)
        assert allowed(sts.assume_role, RoleArn=chained, RoleSessionName="again") is verdict


def test_the_test_s_own_hand_may_do_everything(aws: EmbeddedAws) -> None:
    aws.allow("iam:ListUsers")
    assert allowed(aws.client("iam").create_user, UserName="ana")


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([{"Action": "*"}], {"users", "groups", "ana", "bo"}),
        ([{"Action": "IAM:listusers"}], {"users"}),
        ([{"Action": ["iam:List?sers", "iam:*Groups"]}], {"users", "groups"}),
        ([{"NotAction": "iam:List*"}], {"ana", "bo"}),
        ([{"Action": "*"}, {"Effect": "Deny", "Action": "iam:GetUser"}], {"users", "groups"}),
        ([{"Action": "*"}, {"Effect": "Deny", "NotAction": "iam:GetUser"}], {"ana", "bo"}),
        ([{"Action": "iam:*", "Resource": "arn:aws:iam::*:user/people/*"}], {"ana"}),
        ([{"Action": "iam:*", "Resource": ["arn:aws:iam::123456789012:user/bo"]}], {"bo"}),
        ([{"Action": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}], set()),
        ([{"Action": "*", "Condition": {"StringEquals": {"s3:prefix": ["a/", "b/"]}}}], set()),
    ],
)
def test_policies_are_read_as_iam_reads_them(
    aws: EmbeddedAws, statements: list[dict[str, Any]], expected: set[str]
) -> None:
    admin = aws.client("iam")
    admin.create_user(UserName="ana", Path="/people/")
    admin.create_user(UserName="bo")
    aws.iam().get_role(ROLE).put_policy("inline", document(*statements))
    iam = client_of_role(aws)
    may = {
        "users": allowed(iam.list_users),
        "groups": allowed(iam.list_groups),
        "ana": allowed(iam.get_user, UserName="ana"),
        "bo": allowed(iam.get_user, UserName="bo"),
    }
    assert {name for name, answer in may.items() if answer} == expected


def test_resources_are_the_entities_that_calls_name(aws: EmbeddedAws) -> None:
    admin = aws.client("iam")
    admin.create_group(GroupName="g", Path="/org/")
    admin.create_role(RoleName="r", Path="/svc/", AssumeRolePolicyDocument=document())
    arn = admin.create_policy(PolicyName="p", PolicyDocument=document({"Action": "s3:*"}))["Policy"]["Arn"]
    account = "arn:aws:iam::123456789012"
    resources = [f"{account}:group/org/g", f"{account}:role/svc/r", arn, f"{account}:user/*"]
    aws.iam().get_role(ROLE).put_policy("inline", document({"Action": "*", "Resource": resources}))
    iam = client_of_role(aws)
    assert allowed(iam.get_group, GroupName="g")
    assert allowed(iam.get_role, RoleName="r")
    assert allowed(iam.get_policy, PolicyArn=arn)
    assert allowed(iam.list_service_specific_credentials, AllUsers=True)
    assert error_of(iam.get_user, UserName="nobody")[0] == "NoSuchEntity"
    assert not allowed(iam.get_group, GroupName="h")
    assert not allowed(iam.get_role, RoleName=ROLE)
    assert not allowed(iam.list_users)


def test_an_explicit_deny_says_so(aws: EmbeddedAws) -> None:
    statements = [{"Action": "*"}, {"Effect": "Deny", "Action": "iam:ListUsers"}]
    aws.iam().get_role(ROLE).put_policy("inline", document(*statements))
    code, _, message = error_of(client_of_role(aws).list_users)
    assert code == "AccessDenied"
    assert message.endswith("with an explicit deny in an identity-based policy")


def test_policies_put_and_attached_over_the_api_count(aws: EmbeddedAws) -> None:
    admin = aws.client("iam")
    iam = client_of_role(aws)
    admin.put_role_policy(RoleName=ROLE, PolicyName="x", PolicyDocument=document({"Action": "iam:ListGroups"}))
    assert not allowed(iam.list_users)
    admin.attach_role_policy(RoleName=ROLE, PolicyArn="arn:aws:iam::aws:policy/SecurityAudit")
    assert allowed(iam.list_users)
    assert allowed(iam.generate_credential_report)
    assert allowed(client_of_role(aws, "cloudtrail").lookup_events)
    assert not allowed(iam.create_user, UserName="ana")
    admin.detach_role_policy(RoleName=ROLE, PolicyArn="arn:aws:iam::aws:policy/SecurityAudit")
    assert not allowed(iam.list_users)
    version = {"PolicyDocument": document({"Action": "iam:ListUsers"}), "SetAsDefault": True}
    arn = admin.create_policy(PolicyName="p", PolicyDocument=document({"Action": "s3:*"}))["Policy"]["Arn"]
    admin.attach_role_policy(RoleName=ROLE, PolicyArn=arn)
    assert not allowed(iam.list_users)
    admin.create_policy_version(PolicyArn=arn, **version)
    assert allowed(iam.list_users)
    admin.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    assert not allowed(iam.list_users)


def test_a_user_is_held_to_the_policies_of_its_groups_too(aws: EmbeddedAws) -> None:
    admin, iam = aws.client("iam"), aws.client_of(aws.base_key, "iam")
    admin.create_group(GroupName="g")
    admin.put_group_policy(GroupName="g", PolicyName="x", PolicyDocument=document({"Action": "iam:ListGroups"}))
    assert allowed(iam.list_users)
    admin.add_user_to_group(GroupName="g", UserName="connector")
    assert not allowed(iam.list_users)
    assert allowed(iam.list_groups)
    aws.allow("iam:ListUsers")
    assert allowed(iam.list_users)
    assert allowed(iam.list_groups)


def test_a_policy_is_judged_once_for_each_kind_of_call(aws: EmbeddedAws) -> None:
    aws.client("iam").attach_role_policy(RoleName=ROLE, PolicyArn="arn:aws:iam::aws:policy/SecurityAudit")
    iam = client_of_role(aws)
    iam.list_account_aliases()
    judged = permissions._verdict.cache_info().misses
    for _ in range(20):
        iam.list_account_aliases()
    assert permissions._verdict.cache_info().misses == judged


def test_iam_has_a_rate_per_account(aws: EmbeddedAws, clock: StoppedClock) -> None:
    aws.iam_rate = 3
    iam, abroad = (aws.client_of(aws.base_key, "iam", region) for region in ("us-east-1", "eu-west-1"))
    iam.list_users()
    abroad.list_groups()
    iam.get_user()
    assert error_of(abroad.list_users) == ("Throttling", 400, "Rate exceeded")
    assert aws.throttled_iam == {("123456789012", "aws-global"): 1}
    assert allowed(aws.client("iam").list_users)
    assert allowed(aws.client_of(aws.base_key, "sts").get_caller_identity)
    assert allowed(aws.client_of(aws.open_account("210987654321"), "iam").list_users)
    clock.advance(seconds=1)
    assert allowed(iam.list_users)
    aws.iam_rate = None
    assert all(allowed(iam.list_users) for _ in range(10))


def test_the_rate_can_be_given_at_the_start() -> None:
    with EmbeddedAws(iam_rate=1, now=StoppedClock()) as aws:
        iam = aws.client_of(aws.base_key, "iam")
        iam.list_users()
        assert error_of(iam.list_users)[0] == "Throttling"


def test_something_can_be_done_between_two_pages(aws: EmbeddedAws) -> None:
    admin, iam = aws.client("iam"), aws.client_of(aws.base_key, "iam")
    for number in range(3):
        admin.create_user(UserName=f"u{number}")
    iam.list_users()
    aws.after("iam:ListUsers", 2, lambda: admin.delete_user(UserName="u1"))
    first = iam.list_users(MaxItems=1)
    admin.list_users()
    iam.list_groups()
    assert "u1" in aws.iam().users
    second = iam.list_users(MaxItems=1, Marker=first["Marker"])
    assert [user["UserName"] for user in second["Users"]] == ["u0"]
    assert "u1" not in aws.iam().users
    admin.create_user(UserName="u1")
    for _ in range(3):
        iam.list_users()
    assert "u1" in aws.iam().users


def test_refused_requests_are_not_answered(aws: EmbeddedAws) -> None:
    iam = aws.client_of(aws.base_key, "iam")
    done: list[str] = []
    aws.after("iam:GetUser", 1, lambda: done.append("now"))
    assert error_of(iam.get_user, UserName="nobody")[0] == "NoSuchEntity"
    aws.after("iam:ListRoleTags", 1, lambda: done.append("by moto"))
    assert error_of(iam.list_role_tags, RoleName="nobody")[0] == "NoSuchEntity"
    assert done == []
    iam.get_user()
    assert done == ["now"]


def test_what_is_to_be_done_in_one_account_is_not_done_in_another(aws: EmbeddedAws) -> None:
    other = aws.open_account("222222222222")
    done: list[str] = []
    aws.after("iam:ListUsers", 1, lambda: done.append("now"), account_id="222222222222")
    aws.client_of(aws.base_key, "iam").list_users()
    assert done == []
    aws.client_of(other, "iam").list_users()
    assert done == ["now"]
