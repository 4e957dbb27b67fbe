"""Rows that between them have every attribute of OCSF that is ever filled."""

from collections.abc import Iterator, Mapping
from typing import Any

from destination_security_lake.ocsf.events import IAM, IDENTITY_CENTER, SIGN_IN, STS
from destination_security_lake.ocsf.mapping import AUDIT_EVENTS
from destination_security_lake.ocsf.user_inventory import IDENTITY_CENTER_USERS, USERS

Json = Any
Document = Mapping[str, Json]
"""{stream: its row, stream of memberships: rows}; the row stands first."""

# A record with something at every place that the mapping reads.
RECORD: Mapping[str, Json] = {
    "eventVersion": "1.11",
    "eventTime": "2026-03-01T09:03:21Z",
    "eventSource": "ec2.amazonaws.com",
    "eventName": "RunInstances",
    "awsRegion": "eu-west-1",
    "sourceIPAddress": "198.51.100.7",
    "userAgent": "agent",
    "errorCode": "code",
    "errorMessage": "message",
    "requestID": "request",
    "eventID": "event",
    "eventType": "AwsApiCall",
    "eventCategory": "Management",
    "apiVersion": "version",
    "sharedEventID": "shared",
    "vpcEndpointId": "endpoint",
    "recipientAccountId": "123456789012",
    "userIdentity": {
        "type": "AssumedRole",
        "principalId": "principal",
        "arn": "arn",
        "accountId": "210987654321",
        "accessKeyId": "key",
        "credentialId": "credential",
        "userName": "name",
        "invokedBy": "ec2.amazonaws.com",
        "identityProvider": "provider",
        "onBehalfOf": {"userId": "user", "identityStoreArn": "store"},
        "sessionContext": {
            "sessionIssuer": {"arn": "issuer"},
            "webIdFederationData": {"federatedProvider": "federated"},
            "attributes": {"creationDate": "2026-03-01T09:03:21Z", "mfaAuthenticated": "true"},
        },
    },
    "requestParameters": {
        **{name: name for name in ("userName", "roleName", "groupName", "newUserName", "roleArn", "roleSessionName")},
        **{name: name for name in ("policyArn", "policyName", "permissionsBoundary", "permissionSetArn")},
        "targetId": "target",
        "targetType": "AWS_ACCOUNT",
        "principalType": "USER",
        "principalId": "principal",
    },
    "responseElements": {
        "user": {"userName": "user", "userId": "id", "arn": "arn"},
        "role": {"roleName": "role", "roleId": "id", "arn": "arn"},
        "group": {"groupName": "group", "arn": "arn"},
        "assumedRoleUser": {"arn": "arn", "assumedRoleId": "id"},
        "credentials": {"accessKeyId": "key", "expiration": "Mar 1, 2026, 10:03:21 AM"},
    },
    "additionalEventData": {"UserName": "user", "LoginTo": "page", "MFAUsed": "Yes"},
    "resources": [{"ARN": "arn", "ARNPrefix": "prefix", "type": "type", "accountId": "210987654321"}],
}
_EVENT: Mapping[str, Json] = {"account_id": "123456789012", "region": "eu-west-1", "event_id": "id", "event": RECORD}
_EC2 = "ec2.amazonaws.com"
# eventSource, eventName, and other fields that differ from RECORD.
_EVENTS: tuple[tuple[str, str, Mapping[str, Json]], ...] = (
    (_EC2, "RunInstances", {}),
    (_EC2, "RunInstances", {"sourceIPAddress": "lambda.amazonaws.com"}),
    (_EC2, "RunInstances", {"sourceIPAddress": "proxy"}),
    (SIGN_IN, "ConsoleLogin", {}),
    (STS, "AssumeRoleWithSAML", {}),
    *((IAM, name, {}) for name in ("AttachUserPolicy", "AttachRolePolicy", "UpdateUser")),
    *((IAM, name, {}) for name in ("AddUserToGroup", "AttachGroupPolicy")),
    (IDENTITY_CENTER, "CreateAccountAssignment", {}),
    (
        IDENTITY_CENTER,
        "CreateAccountAssignment",
        {"requestParameters": {**RECORD["requestParameters"], "principalType": "GROUP"}},
    ),
)
_USER_KEY = {"account_id": "123456789012", "user_id": "id"}
_PERSON_KEY = {"identity_store_id": "store", "user_id": "id"}
_USER = {**_USER_KEY, "arn": "arn", "user_name": "name", "is_root": True, "group_names": ["group"]}
_PERSON = {
    **_PERSON_KEY,
    "user_name": "name",
    "user_arn": "arn",
    "display_name": "name",
    "name": {"formatted": "name"},
    "primary_email": "user@example.com",
}


def documents() -> Iterator[tuple[str, Document]]:
    """Yield (stream, its row with what belongs to it)."""
    for source, name, fields in _EVENTS:
        event = {**RECORD, "eventSource": source, "eventName": name, **fields}
        yield AUDIT_EVENTS, {AUDIT_EVENTS: {**_EVENT, "event": event}}
    yield USERS, {USERS: _USER, "group_members": [{**_USER_KEY, "group_name": "group", "group_arn": "arn"}]}
    memberships = [{**_PERSON_KEY, "group_name": "group", "group_id": "id"}]
    yield IDENTITY_CENTER_USERS, {IDENTITY_CENTER_USERS: _PERSON, "identity_center_group_members": memberships}
