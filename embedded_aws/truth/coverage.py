"""sync_coverage, as a sync that may do everything has to bring it."""

from __future__ import annotations

from collections.abc import Iterator

from moto.iam.models import AWSManagedPolicy

from embedded_aws.server.cloud import Cloud
from embedded_aws.truth import ec2
from embedded_aws.truth.values import SOME_NUMBER, SOME_TIME, Row, Tables

OF_ORGANIZATION = (
    *("accounts", "organizational_units", "organization"),
    *("identity_center_instances", "identity_center_users", "identity_center_groups", "identity_center_group_members"),
    *("permission_sets", "permission_set_policies", "account_assignments"),
    *("identity_center_applications", "application_assignments", "trusted_token_issuers"),
    *("delegated_administrators", "organization_policies", "organization_policy_targets"),
    # Of a bucket, which the hub reads for all accounts.
    "trail_digests",
)
REGIONAL = ("audit_events", *ec2.STREAMS, "access_analyzer_findings", "trails")


def sync_coverage(aws: Cloud, tables: Tables) -> Iterator[Row]:
    """The rows about the other streams, whose rows `tables` has. How many events are read depends on earlier syncs."""
    for stream, rows in tables.items():
        if stream in REGIONAL:
            yield from _of_regions(aws, stream, rows)
        else:
            yield {**covered(stream, len(rows)), **_counts(aws, stream), **_gaps(rows)}


def _of_regions(aws: Cloud, stream: str, rows: list[Row]) -> Iterator[Row]:
    for region in aws.regions_of(aws.account_id):
        read = SOME_NUMBER if stream == "audit_events" else sum(row["region"] == region for row in rows)
        span = ("complete_since", "complete_through") if stream == "audit_events" else ()
        yield {**covered(stream, read, region=region), **dict.fromkeys(span, SOME_TIME)}
    for region in aws.accounts.not_enabled.get(aws.account_id, ()):
        yield covered(stream, 0, region=region, status="not_enabled")


def covered(stream: str, rows: int, **others: object) -> Row:
    """One row about a stream of which all is read, but for what `others` say."""
    nothing = ("rows_comparable", "rows_counted_by_aws", "complete_since", "complete_through")
    row = {"region": "global", "stream": stream, "status": "complete", "rows_read": rows}
    return {**row, **dict.fromkeys((*nothing, "missing_action", "error")), **others}


def _counts(aws: Cloud, stream: str) -> Row:
    backend = aws.iam()
    counters = {
        "users": len(backend.users),
        "groups": len(backend.groups),
        "roles": len(backend.roles),
        "policies": sum(not isinstance(policy, AWSManagedPolicy) for policy in backend.managed_policies.values()),
        "instance_profiles": len(backend.instance_profiles),
        "server_certificates": len(backend.certificates),
    }
    return dict.fromkeys(("rows_comparable", "rows_counted_by_aws"), counters.get(stream))


def _gaps(rows: list[Row]) -> Row:
    gaps = sorted({column for row in rows for column in row.get("unavailable_fields") or ()})
    return {"status": "partial", "error": f"Some rows lack these columns: {', '.join(gaps)}."} if gaps else {}
