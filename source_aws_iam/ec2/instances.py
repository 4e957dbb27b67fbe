"""ec2_instances: the machines that hold roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from source_aws_iam.streams.columns import without
from source_aws_iam.streams.listing import RegionalListing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.aws.session import Session

# Of these, a row has what its own columns say.
_REPLACED = (
    "state",
    "iam_instance_profile",
    "security_groups",
    "network_interfaces",
    "client_token",
    "ami_launch_index",
)


@dataclass
class Instances(RegionalListing):
    """One row per instance, also for a while after it was terminated: most of its columns are null then."""

    def rows_of_region(self, session: Session, region: str, *, enabled: bool) -> Iterable[Row]:
        """Yield the instances of all reservations of one Region, page by page."""
        for found in super().rows_of_region(session, region, enabled=enabled):
            yield {**without(found, *_REPLACED), **_columns(found)}


def _columns(found: Mapping[str, Any]) -> Row:
    profile = found.get("iam_instance_profile") or {}
    interfaces = found.get("network_interfaces") or []
    addresses = [address for one in interfaces for address in one.get("private_ip_addresses") or ()]
    return {
        "state": (found.get("state") or {}).get("name"),
        "iam_instance_profile_arn": profile.get("arn"),
        "iam_instance_profile_id": profile.get("id"),
        "is_imds_v1_allowed": _is_imds_v1_allowed(found.get("metadata_options") or {}),
        "security_group_ids": _ids(found.get("security_groups") or (), "group_id"),
        "network_interface_ids": _ids(interfaces, "network_interface_id"),
        "private_ip_addresses": _ids(addresses, "private_ip_address"),
        "public_ip_addresses": _ids((address.get("association") or {} for address in addresses), "public_ip"),
        "ipv6_addresses": _ids(
            (found for one in interfaces for found in one.get("ipv6_addresses") or ()), "ipv6_address"
        ),
    }


def _is_imds_v1_allowed(options: Mapping[str, Any]) -> bool | None:
    """Return whether the instance gives its role's credentials to requests without a token; None if AWS does not say.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceMetadataOptionsResponse.html
    """
    endpoint, tokens = options.get("http_endpoint"), options.get("http_tokens")
    if endpoint == "disabled":
        return False
    return None if tokens is None else tokens != "required"


def _ids(items: Iterable[Mapping[str, Any]], name: str) -> list[Any]:
    return [item[name] for item in items if item.get(name) is not None]
