"""Permission probes: which calls are made, by whom, and with what."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from aws_calls.clients import unsigned_session
from aws_calls.operation import AskedBy, Found, Operation, Probe
from source_aws_iam.aws.clients import SourceClients
from source_aws_iam.aws.operations import OPERATIONS
from source_aws_iam.aws.session import Session
from source_aws_iam.check.probes import Probes
from source_aws_iam.config import Settings

CORE = unsigned_session(identity=False)
KEY = {"auth_type": "access_key", "access_key_id": "A" * 16, "secret_access_key": "s"}
INSTANCE = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
ADMINISTRATOR = AskedBy.DELEGATED_ADMINISTRATOR
# Operations of services to come: what must be found first, a smallest page, and another account that asks.
MORE = {
    "sso-admin.list_instances": Operation(
        "sso:ListInstances", ("Instances",), asked_by=AskedBy.DELEGATED_ADMINISTRATOR
    ),
    "sso-admin.list_permission_sets": Operation(
        "sso:ListPermissionSets",
        ("PermissionSets",),
        probe=Probe(found={"InstanceArn": Found("sso-admin.list_instances", "Instances", "InstanceArn")}),
        asked_by=ADMINISTRATOR,
        service_principal="sso.amazonaws.com",
    ),
    "ec2.describe_instances": Operation(
        "ec2:DescribeInstances", ("Reservations",), smallest_page=5, asked_by=AskedBy.ACCOUNT_REGION
    ),
}


class Aws:
    """AWS as a table of answers, by "service.Operation". `asked` is what it was asked for, and by whom."""

    def __init__(self, **answers: Any) -> None:
        self.answers = {
            "GetCallerIdentity": {"Account": "1" * 12, "Arn": "arn:aws:iam::111111111111:user/a"},
            **answers,
        }
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.clients = SourceClients(Settings.of({"credentials": KEY}).options, attempts=1, core=CORE)
        for service in ("sts", "iam", "organizations", "sso-admin", "ec2", "cloudtrail"):
            for region in ("us-east-1", "eu-west-1"):
                events = self.clients.client(service, region).meta.events
                events.register("before-parameter-build", self._remember)
                events.register("before-call", self._answer)

    def session(self) -> Session:
        return Session.of_credentials(self.clients, {**OPERATIONS, **MORE})

    def _remember(self, model: Any, params: dict[str, Any], **_: Any) -> None:
        if model.name != "GetCallerIdentity":
            self.asked.append((model.name, dict(params)))

    def _answer(self, model: Any, **_: Any) -> tuple[Any, Any]:
        answer = self.answers[model.name]
        if isinstance(answer, str):
            return SimpleNamespace(status_code=400), {"Error": {"Code": answer, "Message": "no"}}
        return SimpleNamespace(status_code=200), json.loads(json.dumps(answer))


def probes(aws: Aws, *regions: str) -> Probes:
    session = aws.session()
    return Probes(session, session, regions)


def test_what_must_be_found_first_is_found_and_handed_over() -> None:
    aws = Aws(ListInstances={"Instances": [{"InstanceArn": INSTANCE}]}, ListPermissionSets={"PermissionSets": []})
    assert probes(aws).probe("sso-admin.list_permission_sets") is None
    found = ("ListInstances", {"MaxResults": 1})
    assert aws.asked == [found, ("ListPermissionSets", {"InstanceArn": INSTANCE, "MaxResults": 1})]


def test_what_several_probes_need_is_found_once() -> None:
    aws = Aws(ListInstances={"Instances": [{"InstanceArn": INSTANCE}]}, ListPermissionSets={"PermissionSets": []})
    tested = probes(aws)
    for call in ("sso-admin.list_permission_sets", "sso-admin.list_instances", "sso-admin.list_permission_sets"):
        assert tested.probe(call) is None
    assert [name for name, _ in aws.asked] == ["ListInstances", "ListPermissionSets"]


@pytest.mark.parametrize("instances", [[], [{}]])
def test_where_there_is_nothing_to_find_nothing_is_refused(instances: list[Any]) -> None:
    aws = Aws(ListInstances={"Instances": instances}, ListPermissionSets="AccessDeniedException")
    assert probes(aws).probe("sso-admin.list_permission_sets") is None
    assert [name for name, _ in aws.asked] == ["ListInstances"]


def test_what_may_not_be_found_is_refused_by_its_own_name() -> None:
    refusal = probes(Aws(ListInstances="AccessDeniedException")).probe("sso-admin.list_permission_sets")
    assert refusal is not None
    assert refusal.target.action == "sso:ListInstances"


def test_a_page_is_as_small_as_the_service_takes_it() -> None:
    aws = Aws(DescribeInstances={"Reservations": []}, ListUsers={"Users": []}, LookupEvents={"Events": []})
    for call in ("ec2.describe_instances", "iam.list_users", "cloudtrail.lookup_events"):
        assert probes(aws).probe(call) is None
    assert aws.asked == [
        ("DescribeInstances", {"MaxResults": 5}),
        ("ListUsers", {"MaxItems": 1}),
        ("LookupEvents", {"MaxResults": 1}),
    ]


def test_an_entity_that_nobody_has_is_allowed_to_be_asked_for() -> None:
    aws = Aws(GetRole="NoSuchEntity", ListAccountsForParent="ParentNotFoundException", ListTagsForResource="Throttling")
    assert probes(aws).probe("iam.get_role") is None
    assert probes(aws).probe("organizations.list_accounts_for_parent") is None
    assert probes(aws).probe("organizations.list_tags_for_resource") is not None
    assert aws.asked[0] == ("GetRole", {"RoleName": "source-aws-iam-check"})


def test_a_policy_that_nobody_has_is_one_of_the_account() -> None:
    aws = Aws(GetPolicy="NoSuchEntity")
    probes(aws).probe("iam.get_policy")
    assert aws.asked == [("GetPolicy", {"PolicyArn": "arn:aws:iam::111111111111:policy/source-aws-iam-check"})]


@pytest.mark.parametrize(
    ("chosen", "asked", "expected"),
    [([], None, "us-east-1"), (["eu-west-1"], None, "eu-west-1"), ([], "eu-west-1", "eu-west-1")],
)
def test_a_regional_call_is_probed_where_it_would_be_made(chosen: list[str], asked: str | None, expected: str) -> None:
    aws = Aws(LookupEvents="AccessDenied", ListUsers="AccessDenied")
    refusal = probes(aws, *chosen).probe("cloudtrail.lookup_events", asked)
    of_account = probes(aws, *chosen).probe("iam.list_users")
    assert refusal is not None
    assert of_account is not None
    assert (refusal.target.region, of_account.target.region) == (expected, "us-east-1")


def test_the_hub_asks_for_what_only_it_may_know() -> None:
    hub, account = Aws(ListAccounts={"Accounts": []}), Aws(ListUsers={"Users": []})
    both = Probes(hub.session(), account.session(), [])
    assert both.probe("organizations.list_accounts") is None
    assert both.probe("iam.list_users") is None
    assert ([name for name, _ in hub.asked], [name for name, _ in account.asked]) == (["ListAccounts"], ["ListUsers"])


def test_what_no_probe_can_tell_is_not_asked() -> None:
    aws = Aws()
    assert probes(aws).failures([{"rows": [["iam.get_access_key_last_used"]]}], lambda: 60) == {}
    assert probes(aws).unreadable([{"rows": [["iam.get_access_key_last_used"]]}]) is None
    assert aws.asked == []
