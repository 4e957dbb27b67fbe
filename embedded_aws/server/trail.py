"""Trails of CloudTrail, and the log files that they have delivered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from embedded_aws.server.event_shape import Record
from embedded_aws.server.s3_bucket import Bucket


@dataclass(frozen=True)
class LogFile:
    """A log file as it was delivered. Nobody changes `records` when a test changes the object."""

    key: str
    account_id: str
    region: str
    records: tuple[Record, ...]
    delivered_at: datetime
    folder: str = "CloudTrail"
    """`CloudTrail-Insight`, … for the siblings of log files."""


@dataclass(kw_only=True, eq=False)
class Trail:
    """A trail, as a test declares it. All may be changed while clients are running."""

    name: str
    bucket: Bucket
    account_id: str
    """Of its owner: for a trail of an organization, the management account."""
    home_region: str
    prefix: str = ""
    organization_id: str | None = None
    """Set for a trail of an organization."""
    multi_region: bool = True
    validated: bool = True
    """Whether digests are delivered."""
    logging: bool = True
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    delivery_error: str | None = None
    digest_error: str | None = None
    advanced_selectors: list[dict[str, Any]] = field(default_factory=list)
    """Without any, the trail records management events."""
    insight_types: list[str] = field(default_factory=list)
    digests_at: list[datetime] = field(default_factory=list)
    """When digests were, or will be, delivered."""
    files: list[LogFile] = field(default_factory=list)

    @property
    def is_of_organization(self) -> bool:
        return self.organization_id is not None

    def folder(self, account_id: str, folder: str = "CloudTrail") -> str:
        """Return where an account's files of one kind begin, with the slash at its end."""
        parts = [self.prefix, "AWSLogs", self.organization_id or "", account_id, folder]
        return "".join(f"{part}/" for part in parts if part)
