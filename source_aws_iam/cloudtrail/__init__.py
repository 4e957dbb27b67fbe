"""audit_events: CloudTrail records, the state, and their two sources, LookupEvents and the log files of a trail."""

from typing import Final

NAME: Final = "audit_events"
"""The name of the stream."""
