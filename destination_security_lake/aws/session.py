"""The session that writes the lake: that of the configured role, key or environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_calls.assuming import assumed, caller_identity
from aws_calls.calls import Caller
from aws_calls.clients import Clients
from aws_calls.errors import NotOfferedError, Where
from destination_security_lake.aws.operations import OPERATIONS

if TYPE_CHECKING:
    from aws_calls.call_identity import CallIdentity
    from aws_calls.options import Role


class LakeClients(Clients):
    """The clients of the destination."""

    product = "destination-security-lake"


class Session:
    """Signs the calls of the destination. Thread-safe. A role is assumed when it is first needed."""

    def __init__(self, clients: Clients) -> None:
        """Sign as the options of the `clients` say."""
        role = clients.options.role
        self.region = clients.options.region
        self._clients = clients
        base = clients.base()
        self._identity = self._assuming(role, base) if role else base
        self.account_id = ""
        self.arn = ""

    def sign_in(self) -> None:
        """Find out who signs, in `account_id` and `arn`. Raises AwsError where nobody can sign in.

        Both stay empty where the endpoint has no STS, as that of a gateway to S3 alone.
        """
        self._identity.get_frozen_credentials()
        try:
            found = caller_identity(self.caller("sts", self.region))
        except NotOfferedError:
            return
        self.account_id, self.arn = found["account_id"], found["arn"]

    def caller(self, service: str, region: str) -> Caller:
        """Return the caller of `service` ("s3") in `region`."""
        client = self._clients.client(service, region)
        return Caller(client, Where(self.account_id, region), self._identity, OPERATIONS)

    def _assuming(self, role: Role, base: CallIdentity) -> CallIdentity:
        def sts() -> Caller:
            return Caller(
                self._clients.client("sts", self.region), Where(role.account_id, self.region), base, OPERATIONS
            )

        return assumed(role, sts)
