"""audit_events: CloudTrail records, the state, and LookupEvents as their source."""
