"""Calls of AWS, with answers whose shape botocore checks."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.credentials import Credentials
from botocore.stub import Stubber

from aws_calls.call_identity import CallIdentity
from aws_calls.calls import Caller
from aws_calls.errors import AbsentError, AwsError, Outcome, Where
from aws_calls.operation import UndeclaredOperationError
from aws_calls.request_path import RequestPath
from source_aws_iam.aws.operations import OPERATIONS


def iam() -> Any:
    return boto3.client("iam", region_name="us-east-1", aws_access_key_id="A" * 16, aws_secret_access_key="b")


def calling(client: Any) -> Caller:
    return Caller(client, Where("123456789012", "us-east-1"), CallIdentity(Credentials("A" * 16, "b")), OPERATIONS)


@pytest.fixture
def stub() -> Iterator[tuple[Caller, Stubber]]:
    client = iam()
    RequestPath(1).attach(client)
    with Stubber(client) as stubber:
        yield calling(client), stubber
        stubber.assert_no_pending_responses()


def group(name: str) -> dict[str, Any]:
    arn = f"arn:aws:iam::123456789012:group/{name}"
    return {"Path": "/", "GroupName": name, "GroupId": f"AGPA{name:0>16}", "Arn": arn, "CreateDate": "2026-01-01"}


def test_every_page_is_read_in_the_largest_size_that_aws_allows(stub: tuple[Caller, Stubber]) -> None:
    caller, stubber = stub
    first = {"Groups": [group("a")], "IsTruncated": True, "Marker": "m1"}
    stubber.add_response("list_groups", first, {"MaxItems": 1000})
    stubber.add_response(
        "list_groups", {"Groups": [], "IsTruncated": True, "Marker": "m2"}, {"MaxItems": 1000, "Marker": "m1"}
    )
    stubber.add_response(
        "list_groups", {"Groups": [group("b")], "IsTruncated": False}, {"MaxItems": 1000, "Marker": "m2"}
    )
    pages = list(caller.pages("list_groups"))
    assert [item["GroupName"] for page in pages for item in page["Groups"]] == ["a", "b"]


def test_an_id_is_judged_together_with_what_every_call_of_the_operation_says() -> None:
    """The model of DescribeImageAttribute requires an attribute, which the declaration has."""
    caller = calling(boto3.client("ec2", region_name="us-east-1"))
    assert caller.accepts("describe_image_attribute", {"ImageId": "ami-1"})
    assert not caller.accepts("describe_image_attribute", {"SnapshotId": "snap-1"})


def test_a_call_that_aws_does_not_page_is_one_page(stub: tuple[Caller, Stubber]) -> None:
    caller, stubber = stub
    stubber.add_response("list_saml_providers", {"SAMLProviderList": []}, {})
    assert len(list(caller.pages("list_saml_providers"))) == 1


def test_an_answer_without_the_expected_member_is_broken_and_not_empty(stub: tuple[Caller, Stubber]) -> None:
    caller, stubber = stub
    stubber.add_response("get_account_authorization_details", {})
    with pytest.raises(AwsError, match="not AWS's") as raised:
        caller.call("get_account_authorization_details")
    assert raised.value.outcome is Outcome.LATER


def test_absence_is_an_answer_only_where_the_operation_declares_it(stub: tuple[Caller, Stubber]) -> None:
    caller, stubber = stub
    for _ in range(2):
        stubber.add_client_error("get_login_profile", "NoSuchEntity", "none", 404)
        stubber.add_client_error("list_users", "NoSuchEntity", "none", 404)
    with pytest.raises(AbsentError, match="NoSuchEntity"):
        caller.call("get_login_profile", UserName="ana")
    with pytest.raises(Exception, match="NoSuchEntity") as raised:
        caller.call("list_users")
    assert not isinstance(raised.value, AbsentError)
    with pytest.raises(AbsentError):
        caller.call("get_login_profile", UserName="ana")
    with pytest.raises(AbsentError):
        caller.call("list_users", absent={"NoSuchEntity"})


def test_an_operation_that_is_not_declared_is_not_called(stub: tuple[Caller, Stubber]) -> None:
    caller, _ = stub
    with pytest.raises(UndeclaredOperationError, match=r"iam\.list_ssh_keys is not declared"):
        caller.call("list_ssh_keys")


def test_a_denial_on_page_two_is_an_error(stub: tuple[Caller, Stubber]) -> None:
    caller, stubber = stub
    stubber.add_response("list_groups", {"Groups": [group("a")], "IsTruncated": True, "Marker": "m1"})
    stubber.add_client_error("list_groups", "AccessDenied", "no", 403)
    with pytest.raises(AwsError, match="iam:ListGroups"):
        list(caller.pages("list_groups"))


def test_what_aws_says_of_a_wrong_signature_is_not_in_the_trace_either(stub: tuple[Caller, Stubber]) -> None:
    caller, stubber = stub
    said = "The canonical string should have been 'x-amz-security-token:IQoJsecret'"
    stubber.add_client_error("list_users", "SignatureDoesNotMatch", said, 403)
    with pytest.raises(AwsError) as raised:
        caller.call("list_users")
    assert "IQoJsecret" not in "".join(traceback.format_exception(raised.value))
