"""Every operation can be asked, and finds what it asks about."""

from __future__ import annotations

import re
from typing import Any

import pytest

from aws_calls.operation import Found, Operation, Probe
from contract.entities import UnknownEntityError, entities, entity_arguments, in_order, source
from contract.models import operation_model
from source_aws_iam.aws.operations import OPERATIONS

INSTANCE = Found("sso-admin.list_instances", "Instances", "InstanceArn")
# An operation that somebody adds: its argument has to be found, and its own entity is not known here.
LATER = {
    "sso-admin.list_instances": Operation("sso:ListInstances", ("Instances",)),
    "sso-admin.list_permission_sets": Operation(
        "sso:ListPermissionSets", ("PermissionSets",), probe=Probe(found={"InstanceArn": INSTANCE})
    ),
    "iam.get_server_certificate": Operation("iam:GetServerCertificate", ("ServerCertificate",)),
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_an_operation_asks_about_is_listed_by_an_operation_of_the_table(operation: str) -> None:
    if operation == "sts.assume_role":
        return
    for argument in entity_arguments(operation):
        where = source(operation, argument)
        answer: Any = operation_model(where.operation).output_shape
        records = answer.members[where.records]
        item = records.member if records.type_name == "list" else records
        *outer, member = where.member.split(".")
        for name in outer:
            item = item.members[name].member
        assert where.operation in OPERATIONS
        assert member in item.members if member else item.type_name == "string"


def test_operations_come_after_those_that_list_what_they_ask_about() -> None:
    ordered = in_order(["iam.get_user_policy", "iam.get_credential_report", "iam.list_policy_versions"])
    assert ordered == [
        *("iam.list_users", "iam.list_user_policies", "iam.get_user_policy"),
        *("iam.list_policies", "iam.list_policy_versions", "iam.get_credential_report"),
    ]


def test_an_inline_policy_is_asked_for_with_the_user_who_has_it() -> None:
    users: Any = [({"MaxItems": 1}, {"Users": [{"UserName": "ana"}, {"UserName": "bo"}]})]
    policies: Any = [({"UserName": "ana", "MaxItems": 1}, {"PolicyNames": ["read", "write"]}), ({"UserName": "bo"}, {})]
    asked = {"iam.list_users": users, "iam.list_user_policies": policies}
    assert entities("iam.get_user_policy", asked) == [
        {"UserName": "ana", "PolicyName": "read"},
        {"UserName": "ana", "PolicyName": "write"},
    ]
    assert entities("iam.list_users", asked) == [{}]
    assert entities("iam.get_role", asked) == []


def test_what_the_probe_of_a_later_operation_has_to_find_is_found_in_the_same_way() -> None:
    asked: Any = {
        "sso-admin.list_instances": [({}, {"Instances": [{"InstanceArn": "arn:1"}, {"InstanceArn": "arn:2"}]})]
    }
    listing = "sso-admin.list_permission_sets"
    assert in_order([listing], LATER) == ["sso-admin.list_instances", listing]
    assert entities(listing, asked, LATER) == [{"InstanceArn": "arn:1"}, {"InstanceArn": "arn:2"}]


def test_a_later_operation_of_which_nobody_said_what_it_asks_about_is_pointed_out() -> None:
    with pytest.raises(
        UnknownEntityError, match=r"Add to contract/entities\.py which answer names .* ServerCertificateName"
    ):
        in_order(["iam.get_server_certificate"], LATER)


def test_nothing_that_is_asked_writes() -> None:
    reads = re.compile(r"[\w-]+:(Get|List|Describe|Lookup)\w+")
    others = {operation.action for operation in OPERATIONS.values() if not reads.fullmatch(operation.action)}
    # The first is how the connector signs in, and AWS counts the others among those that read.
    assert others == {
        "sts:AssumeRole",
        "iam:GenerateCredentialReport",
        "iam:GenerateServiceLastAccessedDetails",
    }
