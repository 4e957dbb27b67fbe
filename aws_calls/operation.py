"""What is declared of an AWS operation: the types."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class AskedBy(Enum):
    """Whose session makes the call."""

    ACCOUNT = "the account that is read"
    ACCOUNT_REGION = "the account that is read, in each of its Regions"
    HUB = "the account of the credentials"
    DELEGATED_ADMINISTRATOR = "the delegated administrator of a service, or the management account"


@dataclass(frozen=True)
class Quota:
    """A number of calls per second that AWS allows an account, or an account and Region where it is `regional`."""

    name: str
    per_second: float
    regional: bool = False


@dataclass(frozen=True)
class Found:
    """An argument that another call finds: `member` of the first item of `records` in the answer of `operation`."""

    operation: str
    records: str
    member: str


@dataclass(frozen=True)
class Probe:
    """How a permission probe makes the call: for an entity that does not exist, because AWS checks permissions first.

    `{partition}`, `{account_id}` and `{region}` in a text are those of the call. `absent` are the codes that say that
    there is no such entity. `found` are arguments that another call has to find; where it finds none, the call counts
    as allowed.
    """

    arguments: Mapping[str, Any] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    found: Mapping[str, Found] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """One operation: the IAM `action` that allows it, and what is known of its answers.

    Every true answer has one of the members `proof`: botocore makes a dict of an empty or cut body too. The codes
    `absent` mean that there is none of what was asked for. `probe` is None where no probe can find out. `smallest_page`
    is the smallest page size that AWS accepts, and `largest_page` the largest where botocore's model has none. A call
    by a delegated administrator names its `service_principal`. Every call has the `arguments`.
    """

    action: str
    proof: tuple[str, ...]
    absent: frozenset[str] = frozenset()
    probe: Probe | None = Probe()
    smallest_page: int = 1
    largest_page: int | None = None
    asked_by: AskedBy = AskedBy.ACCOUNT
    service_principal: str = ""
    quota: Quota | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)


class UndeclaredOperationError(LookupError):
    """An operation is called that is not declared."""

    def __init__(self, name: str) -> None:
        """`name` is "service.operation" in botocore's spelling."""
        super().__init__(f"The AWS operation {name} is not declared.")


def declared(name: str, operations: Mapping[str, Operation]) -> Operation:
    """Return the declaration of an operation ("iam.list_users"). Raises UndeclaredOperationError."""
    found = operations.get(name)
    if found is None:
        raise UndeclaredOperationError(name)
    return found
