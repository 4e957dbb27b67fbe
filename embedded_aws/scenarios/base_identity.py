"""The identity of the environment: a role that the connector's role trusts.

A container or an instance gets a session of it from an endpoint. A web identity token is exchanged for one by an
unsigned call (sts:AssumeRoleWithWebIdentity).
"""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta
from typing import Any

from embedded_aws.scenarios.connector_identities import ROLE_NAME
from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.errors import DENIED, AwsError, no_identity_provider
from embedded_aws.server.principals import AccessKey

_HOUR = timedelta(hours=1)
_NAME = "airbyte-base"


class BaseIdentity:
    """The role, in an AWS that has none yet. Of the tokens, the last one is accepted, and the others have expired."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._issued: list[str] = []
        statement = {
            "Effect": "Allow",
            "Principal": {"Federated": "accounts.example.com"},
            "Action": "sts:AssumeRoleWithWebIdentity",
        }
        self._role: Any = cloud.iam().create_role(
            role_name=_NAME,
            assume_role_policy_document=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
            path="/",
            permissions_boundary=None,
            description="The identity of the connector's process",
            tags=[],
            max_session_duration="3600",
        )
        self._role.create_date = cloud.moto_now()
        reader = cloud.iam().get_role(ROLE_NAME)
        trust = json.loads(reader.assume_role_policy_document)
        user = trust["Statement"][0]["Principal"]["AWS"]
        trust["Statement"][0]["Principal"]["AWS"] = [user, self._role.arn]
        reader.assume_role_policy_document = json.dumps(trust)
        cloud.sign_in_with_web_identity = self.assume_with_web_identity

    @property
    def role_arn(self) -> str:
        return str(self._role.arn)

    def token(self) -> str:
        """A new web identity token. From now on, those before it have expired."""
        self._issued.append(secrets.token_urlsafe(80))
        return self._issued[-1]

    def session(self, name: str = "process") -> tuple[AccessKey, datetime]:
        """A new session of the role, and its end."""
        expires_at = self._cloud.now() + _HOUR
        return self._cloud.sessions.issue(self._role, name, expires_at).key, expires_at

    def as_an_endpoint_gives_it(self) -> dict[str, str]:
        """A new session in the form of the endpoints of containers and instances."""
        key, expires_at = self.session()
        return {
            "Code": "Success",
            "AccessKeyId": key.access_key_id,
            "SecretAccessKey": key.secret_access_key,
            "Token": str(key.session_token),
            "Expiration": expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    def assume_with_web_identity(self, call: Call) -> dict[str, Any]:
        """A new session for whoever has the token."""
        token, role_arn = call.params["WebIdentityToken"], call.params["RoleArn"]
        if token not in self._issued:
            no_identity_provider(call)
        if token != self._issued[-1]:
            raise AwsError("ExpiredTokenException", "Token expired: current date/time must be before the expiration")
        if role_arn != self.role_arn:
            raise DENIED.to(call.protocol, "Not authorized to perform sts:AssumeRoleWithWebIdentity")
        key, expires_at = self.session(call.params["RoleSessionName"])
        return {
            "Credentials": {
                "AccessKeyId": key.access_key_id,
                "SecretAccessKey": key.secret_access_key,
                "SessionToken": key.session_token,
                "Expiration": expires_at.replace(microsecond=0),
            },
            "AssumedRoleUser": {"AssumedRoleId": "AROA:process", "Arn": f"{role_arn}/process"},
        }
