"""Sign-ins and assumed roles: whose they are, and who made them."""

from __future__ import annotations

from typing import Any

import pytest

from destination_security_lake.ocsf.classes import AUTHENTICATION, OTHER
from unit_tests.security_lake.events import ACCOUNT, ADA, DENIED, SERVICE, mapped, record

ROLE = "arn:aws:iam::210987654321:role/audit"


def sign_in(name: str = "ConsoleLogin", **fields: Any) -> dict[str, Any]:
    return record(name, "signin", requestID=None, **{"responseElements": {name: "Success"}, **fields})


def test_a_sign_in_is_of_the_user() -> None:
    beside = {"LoginTo": "https://console.aws.amazon.com/", "MFAUsed": "Yes", "MobileVersion": "No"}
    found = mapped(sign_in(additionalEventData=beside), AUTHENTICATION)

    assert (found["activity_name"], found["status"], found["is_mfa"]) == ("Logon", "Success", True)
    assert (found["user"]["name"], found["user"]["uid"], found["user"]["type"]) == ("ada", ADA["arn"], "User")
    assert (found["service"], found["dst_endpoint"]) == (
        {"name": "signin.amazonaws.com"},
        {"svc_name": "https://console.aws.amazon.com/"},
    )
    assert found["unmapped"]["additionalEventData.MobileVersion"] == "No"


def test_a_failed_sign_in_with_a_hidden_name_is_of_the_account() -> None:
    hidden = {"type": "IAMUser", "accountId": ACCOUNT, "accessKeyId": "", "userName": "HIDDEN_DUE_TO_SECURITY_REASONS"}
    found = mapped(sign_in(userIdentity=hidden, responseElements={"ConsoleLogin": "Failure"}), AUTHENTICATION)

    assert found["status_id"] == 2
    assert (found["user"].get("name"), found["user"]["account"]["uid"]) == (None, ACCOUNT)


def test_a_sign_in_that_names_nobody_is_of_the_account_that_received_it() -> None:
    """AWS's own example of 1.5.0 has neither a user nor a service, and is invalid."""
    found = mapped(sign_in(userIdentity=None), AUTHENTICATION)

    assert found["user"] == {"account": {"uid": ACCOUNT, "type": "AWS Account", "type_id": 10}}


@pytest.mark.parametrize("result", ["Success", "Failure"])
def test_a_step_of_a_sign_in_is_no_logon(result: str) -> None:
    event = sign_in(
        "CredentialVerification", responseElements=None, serviceEventDetails={"CredentialVerification": result}
    )
    found = mapped(event, AUTHENTICATION)

    assert (found["activity_id"], found["activity_name"]) == (OTHER, "CredentialVerification")
    assert found["status"] == result


def test_the_user_of_an_assumed_role_is_the_role() -> None:
    """AWS pairs the role's ARN with the id of the caller."""
    answer = {
        "assumedRoleUser": {"arn": "arn:aws:sts::210987654321:assumed-role/audit/ada", "assumedRoleId": "AROA:ada"},
        "credentials": {"accessKeyId": "ASIANEW", "expiration": "Mar 1, 2026, 10:03:21 AM"},
    }
    asked = {"roleArn": ROLE, "roleSessionName": "ada"}
    found = mapped(record("AssumeRole", "sts", requestParameters=asked, responseElements=answer), AUTHENTICATION)

    assert found["user"] == {
        "uid": ROLE,
        "name": "ada",
        "type": "Role",
        "type_id": 99,
        "account": {"uid": "210987654321", "type": "AWS Account", "type_id": 10},
    }
    assert found["session"] == {
        "uid": "arn:aws:sts::210987654321:assumed-role/audit/ada",
        "uid_alt": "AROA:ada",
        "credential_uid": "ASIANEW",
        "expiration_time": 1772359401000,
        "expiration_time_dt": "2026-03-01T10:03:21.000Z",
    }
    assert found["actor"]["user"]["name"] == "ada"


def test_a_role_that_a_service_assumes_has_the_service_as_actor() -> None:
    event = record("AssumeRole", "sts", userIdentity=SERVICE, requestParameters={"roleArn": ROLE})

    assert mapped(event, AUTHENTICATION)["actor"].keys() == {"app_name", "invoked_by"}


def test_a_role_that_was_not_assumed_is_not_the_caller() -> None:
    found = mapped(record("AssumeRole", "sts", **DENIED), AUTHENTICATION)

    assert (found["user"].get("uid"), found["user"]["account"]["uid"]) == (None, ACCOUNT)


@pytest.mark.parametrize(
    ("name", "protocol"),
    [("AssumeRole", None), ("AssumeRoleWithSAML", "SAML"), ("AssumeRoleWithWebIdentity", "OpenID")],
)
def test_the_protocol_is_that_of_the_call(name: str, protocol: str | None) -> None:
    found = mapped(record(name, "sts", requestParameters={"roleArn": ROLE}), AUTHENTICATION)

    assert found.get("auth_protocol") == protocol
