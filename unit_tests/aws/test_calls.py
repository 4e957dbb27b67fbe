"""One way to call AWS, against answers that botocore itself checks for their shape."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.credentials import Credentials
from botocore.stub import Stubber

from source_aws_iam.aws.calls import Caller
from source_aws_iam.aws.errors import AbsentError, AwsError, Outcome
from source_aws_iam.aws.principal import Principal


def iam() -> Any:
    return boto3.client("iam", region_name="us-east-1", aws_access_key_id="A" * 16, aws_secret_access_key="b")


def calling(client: Any) -> Caller:
    principal = Principal(Credentials("A" * 16, "b"))
    return Caller(client, region="us-east-1", account_id="123456789012", principal=principal)


@pytest.fixture
def stub() -> Iterator[tuple[Caller, Stubber]]:
    client = iam()
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
    pages = list(caller.pages("list_groups", expect="Groups"))
    assert [item["GroupName"] for page in pages for item in page["Groups"]] == ["a", "b"]


def test_a_call_that_aws_does_not_page_is_one_page(stub: tuple[Caller, Stubber]) -> None:
    caller, stubber = stub
    stubber.add_response("list_saml_providers", {"SAMLProviderList": []}, {})
    assert len(list(caller.pages("list_saml_providers", expect="SAMLProviderList"))) == 1


def test_an_answer_without_the_expected_member_is_broken_and_not_empty(stub: tuple[Caller, Stubber]) -> None:
    caller, stubber = stub
    stubber.add_response("get_account_authorization_details", {})
    with pytest.raises(AwsError, match="not AWS's") as raised:
        caller.call("get_account_authorization_details", expect="IsTruncated")
    assert raised.value.outcome is Outcome.LATER


def test_absence_is_an_answer_only_where_the_call_says_so(stub: tuple[Caller, Stubber]) -> None:
    caller, stubber = stub
    for _ in range(2):
        stubber.add_client_error("get_login_profile", "NoSuchEntity", "none", 404)
    absent = frozenset({"NoSuchEntity"})
    with pytest.raises(AbsentError, match="NoSuchEntity"):
        caller.call("get_login_profile", expect="LoginProfile", absent=absent, UserName="ana")
    with pytest.raises(Exception, match="NoSuchEntity"):
        caller.call("get_login_profile", expect="LoginProfile", UserName="ana")


def test_a_denial_on_page_two_is_an_error(stub: tuple[Caller, Stubber]) -> None:
    caller, stubber = stub
    stubber.add_response("list_groups", {"Groups": [group("a")], "IsTruncated": True, "Marker": "m1"})
    stubber.add_client_error("list_groups", "AccessDenied", "no", 403)
    with pytest.raises(AwsError, match="iam:ListGroups"):
        list(caller.pages("list_groups", expect="Groups"))


def test_what_aws_says_of_a_wrong_signature_is_not_in_the_trace_either(stub: tuple[Caller, Stubber]) -> None:
    caller, stubber = stub
    said = "The canonical string should have been 'x-amz-security-token:IQoJsecret'"
    stubber.add_client_error("list_users", "SignatureDoesNotMatch", said, 403)
    with pytest.raises(AwsError) as raised:
        caller.call("list_users", expect="Users")
    assert "IQoJsecret" not in "".join(traceback.format_exception(raised.value))
