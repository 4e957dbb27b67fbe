"""What CloudTrail records while a person signs in to IAM Identity Center, and enters an account or an application.

https://docs.aws.amazon.com/singlesignon/latest/userguide/understanding-sign-in-events.html
https://docs.aws.amazon.com/singlesignon/latest/userguide/sso-cloudtrail-use-cases.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from embedded_aws.server.identity_center import Instance, PermissionSet

Content = dict[str, Any]
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
_EMPTY = {"requestParameters": None, "responseElements": None}


@dataclass(frozen=True)
class Person:
    """A user of an instance, in one session of the access portal."""

    instance: Instance
    user_id: str
    session: str
    """The id of the credential that the session has."""

    @property
    def name(self) -> str:
        name: str = self.instance.users[self.user_id]["UserName"]
        return name

    @property
    def on_behalf_of(self) -> Content:
        return {"userId": self.user_id, "identityStoreArn": self.instance.store_arn}

    @property
    def identity(self) -> Content:
        account = {"type": "IdentityCenterUser", "accountId": self.instance.owner}
        return {**account, "onBehalfOf": self.on_behalf_of, "credentialId": self.session}


@dataclass(frozen=True)
class Entrance:
    """A permission set in an account."""

    permission_set: PermissionSet
    account_id: str


def step(person: Person, name: str, credentials: str, result: str = "Success") -> Content:
    """CredentialChallenge, CredentialVerification or UserAuthentication."""
    details = {"AuthWorkflowID": f"workflow-of-{person.session}", "CredentialType": credentials}
    beside = {"UserName": person.name, **details}
    if name == "UserAuthentication":
        beside["LoginTo"] = "https://example.awsapps.com/start/"
    return _of_portal(person, "signin", name, {name: result}, additionalEventData=beside)


def unknown_name(person: Person) -> Content:
    """A name that does not exist: AWS hides it, and knows no user."""
    identity = {"type": "Unknown", "principalId": person.instance.owner, "accountId": person.instance.owner}
    beside = {"UserName": HIDDEN, "AuthWorkflowID": f"workflow-of-{person.session}", "CredentialType": "PASSWORD"}
    content = _of_portal(
        person, "signin", "CredentialVerification", {"CredentialVerification": "Failure"}, additionalEventData=beside
    )
    return {**content, "userIdentity": {**identity, "userName": HIDDEN}}


def federate(person: Person, entrance: Entrance) -> Content:
    """An account is opened in the browser."""
    return _of_portal(person, "sso", "Federate", _entered(entrance))


def get_role_credentials(person: Person, entrance: Entrance) -> Content:
    """An account is opened by the AWS CLI."""
    return _of_portal(person, "sso", "GetRoleCredentials", _entered(entrance), readOnly=True)


def federate_to_application(person: Person, relay_id: str) -> Content:
    """AWS documents no members of the details for an application."""
    return _of_portal(person, "sso", "Federate", {"relayId": relay_id})


def create_token_with_iam(person: Person, application_arn: str) -> Content:
    """An application is given a token of a person. The application's role is the caller."""
    session = f"arn:{person.instance.partition}:sts::{person.instance.owner}:assumed-role/application/session"
    identity = {"type": "AssumedRole", "principalId": "AROAEXAMPLEROLEID0002:session", "arn": session}
    beside = {
        "identitystore:UserId": person.user_id,
        "identitystore:IdentityStoreArn": person.instance.store_arn,
        "identitycenter:CredentialId": person.session,
    }
    grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    return {
        "userIdentity": {**identity, "accountId": person.instance.owner, "accessKeyId": "ASIAEXAMPLE000000002"},
        "eventSource": "sso-oauth.amazonaws.com",
        "eventName": "CreateTokenWithIAM",
        "requestParameters": {"clientId": application_arn, "grantType": grant, "scope": ["sso:account:access"]},
        "responseElements": {"expiresIn": 3600, "tokenType": "Bearer"},
        "additionalEventData": beside,
        "resources": [{"type": "AWS::SSO::Application", "ARN": application_arn}],
        "readOnly": False,
        "eventType": "AwsApiCall",
    }


def assume_role_with_saml(person: Person, entrance: Entrance) -> Content:
    """What Identity Center does in the account, in the name of the person."""
    role_arn = _role_arn(person, entrance)
    qualifier = "abc123ExampleQualifier="
    identity = {"type": "SAMLUser", "principalId": f"{qualifier}:{person.name}", "userName": person.name}
    return {
        "userIdentity": {**identity, "identityProvider": qualifier},
        "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRoleWithSAML",
        "requestParameters": {"roleArn": role_arn, "roleSessionName": person.name, "durationSeconds": 3600},
        "responseElements": {"subject": person.name, "subjectType": "persistent"},
        "resources": [{"accountId": entrance.account_id, "type": "AWS::IAM::Role", "ARN": role_arn}],
        "readOnly": True,
        "eventType": "AwsApiCall",
    }


def console_login(person: Person, entrance: Entrance, *, named: bool) -> Content:
    """AWS says that no MFA was used of every session of a role. `named`: whether the session says whose it is."""
    beside = {"MobileVersion": "No", "MFAUsed": "No"}
    return {
        "userIdentity": _session(person, entrance, named=named),
        "eventSource": "signin.amazonaws.com",
        "eventName": "ConsoleLogin",
        "requestParameters": None,
        "responseElements": {"ConsoleLogin": "Success"},
        "additionalEventData": beside,
        "readOnly": False,
        "eventType": "AwsConsoleSignIn",
    }


def describe_instances(person: Person, entrance: Entrance, *, named: bool) -> Content:
    """A call of the session."""
    return {
        "userIdentity": _session(person, entrance, named=named),
        "eventSource": "ec2.amazonaws.com",
        "eventName": "DescribeInstances",
        **_EMPTY,
        "readOnly": True,
        "eventType": "AwsApiCall",
    }


def _of_portal(person: Person, service: str, name: str, details: Content, **more: Any) -> Content:
    head = {"userIdentity": person.identity, "eventSource": f"{service}.amazonaws.com", "eventName": name}
    tail = {"readOnly": False, "eventType": "AwsServiceEvent", "serviceEventDetails": details}
    return {**head, **_EMPTY, **tail, **more}


def _entered(entrance: Entrance) -> Content:
    return {"account_id": entrance.account_id, "role_name": entrance.permission_set.name}


def _role_arn(person: Person, entrance: Entrance) -> str:
    instance = person.instance
    name = instance.role_name(entrance.permission_set, entrance.account_id)
    return f"arn:{instance.partition}:iam::{entrance.account_id}:role{instance.role_path}{name}"


def _session(person: Person, entrance: Entrance, *, named: bool) -> Content:
    instance, account_id = person.instance, entrance.account_id
    name, role_id = instance.role_name(entrance.permission_set, account_id), "AROAEXAMPLEROLEID0003"
    issuer = {
        "type": "Role",
        "principalId": role_id,
        "arn": _role_arn(person, entrance),
        "accountId": account_id,
        "userName": name,
    }
    identity = {
        "type": "AssumedRole",
        "principalId": f"{role_id}:{person.name}",
        "arn": f"arn:{instance.partition}:sts::{account_id}:assumed-role/{name}/{person.name}",
        "accountId": account_id,
        "accessKeyId": "ASIAEXAMPLE000000003",
        "sessionContext": {
            "sessionIssuer": issuer,
            "attributes": {"creationDate": "2026-07-01T00:08:20Z", "mfaAuthenticated": "false"},
        },
    }
    return {**identity, "onBehalfOf": person.on_behalf_of} if named else identity
