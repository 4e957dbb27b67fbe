"""Whose session asks an operation, and in which Region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aws_calls.operation import AskedBy, declared
from source_aws_iam.aws.operations import OPERATIONS

if TYPE_CHECKING:
    from aws_calls.calls import Caller
    from aws_calls.clients import Clients
    from source_aws_iam.aws.session import Session


@dataclass(frozen=True)
class Callers:
    """`hub` is the session of the credentials, `account` that of the account that is read, both with `clients`.

    What is asked in each Region is asked in `region` alone.
    """

    clients: Clients
    hub: Session
    account: Session
    region: str

    def caller(self, operation: str) -> Caller:
        """Return what calls the operation."""
        service, region = self._place(operation)
        return self._session(operation).caller(service, region)

    def client(self, operation: str) -> Any:
        """Return the client that it does so with."""
        return self.clients.client(*self._place(operation))

    def _session(self, operation: str) -> Session:
        of_hub = declared(operation, OPERATIONS).asked_by in {AskedBy.HUB, AskedBy.DELEGATED_ADMINISTRATOR}
        return self.hub if of_hub else self.account

    def _place(self, operation: str) -> tuple[str, str]:
        regional = declared(operation, OPERATIONS).asked_by is AskedBy.ACCOUNT_REGION
        return operation.partition(".")[0], self.region if regional else self._session(operation).region
