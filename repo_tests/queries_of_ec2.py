"""What the example queries about EC2 and its networks have to answer, and rows that must not come back."""

from collections.abc import Sequence
from typing import Any

from repo_tests.query_rows import coverage, wide

Rows = list[dict[str, Any]]
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
HERE = {"region": "eu-west-1"}
ELSEWHERE = {"region": "us-east-1"}
V4, V6 = "0.0.0.0/0", "::/0"
UNREAD = {"status": "denied", **HERE}


def instance(name: str, **columns: Any) -> dict[str, Any]:
    """Return a running instance with the instance profile of its name, unless `columns` say otherwise."""
    profile = {"iam_instance_profile_id": name.upper()}
    return {**HERE, "instance_id": f"i-{name}", "tags": {"Name": name}, "state": "running", **profile, **columns}


def profile(name: str, role: str | None = None) -> dict[str, Any]:
    roles = [] if role == "" else [{"role_id": (role or name).upper(), "role_name": role or name}]
    return {"instance_profile_id": name.upper(), "roles": roles}


def attached(role: str, arn: str, **columns: Any) -> dict[str, Any]:
    policy = {"policy_arn": arn, "policy_name": arn.rpartition("/")[2], "as_boundary": False}
    return {"identity_type": "role", "identity_id": role.upper(), **policy, **columns}


def interface(
    name: str, *groups: str, subnet: str = "open", public: str | None = "203.0.113.1", **columns: Any
) -> dict[str, Any]:
    """Return the interface of an instance, with a public address, in a subnet that is open."""
    address = {"private_ip_address": "10.0.0.1", **({"association": {"public_ip": public}} if public else {})}
    return {
        **HERE,
        "network_interface_id": f"eni-{name}",
        "interface_type": "interface",
        "attachment": {"instance_id": f"i-{name}"},
        "subnet_id": subnet,
        "vpc_id": "vpc",
        "groups": [{"group_id": group} for group in groups],
        "private_ip_addresses": [{"private_ip_address": "10.0.0.9"}, address],
        "ipv6_addresses": [],
        **columns,
    }


def table(name: str, vpc: str, *subnets: str) -> dict[str, Any]:
    """Return a route table. Without subnets it is the main one of its network."""
    found: Rows = [{"main": False, "subnet_id": subnet} for subnet in subnets] or [{"main": True}]
    return {**HERE, "route_table_id": name, "vpc_id": vpc, "associations": found}


def route(name: str, destination: str, gateway: str | None = "igw-1", **columns: Any) -> dict[str, Any]:
    known = {"route_table_id": name, "destination": destination, "gateway_id": gateway, "state": "active"}
    return {**HERE, **known, **columns}


def rule(group: str, ports: Sequence[int] = (), protocol: str = "tcp", **columns: Any) -> dict[str, Any]:
    """Return a rule that lets in everybody over IPv4."""
    start, end = ports or (-1, -1)
    return {
        **HERE,
        "security_group_rule_id": f"sgr-{group}-{protocol}-{start}",
        "group_id": group,
        "is_egress": False,
        "ip_protocol": protocol,
        "from_port": start,
        "to_port": end,
        "cidr_ipv4": V4,
        **columns,
    }


def acl(name: str, *subnets: str) -> dict[str, Any]:
    return {**HERE, "network_acl_id": name, "associations": [{"subnet_id": subnet} for subnet in subnets]}


def entry(name: str, number: int, action: str, ports: Sequence[int] = (), **columns: Any) -> dict[str, Any]:
    ranged = {"port_range": {"from": ports[0], "to": ports[1]}, "protocol": "6"} if ports else {"protocol": "-1"}
    known = {"network_acl_id": name, "rule_number": number, "rule_action": action, "egress": False, "cidr_block": V4}
    return {**HERE, **known, **ranged, **columns}


def image(name: str, **columns: Any) -> dict[str, Any]:
    """Return an image that nobody else may use, unless `columns` say otherwise."""
    whole = {"image_id": f"ami-{name}", "name": name, "is_public": False, **{key: [] for key in SHARING}, **columns}
    return {**HERE, **whole}


def snapshot(name: str, **columns: Any) -> dict[str, Any]:
    """Return a snapshot that nobody else may use, unless `columns` say otherwise."""
    whole = {"description": name, "is_public": False, "shared_with_account_ids": []}
    return {**HERE, "snapshot_id": f"snap-{name}", **whole, **columns}


SSH = (22, 22)
ORGANIZATIONS = "arn:aws:organizations::123456789012"
UNITS = ("o-a1b2c3d4e5/ou-ab12-1", "o-other00000/ou-ab12-2")
SHARING = ["shared_with_account_ids", "shared_with_organization_arns", "shared_with_ou_arns"]
# Each in the subnet of its name.
_ACLS = ("closed", "late", "ssh-closed", "half", "empty", "office", "ping", "tcp", "low", "https")
_WAYS: dict[str, Rows] = {
    "ec2_network_interfaces": [
        interface("open", "ssh"),
        interface("by_main", "ssh", subnet="main"),
        interface("other_group", "default", "web"),
        interface("late", "ssh", subnet="late"),
        interface("half", "wide", subnet="half"),
        interface("web_where_ssh_is_closed", "web", subnet="ssh-closed"),
        interface("everything_where_ssh_is_closed", "all", subnet="ssh-closed"),
        interface("pinged", "ping", subnet="ping"),
        interface("v6", "ssh6", subnet="v6", public=None, ipv6_addresses=[{"ipv6_address": "2001:db8::1"}]),
        interface("pending", "ssh"),
        interface("no_role", "ssh"),
        interface("two", "default", public=None),
        interface("two", "ssh", network_interface_id="eni-two-2", public="203.0.113.2"),
        interface("low_ports", "wide", subnet="low"),
        # What follows lacks one thing.
        interface("v4_acl", "ssh6", subnet="tcp", public=None, ipv6_addresses=[{"ipv6_address": "2001:db8::3"}]),
        interface("https_acl", "ssh", subnet="https"),
        interface("stopped", "ssh"),
        interface("private", "ssh", public=None),
        interface("nat", "ssh", subnet="nat"),
        interface("blackhole", "ssh", subnet="blackhole"),
        interface("local", "ssh", subnet="local"),
        interface("other_main", "ssh", subnet="other-main", vpc_id="other"),
        interface("closed", "ssh", subnet="closed"),
        interface("ssh_closed", "ssh", subnet="ssh-closed"),
        interface("empty", "ssh", subnet="empty"),
        interface("acl_of_office", "ssh", subnet="office"),
        interface("v4_rule", "ssh", subnet="v6", public=None, ipv6_addresses=[{"ipv6_address": "2001:db8::2"}]),
        interface("v6_rule", "ssh6"),
        interface("from_group", "default"),
        interface("from_office", "office"),
        interface("outgoing", "outgoing"),
        interface("dns", "dns", subnet="tcp"),
        interface("elsewhere", "ssh", **ELSEWHERE),
        interface("nobody", "ssh", attachment=None),
    ],
    "ec2_route_tables": [
        table("public", "vpc", "open", "v6", *_ACLS),
        table("main", "vpc"),
        table("main of other", "other"),
        *(table(name, "vpc", name) for name in ("nat", "blackhole", "local")),
    ],
    "ec2_routes": [
        route("public", V4),
        route("public", V6),
        route("main", V4),
        route("main of other", "10.0.0.0/16"),
        route("nat", V4, None, nat_gateway_id="nat-1"),
        route("blackhole", V4, state="blackhole"),
        route("local", V4, "local"),
    ],
    "ec2_security_group_rules": [
        rule("ssh", SSH),
        rule("ssh", SSH, is_egress=True, cidr_ipv4="10.0.0.0/8"),
        rule("ssh6", SSH, cidr_ipv4=None, cidr_ipv6=V6),
        rule("web", (80, 80)),
        rule("web", (443, 444)),
        rule("wide", (0, 65535)),
        rule("all", protocol="-1"),
        rule("ping", (8, -1), protocol="icmp"),
        rule("dns", (53, 53), protocol="udp"),
        rule("default", protocol="-1", cidr_ipv4=None, referenced_group_info={"group_id": "default"}),
        rule("default", SSH, cidr_ipv4=None, prefix_list_id="pl-1"),
        rule("office", SSH, cidr_ipv4="192.0.2.0/24"),
        rule("outgoing", protocol="-1", is_egress=True),
    ],
    "ec2_network_acls": [
        acl("default", "open", "main", "other-main", "nat", "blackhole", "local", "v6"),
        *(acl(name, name) for name in _ACLS),
    ],
    "ec2_network_acl_entries": [
        entry("default", 100, "allow"),
        entry("default", 101, "allow", cidr_block=None, ipv6_cidr_block=V6),
        entry("default", 32767, "deny"),
        entry("closed", 90, "deny"),
        entry("closed", 100, "allow"),
        entry("late", 90, "deny", cidr_block=None, ipv6_cidr_block=V6),
        entry("late", 100, "allow"),
        entry("late", 110, "deny"),
        entry("ssh-closed", 90, "deny", SSH),
        entry("ssh-closed", 100, "allow"),
        entry("half", 90, "deny", (0, 1023)),
        entry("half", 100, "allow"),
        entry("empty", 100, "allow", egress=True),
        entry("empty", 32767, "deny"),
        entry("office", 100, "allow", cidr_block="192.0.2.0/24"),
        entry("ping", 90, "deny", protocol="1", icmp_type_code={"type": 0, "code": -1}),
        entry("ping", 100, "allow"),
        entry("tcp", 100, "allow", (0, 65535)),
        entry("low", 90, "deny", (1024, 65535)),
        entry("low", 100, "allow"),
        entry("https", 100, "allow", (443, 443)),
    ],
}

CASES: dict[str, tuple[dict[str, Rows], str, list[tuple[Any, ...]]]] = {
    "admin_instances": (
        {
            "ec2_instances": [
                instance("attached"),
                instance("inline", state="stopped"),
                instance("both"),
                instance("any_of_them", tags=None),
                instance("shared", iam_instance_profile_id="ATTACHED", **ELSEWHERE),
                *(instance(name) for name in ("bounded", "conditioned", "denied", "reader", "empty", "unknown")),
                instance("user_policy"),
                instance("no_profile", iam_instance_profile_id=None),
                instance("other_account", iam_instance_profile_id="ATTACHED", account_id="444455556666"),
            ],
            "instance_profiles": [
                *(profile(name) for name in ("attached", "inline", "both", "any_of_them", "bounded", "conditioned")),
                *(profile(name) for name in ("denied", "reader", "user_policy")),
                profile("empty", ""),
            ],
            "policy_attachments": [
                attached("attached", ADMINISTRATOR),
                attached("both", ADMINISTRATOR),
                attached("both", "arn:read"),
                attached("bounded", ADMINISTRATOR, as_boundary=True),
                attached("reader", "arn:read"),
                attached("user_policy", ADMINISTRATOR, identity_type="user"),
            ],
            "policy_statements": [
                wide("managed", "AdministratorAccess", source_arn=ADMINISTRATOR),
                wide("managed", "Read", source_arn="arn:read", actions=["s3:Get*"]),
                wide("role_inline", "inline"),
                wide("role_inline", "both"),
                wide("role_inline", "any_of_them", actions=["s3:GetObject", "*:*"], resources=["arn:aws:s3:::a", "*"]),
                wide("role_inline", "conditioned", conditions={"Bool": {"aws:SecureTransport": "true"}}),
                wide("role_inline", "denied", effect="Deny"),
                wide("role_inline", "reader", resources=["arn:aws:s3:::a"]),
                wide("user_inline", "reader"),
                wide("role_trust", "reader"),
            ],
            "sync_coverage": [
                coverage("ec2_instances", status="failed", region="ap-southeast-2"),
                coverage("ec2_instances", **HERE),
                coverage("ec2_instances", status="not_enabled", region="af-south-1"),
                coverage("policy_statements", status="partial"),
                coverage("users", status="denied"),
            ],
        },
        "region, name, state, role_name, policies, unread",
        [
            ("ap-southeast-2", None, None, None, None, "ec2_instances: failed"),
            ("eu-west-1", "attached", "running", "attached", "AdministratorAccess", None),
            ("eu-west-1", "both", "running", "both", "AdministratorAccess, both", None),
            ("eu-west-1", "inline", "stopped", "inline", "inline", None),
            ("eu-west-1", None, "running", "any_of_them", "any_of_them", None),
            ("global", None, None, None, None, "policy_statements: partial"),
            ("us-east-1", "shared", "running", "attached", "AdministratorAccess", None),
        ],
    ),
    "reachable_instances": (
        {
            **_WAYS,
            "ec2_instances": [
                *(
                    instance(row["attachment"]["instance_id"].removeprefix("i-"), region=row["region"])
                    for row in _WAYS["ec2_network_interfaces"]
                    if row["attachment"] and row["network_interface_id"][4:] not in ("two-2", "pending", "stopped")
                ),
                instance("pending", state="pending"),
                instance("stopped", state="stopped"),
            ],
            "instance_profiles": [profile("open", "deploy"), profile("by_main", "")],
            "sync_coverage": [
                coverage("ec2_network_acl_entries", **UNREAD),
                coverage("ec2_routes", **HERE),
                coverage("ec2_vpcs", **UNREAD),
            ],
        },
        "name, address, open_to, role_name, unread",
        [
            ("by_main", "203.0.113.1", "tcp 22", None, None),
            ("everything_where_ssh_is_closed", "203.0.113.1", "everything", None, None),
            ("half", "203.0.113.1", "tcp 0-65535", None, None),
            ("late", "203.0.113.1", "tcp 22", None, None),
            ("low_ports", "203.0.113.1", "tcp 0-65535", None, None),
            ("no_role", "203.0.113.1", "tcp 22", None, None),
            ("open", "203.0.113.1", "tcp 22", "deploy", None),
            ("other_group", "203.0.113.1", "tcp 443-444, tcp 80", None, None),
            ("pending", "203.0.113.1", "tcp 22", None, None),
            ("pinged", "203.0.113.1", "icmp", None, None),
            ("two", "203.0.113.2", "tcp 22", None, None),
            ("v6", "2001:db8::1", "tcp 22", None, None),
            ("web_where_ssh_is_closed", "203.0.113.1", "tcp 443-444, tcp 80", None, None),
            (None, None, None, None, "ec2_network_acl_entries: denied"),
        ],
    ),
    "open_security_groups": (
        {
            "ec2_security_group_rules": [
                *_WAYS["ec2_security_group_rules"],
                rule("all", SSH),
                rule("ssh", SSH, **ELSEWHERE),
            ],
            "ec2_security_groups": [
                {**HERE, "group_id": group, "group_name": f"{group} ✓", "vpc_id": "vpc"}
                for group in ("ssh", "all", "ping", "default", "office")
            ],
            "ec2_network_interfaces": [
                interface("web", "ssh", "default"),
                interface("both", "ssh", "ping"),
                interface("balancer", "ping", attachment=None, interface_type="network_load_balancer"),
                interface("closed", "default", "office"),
                interface("nothing"),
                interface("elsewhere", "all", **ELSEWHERE),
                interface("other_account", "all", account_id="444455556666"),
            ],
            "sync_coverage": [
                coverage("ec2_network_interfaces", **UNREAD),
                coverage("ec2_security_groups", **HERE),
                coverage("ec2_instances", **UNREAD),
            ],
        },
        "region, group_id, group_name, open_to, network_interface_id, interface_type, instance_id, unread",
        [
            ("eu-west-1", "all", "all ✓", "everything, tcp 22", None, None, None, None),
            ("eu-west-1", "ping", "ping ✓", "icmp", "eni-balancer", "network_load_balancer", None, None),
            ("eu-west-1", "ping", "ping ✓", "icmp", "eni-both", "interface", "i-both", None),
            ("eu-west-1", "ssh", "ssh ✓", "tcp 22", "eni-both", "interface", "i-both", None),
            ("eu-west-1", "ssh", "ssh ✓", "tcp 22", "eni-web", "interface", "i-web", None),
            ("eu-west-1", "dns", None, "udp 53", None, None, None, None),
            ("eu-west-1", "ssh6", None, "tcp 22", None, None, None, None),
            ("eu-west-1", "web", None, "tcp 443-444, tcp 80", None, None, None, None),
            ("eu-west-1", "wide", None, "tcp 0-65535", None, None, None, None),
            ("eu-west-1", None, None, None, None, None, None, "ec2_network_interfaces: denied"),
            ("us-east-1", "ssh", None, "tcp 22", None, None, None, None),
        ],
    ),
    "outside_sharing": (
        {
            "ec2_images": [
                image("public", is_public=True),
                image("for_two", shared_with_account_ids=["444455556666", "111122223333"]),
                image("for_others", shared_with_organization_arns=[f"{ORGANIZATIONS}:organization/o-other00000"]),
                image("for_units", shared_with_ou_arns=[f"{ORGANIZATIONS}:ou/{unit}" for unit in UNITS]),
                image("for_us", shared_with_organization_arns=[f"{ORGANIZATIONS}:organization/o-a1b2c3d4e5"]),
                image("for_our_account", shared_with_account_ids=["444455556666"]),
                image("private"),
                image("hidden", **dict.fromkeys(SHARING), unavailable_fields=SHARING),
            ],
            "ec2_snapshots": [
                snapshot("public", is_public=True),
                snapshot("for_another", shared_with_account_ids=["111122223333"]),
                snapshot("for_our_account", shared_with_account_ids=["444455556666"]),
                snapshot("private"),
            ],
            "accounts": [{"account_id": "123456789012"}, {"account_id": "444455556666"}],
            "organization": [{"organization_id": "o-a1b2c3d4e5"}],
            "sync_coverage": [
                coverage("ec2_images", status="partial", **HERE),
                coverage("ec2_snapshots", **HERE),
                coverage("organization", status="denied"),
                coverage("organizational_units", status="denied"),
            ],
        },
        "region, kind, name, shared_with, unread",
        [
            ("eu-west-1", "image", "for_others", f"{ORGANIZATIONS}:organization/o-other00000", None),
            ("eu-west-1", "image", "for_two", "111122223333", None),
            ("eu-west-1", "image", "for_units", f"{ORGANIZATIONS}:ou/o-other00000/ou-ab12-2", None),
            ("eu-west-1", "image", "public", "everybody", None),
            ("eu-west-1", "snapshot", "for_another", "111122223333", None),
            ("eu-west-1", "snapshot", "public", "everybody", None),
            ("eu-west-1", None, None, None, "ec2_images: partial"),
            ("global", None, None, None, "organization: denied"),
        ],
    ),
    "imds_v1_instances": (
        {
            "ec2_instances": [
                instance("optional", is_imds_v1_allowed=True, iam_instance_profile_arn="arn:profile"),
                instance("stopped", is_imds_v1_allowed=True, state="stopped"),
                instance("unknown", is_imds_v1_allowed=None),
                instance("odd", is_imds_v1_allowed=None, state=None),
                instance("required", is_imds_v1_allowed=False),
                instance("terminated", is_imds_v1_allowed=None, state="terminated"),
                instance("shutting_down", is_imds_v1_allowed=True, state="shutting-down"),
            ],
            "sync_coverage": [
                coverage("ec2_instances", **UNREAD),
                coverage("ec2_instances", **ELSEWHERE),
                coverage("ec2_images", **UNREAD),
            ],
        },
        "name, state, is_imds_v1_allowed, iam_instance_profile_arn, unread",
        [
            ("odd", None, None, None, None),
            ("optional", "running", True, "arn:profile", None),
            ("stopped", "stopped", True, None, None),
            ("unknown", "running", None, None, None),
            (None, None, None, None, "ec2_instances: denied"),
        ],
    ),
}
