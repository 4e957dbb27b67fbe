"""The groups of an account and their policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_aws_iam.iam.entities import Own, entities
from source_aws_iam.iam.identities import GROUP

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_aws_iam.iam.account import Account, Row


def groups(account: Account) -> Mapping[str, Row]:
    """Return all groups by name. Groups have neither tags nor a boundary."""
    return entities(account, GROUP, Own(lambda _detail: {}, lambda _account, _name: {}))
