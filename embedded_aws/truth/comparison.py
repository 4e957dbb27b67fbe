"""Compares the rows of a warehouse with the ground truth."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, Final

from embedded_aws.truth import Row, Tables

Key = tuple[Any, ...]

KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "users": ("user_id",),
    "groups": ("group_id",),
    "group_members": ("account_id", "group_id", "user_id"),
    "roles": ("role_id",),
    "role_trusts": ("role_id", "statement_index", "principal_type", "principal"),
    "instance_profiles": ("instance_profile_id",),
    "policies": ("account_id", "policy_id"),
    "policy_versions": ("policy_id", "version_id"),
    "policy_attachments": ("account_id", "policy_arn", "identity_type", "identity_id", "as_boundary"),
    "policy_statements": (
        *("account_id", "source_type", "source_id"),
        *("policy_name", "version_id", "statement_index"),
    ),
    "access_keys": ("access_key_id",),
    "mfa_devices": ("serial_number",),
    "ssh_public_keys": ("ssh_public_key_id",),
    "signing_certificates": ("certificate_id",),
    "service_specific_credentials": ("service_specific_credential_id",),
    "server_certificates": ("server_certificate_id",),
    "saml_providers": ("arn",),
    "oidc_providers": ("arn",),
    "account_summary": ("account_id",),
    "password_policy": ("account_id",),
    "credential_report": ("account_id", "arn"),
    "service_last_accessed": ("account_id", "identity_arn", "service_namespace"),
    "ec2_instances": ("account_id", "region", "instance_id"),
    "ec2_instance_profile_associations": ("account_id", "region", "association_id"),
    "ec2_key_pairs": ("account_id", "region", "key_pair_id"),
    "ec2_launch_templates": ("account_id", "region", "launch_template_id"),
    "ec2_images": ("account_id", "region", "image_id"),
    "ec2_snapshots": ("account_id", "region", "snapshot_id"),
    "ec2_volumes": ("account_id", "region", "volume_id"),
    "ec2_security_groups": ("account_id", "region", "group_id"),
    "ec2_security_group_rules": ("account_id", "region", "security_group_rule_id"),
    "ec2_network_interfaces": ("account_id", "region", "network_interface_id"),
    "ec2_addresses": ("account_id", "region", "allocation_id"),
    "ec2_vpcs": ("account_id", "region", "vpc_id"),
    "ec2_subnets": ("account_id", "region", "subnet_id"),
    "ec2_route_tables": ("account_id", "region", "route_table_id"),
    "ec2_routes": ("account_id", "region", "route_table_id", "destination"),
    "ec2_network_acls": ("account_id", "region", "network_acl_id"),
    "ec2_network_acl_entries": ("account_id", "region", "network_acl_id", "entry"),
    "ec2_prefix_lists": ("account_id", "region", "prefix_list_id"),
    "ec2_internet_gateways": ("account_id", "region", "internet_gateway_id"),
    "ec2_egress_only_internet_gateways": ("account_id", "region", "egress_only_internet_gateway_id"),
    "ec2_nat_gateways": ("account_id", "region", "nat_gateway_id"),
    "ec2_vpc_endpoints": ("account_id", "region", "vpc_endpoint_id"),
    "ec2_vpc_peering_connections": ("account_id", "region", "vpc_peering_connection_id"),
    "ec2_transit_gateways": ("account_id", "region", "transit_gateway_id"),
    "ec2_transit_gateway_attachments": ("account_id", "region", "transit_gateway_attachment_id"),
    "ec2_instance_connect_endpoints": ("account_id", "region", "instance_connect_endpoint_id"),
    "ec2_flow_logs": ("account_id", "region", "flow_log_id"),
    "access_analyzer_findings": ("analyzer_arn", "finding_id"),
    "trails": ("account_id", "trail_arn"),
    "trail_digests": ("digest_file",),
    "accounts": ("account_id",),
    "organizational_units": ("ou_id",),
    "organization": ("organization_id",),
    "identity_center_instances": ("instance_arn",),
    "identity_center_users": ("identity_store_id", "user_id"),
    "identity_center_groups": ("identity_store_id", "group_id"),
    "identity_center_group_members": ("identity_store_id", "membership_id"),
    "permission_sets": ("permission_set_arn",),
    "permission_set_policies": ("permission_set_arn", "policy_type", "policy"),
    "account_assignments": ("permission_set_arn", "target_account_id", "principal_type", "principal_id"),
    "identity_center_applications": ("application_arn",),
    "application_assignments": ("application_arn", "principal_type", "principal_id"),
    "trusted_token_issuers": ("trusted_token_issuer_arn",),
    "delegated_administrators": ("account_id", "service_principal"),
    "organization_policies": ("policy_id",),
    "organization_policy_targets": ("policy_id", "target_id"),
    "audit_events": ("event_id",),
    "sync_coverage": ("account_id", "region", "stream"),
}
# Columns of JSON text, where only what it says counts.
_TEXTS: Final = (
    "request_parameters",
    "response_elements",
    "additional_event_data",
    "service_event_details",
    "insight_details",
    "addendum",
    "tls_details",
    "edge_device_details",
    "event_context",
    "in_scope_of",
)
# Lists that AWS may give in any order.
_SETS: Final = (
    "group_names",
    "attached_policies",
    "inline_policies",
    "instance_profiles",
    "mfa_devices",
    "access_keys",
    "private_key_list",
    "unavailable_fields",
)


def first_differences(truth: Tables, warehouse: Tables, count: int = 10) -> list[str]:
    """One sentence per row that is missing, surplus or stored twice, and per value that is not AWS's."""
    return list(islice(_differences(truth, warehouse), count))


def merged(earlier: Tables, later: Tables) -> Tables:
    """What a warehouse holds that merges by key, and so never learns what was deleted in between."""
    return {
        stream: list({_key(stream, row): row for row in [*earlier[stream], *later[stream]]}.values())
        for stream in later
    }


def _differences(truth: Tables, warehouse: Tables) -> Iterator[str]:
    for stream, rows in truth.items():
        expected = {_key(stream, row): _comparable(row) for row in rows}
        stored = [_comparable(_parsed(row)) for row in warehouse[stream]]
        found = {_key(stream, row): row for row in stored}
        for key, times in Counter(_key(stream, row) for row in stored).items():
            if times > 1:
                yield f"{_name(stream, key)} is stored {times} times."
        for key in expected.keys() - found.keys():
            yield f"{_name(stream, key)} is missing in the warehouse."
        for key in found.keys() - expected.keys():
            yield f"{_name(stream, key)} is in the warehouse, but not in AWS."
        for key in expected.keys() & found.keys():
            yield from _unequal(_name(stream, key), expected[key], found[key])


def _unequal(name: str, expected: Row, found: Row) -> Iterator[str]:
    for column in sorted(expected.keys() | found.keys()):
        if column not in expected:
            yield f"{name} has a column that the ground truth knows nothing about: {column}."
        elif column not in found:
            yield f"{name} lacks the column {column}."
        elif expected[column] != found[column]:
            stored, true = (f"{value!r:.200}" for value in (found[column], expected[column]))
            yield f"{name}: {column} is {stored} in the warehouse, and {true} in AWS."


def _parsed(row: Row) -> Row:
    return {**row, **{column: json.loads(row[column]) for column in _TEXTS if row.get(column) is not None}}


def _comparable(row: Row) -> Row:
    """Times within objects are text in warehouses: these know the types of columns, not of what is in them."""
    plain = {column: _texts(value) if isinstance(value, list | dict) else value for column, value in row.items()}
    return {**plain, **{column: _sorted(plain[column]) for column in _SETS if isinstance(plain.get(column), list)}}


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _texts(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_texts(inner) for inner in value]
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value


def _sorted(items: list[Any]) -> list[Any]:
    return sorted(items, key=lambda item: json.dumps(item, sort_keys=True))


def _key(stream: str, row: Row) -> Key:
    return tuple(row.get(column) for column in KEYS[stream])


def _name(stream: str, key: Key) -> str:
    return f"{stream} {'/'.join(map(str, key))}"
