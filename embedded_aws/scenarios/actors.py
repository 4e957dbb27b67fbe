"""`userIdentity` of every type of CloudTrail.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

Identity = dict[str, Any]

OTHER_ACCOUNT = "210987654321"
IDENTITY_STORE = "d-9067642ac7"


@dataclass(frozen=True)
class Actor:
    """An actor in the account: an IAM user, or a person whose name a session has."""

    name: str
    user_id: str
    arn: str
    access_key_id: str


@dataclass(frozen=True)
class Stage:
    """The account in which events happen."""

    account_id: str
    partition: str
    actors: tuple[Actor, ...]
    rng: Random

    def actor(self) -> Actor:
        return self.rng.choice(self.actors)

    def iam_arn(self, name: str, account_id: str | None = None) -> str:
        return f"arn:{self.partition}:iam::{account_id or self.account_id}:{name}"

    def characters(self, length: int) -> str:
        """The random part of an id."""
        return f"{self.rng.getrandbits(4 * length):0{length}X}"

    def uuid(self) -> str:
        digits = f"{self.rng.getrandbits(128):032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def iam_user(stage: Stage) -> Identity:
    actor = stage.actor()
    return {
        "type": "IAMUser",
        "principalId": actor.user_id,
        "arn": actor.arn,
        "accountId": stage.account_id,
        "accessKeyId": actor.access_key_id,
        "userName": actor.name,
    }


def assumed_role(stage: Stage) -> Identity:
    """No userName at the top: the role is in sessionIssuer, the person at best in the session name."""
    role, role_id, session = (
        stage.rng.choice(("deploy", "ops", "ec2-worker")),
        "AROAEXAMPLEROLEID0001",
        stage.actor().name,
    )
    issuer = {
        "type": "Role",
        "principalId": role_id,
        "arn": stage.iam_arn(f"role/{role}"),
        "accountId": stage.account_id,
        "userName": role,
    }
    return {
        "type": "AssumedRole",
        "principalId": f"{role_id}:{session}",
        "arn": f"arn:{stage.partition}:sts::{stage.account_id}:assumed-role/{role}/{session}",
        "accountId": stage.account_id,
        "accessKeyId": f"ASIA{stage.characters(16)}",
        "sessionContext": {
            "sessionIssuer": issuer,
            "webIdFederationData": {},
            "attributes": {"creationDate": "2023-07-19T21:11:57Z", "mfaAuthenticated": "false"},
            "sourceIdentity": session,
        },
    }


def root(stage: Stage) -> Identity:
    return {
        "type": "Root",
        "principalId": stage.account_id,
        "arn": stage.iam_arn("root"),
        "accountId": stage.account_id,
        "accessKeyId": "",
    }


def assumed_root(stage: Stage) -> Identity:
    """A session of sts:AssumeRoot: root's own ARN, and a mark."""
    attributes = {"creationDate": "2024-10-25T20:52:11Z", "mfaAuthenticated": "false"}
    return {
        **root(stage),
        "accessKeyId": f"ASIA{stage.characters(16)}",
        "sessionContext": {"attributes": attributes, "assumedRoot": "true"},
    }


def aws_service(stage: Stage) -> Identity:
    service = stage.rng.choice(("ec2", "lambda", "config", "autoscaling"))
    return {"type": "AWSService", "invokedBy": f"{service}.amazonaws.com"}


def aws_internal(stage: Stage) -> Identity:
    """Of an AwsServiceEvent: there is no type at all."""
    return {"accountId": stage.account_id, "invokedBy": "AWS Internal"}


def aws_account(stage: Stage) -> Identity:
    """A caller of another account, as the called account sees it."""
    return {
        "type": "AWSAccount",
        "principalId": f"AROA{stage.characters(17)}:audit",
        "accountId": OTHER_ACCOUNT,
    }


def federated_user(stage: Stage) -> Identity:
    name = stage.actor().name
    return {
        "type": "FederatedUser",
        "principalId": f"{stage.account_id}:{name}",
        "arn": f"arn:{stage.partition}:sts::{stage.account_id}:federated-user/{name}",
        "accountId": stage.account_id,
        "accessKeyId": f"ASIA{stage.characters(16)}",
        "sessionContext": {"attributes": {"creationDate": "20131102T010628Z", "mfaAuthenticated": "false"}},
    }


def saml_user(stage: Stage) -> Identity:
    name = stage.actor().name
    provider = stage.iam_arn("saml-provider/okta")
    return {"type": "SAMLUser", "principalId": f"abc:{name}", "userName": name, "identityProvider": provider}


def web_identity_user(stage: Stage) -> Identity:
    subject = "repo:acme/shop:ref:refs/heads/main"
    provider = stage.iam_arn("oidc-provider/token.actions.githubusercontent.com")
    principal = f"{provider}:sts.amazonaws.com:{subject}"
    return {
        "type": "WebIdentityUser",
        "principalId": principal,
        "userName": subject,
        "identityProvider": provider,
    }


def identity_center_user(stage: Stage) -> Identity:
    store = f"arn:{stage.partition}:identitystore::{stage.account_id}:identitystore/{IDENTITY_STORE}"
    user_id = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
    behalf = {"userId": user_id, "identityStoreArn": store}
    return {
        "type": "IdentityCenterUser",
        "accountId": stage.account_id,
        "onBehalfOf": behalf,
        "credentialId": "VAZ1",
    }


def unknown(stage: Stage) -> Identity:
    return {
        "type": "Unknown",
        "principalId": "",
        "accountId": stage.account_id,
        "accessKeyId": "",
        "userName": "",
    }


def failed_sign_in(stage: Stage) -> Identity:
    """CloudTrail hides a user name that does not exist: it may be a password typed into the wrong field."""
    return {
        "type": "IAMUser",
        "accountId": stage.account_id,
        "accessKeyId": "",
        "userName": "HIDDEN_DUE_TO_SECURITY_REASONS",
    }
