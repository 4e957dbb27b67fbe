"""The base class of all streams. It takes the sync context, and notes in the coverage what is missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from airbyte_cdk.sources.declarative.retrievers import Retriever
from airbyte_cdk.sources.types import Config

from source_aws_iam.streams.call_plan import missing_actions
from source_aws_iam.sync.context import context_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from source_aws_iam.sync.coverage import Covered

# The column that names the unavailable columns of its row.
HIDDEN: Final = "unavailable_fields"


@dataclass
class Stream(Retriever):
    """A stream of a sync. `config` has the sync context.

    `needs` is the call plan, which `check` judges (see call_plan). `scope` is declared for the reader of the manifest.
    `primary_key` is that of the stream, which the CDK passes on.
    """

    name: str
    config: Config
    scope: str = ""
    needs: dict[str, list[list[str]]] = field(default_factory=dict)
    primary_key: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take the sync context."""
        self.context = context_of(self.config)

    def note_gaps(self, covered: Covered, denied: Collection[str]) -> None:
        """Note what is missing of what was read, and the permissions that would bring it."""
        if covered.gaps or not covered.is_read:
            self.context.coverage.lacks(covered, missing_actions(self.needs, denied))
