"""The ground truth: every row and every column that a sync with all permissions must bring.

IAM's rows come from the objects behind embedded AWS, audit events from the CloudTrail records that were planted. No
code is shared with source_aws_iam or with the answers of embedded AWS, so that no mistake there can hide itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from embedded_aws.server.cloud import Cloud
from embedded_aws.truth import (
    access_analyzer,
    account,
    applications,
    audit,
    coverage,
    credentials,
    ec2,
    identities,
    identity_center,
    identity_store,
    last_accessed,
    organization,
    organization_policies,
    permission_sets,
    policies,
    report,
    statements,
    trails,
)
from embedded_aws.truth.values import Row, Tables

__all__ = ["Row", "Tables", "lasting", "truth_of"]

_STREAMS: Final[Mapping[str, Callable[[Cloud], Iterable[Row]]]] = {
    "users": identities.users,
    "groups": identities.groups,
    "group_members": identities.group_members,
    "roles": identities.roles,
    "role_trusts": statements.role_trusts,
    "instance_profiles": identities.instance_profiles,
    "policies": policies.policies,
    "policy_versions": policies.policy_versions,
    "policy_attachments": policies.policy_attachments,
    "policy_statements": statements.policy_statements,
    "access_keys": credentials.access_keys,
    "mfa_devices": credentials.mfa_devices,
    "ssh_public_keys": credentials.ssh_public_keys,
    "signing_certificates": credentials.signing_certificates,
    "service_specific_credentials": credentials.service_specific_credentials,
    "server_certificates": account.server_certificates,
    "saml_providers": account.saml_providers,
    "oidc_providers": account.oidc_providers,
    "account_summary": account.account_summary,
    "password_policy": account.password_policy,
    "credential_report": report.credential_report,
    "service_last_accessed": last_accessed.service_last_accessed,
    **ec2.STREAMS,
    "access_analyzer_findings": access_analyzer.access_analyzer_findings,
    "trails": trails.trails,
    # Digests are verified where audit events come from a bucket. They come from the event history here.
    "trail_digests": lambda _: (),
    "accounts": organization.accounts,
    "organizational_units": organization.organizational_units,
    "organization": organization.organization,
    "identity_center_instances": identity_center.instances,
    "identity_center_users": identity_store.users,
    "identity_center_groups": identity_store.groups,
    "identity_center_group_members": identity_store.group_members,
    "permission_sets": permission_sets.permission_sets,
    "permission_set_policies": permission_sets.permission_set_policies,
    "account_assignments": permission_sets.account_assignments,
    "identity_center_applications": applications.applications,
    "application_assignments": applications.application_assignments,
    "trusted_token_issuers": applications.trusted_token_issuers,
    "delegated_administrators": organization_policies.delegated_administrators,
    "organization_policies": organization_policies.organization_policies,
    "organization_policy_targets": organization_policies.organization_policy_targets,
    "audit_events": audit.audit_events,
}
# Made of all others.
_LAST: Final = "sync_coverage"
# What the organization says of itself comes from no single account.
_OF_NO_ACCOUNT: Final = tuple(
    stream
    for stream in coverage.OF_ORGANIZATION
    if stream not in {"accounts", "delegated_administrators", "trail_digests"}
)


def truth_of(aws: Cloud, streams: Iterable[str] | None = None) -> Tables:
    """The rows that a sync which begins now has to bring, of all streams unless told which."""
    origin = {"account_id": aws.account_id, "partition": aws.partition}
    wanted = [*_STREAMS, _LAST] if streams is None else [*streams]
    tables = {stream: [{**origin, **row} for row in _STREAMS[stream](aws)] for stream in wanted if stream != _LAST}
    if _LAST in wanted:
        tables[_LAST] = [{**origin, **row} for row in coverage.sync_coverage(aws, tables)]
    for row in (row for stream in _OF_NO_ACCOUNT for row in tables.get(stream, ())):
        del row["account_id"]
    return tables


def lasting(tables: Tables, now: datetime) -> Tables:
    """Without the events that AWS, which keeps them for 90 days, forgets while a sync is running."""
    oldest = now - timedelta(days=90) + timedelta(hours=1)
    return {**tables, "audit_events": [row for row in tables["audit_events"] if row["event_time"] >= oldest]}
