"""The example queries about EC2 find in seeded accounts exactly what was planted to be found."""

from collections import Counter
from collections.abc import Iterator

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from embedded_aws import EmbeddedAws, Seed
from embedded_aws.scenarios.company import open_company
from embedded_aws.scenarios.seed_ec2 import IN_SECOND_REGION
from embedded_aws.scenarios.seed_identity_center import People
from embedded_aws.scenarios.seed_images import FOREIGN
from embedded_aws.truth import Tables
from embedded_aws.truth.many_accounts import truth_of_accounts
from repo_tests.queries_of_ec2 import CASES
from repo_tests.query_rows import fill
from tools import analyses

HOME, FIRST, SECOND = "123456789012", "us-east-1", "eu-west-1"
MEMBERS = 4
OTHERS = "arn:aws:organizations::444455556666"
_STATEMENTS = {name: analyses.parts(name)[2] for name in CASES}
_READ = {table.name for text in _STATEMENTS.values() for table in sqlglot.parse_one(text).find_all(exp.Table)}


@pytest.fixture(scope="module")
def truth() -> Tables:
    """The rows of an organization of five accounts."""
    with EmbeddedAws(seed=Seed(users=3, groups=1, events=0), lookup_rate=None) as aws:
        ids = open_company(aws, "an-external-id", People(people=3, groups=1), sign_ins=False)
        return truth_of_accounts(aws, ids)


@pytest.fixture(scope="module")
def loaded(warehouse: duckdb.DuckDBPyConnection, truth: Tables) -> Iterator[duckdb.DuckDBPyConnection]:
    warehouse.begin()
    for stream in sorted(_READ & truth.keys()):
        # Of events, the truth does not know how many a sync reads.
        fill(warehouse, stream, [row for row in truth[stream] if row.get("stream") != "audit_events"])
    yield warehouse
    warehouse.rollback()


def answers(loaded: duckdb.DuckDBPyConnection, query: str, columns: str, where: str) -> Counter[tuple[object, ...]]:
    text = f"SELECT {columns} FROM ({_STATEMENTS[query]}) AS answer {where}"  # noqa: S608 - of this repository
    return Counter(loaded.execute(text).fetchall())


def of(account_id: str, region: str) -> str:
    return f"WHERE answer.account_id = '{account_id}' AND answer.region = '{region}'"


@pytest.mark.parametrize("name", CASES)
def test_nothing_that_was_read_is_called_unread_and_each_account_has_findings_in_two_regions(
    name: str, loaded: duckdb.DuckDBPyConnection
) -> None:
    found = answers(loaded, name, "account_id, region, unread", "")
    assert {unread for _, _, unread in found} == {None}
    assert len({account_id for account_id, _, _ in found}) == 1 + MEMBERS
    # The third has what AWS puts into every Region, and nothing that is open.
    assert {region for _, region, _ in found} == {FIRST, SECOND}


def test_instances_with_administrator_roles(loaded: duckdb.DuckDBPyConnection) -> None:
    expected = {
        ("web", "running", "instance-0", "AdministratorAccess"): 1,
        ("stopped", "stopped", "instance-0", "AdministratorAccess"): 1,
        ("by main table", "running", "instance-13", "everything"): 1,
        ("no address", "running", "instance-13", "everything"): 1,
    }
    for region in (FIRST, SECOND):
        columns = "name, state, role_name, policies"
        assert answers(loaded, "admin_instances", columns, of(HOME, region)) == expected


def test_instances_that_can_be_reached_from_the_internet(loaded: duckdb.DuckDBPyConnection) -> None:
    web = "tcp 443, tcp 80"
    expected = {
        ("web", False, web, "instance-0"): 1,
        ("web", True, web, "instance-0"): 1,
        ("by main table", False, "tcp 443", "instance-13"): 1,
        ("late deny", False, "tcp 22", None): 1,
        ("some ports", False, "everything", "instance-26"): 1,
        ("over IPv6", True, "tcp 22", None): 1,
        ("second interface", False, web, None): 1,
    }
    columns = "name, address LIKE '2001:db8:%', open_to, role_name"
    assert answers(loaded, "reachable_instances", columns, of(HOME, FIRST)) == expected
    in_second = {found: count for found, count in expected.items() if found[0] in IN_SECOND_REGION}
    assert answers(loaded, "reachable_instances", columns, of(HOME, SECOND)) == in_second


def test_security_groups_that_are_open_to_the_world_with_their_users(loaded: duckdb.DuckDBPyConnection) -> None:
    users = {
        ("web", "tcp 443, tcp 80"): (
            *("NAT by main table", "behind NAT", "closed by ACL", "deleted gateway", "second interface", "stopped"),
            *("web", "vpc_endpoint"),
        ),
        ("ssh", "tcp 22"): ("IPv4 rule", "closed port", "interface", "late deny"),
        ("ssh over IPv6", "tcp 22"): ("over IPv6",),
        ("everything", "everything"): ("some ports",),
        ("ping", "icmp"): ("no address",),
        ("unused", "tcp 3389, udp 0-65535"): (None,),
        ("Öffentlich ✓", "tcp 443"): ("by main table",),
    }
    columns = "group_name, open_to, COALESCE(JSON_EXTRACT_STRING(i.tags, '$.Name'), interface_type)"
    joined = "LEFT JOIN ec2_instances AS i ON i.instance_id = answer.instance_id"
    found = answers(loaded, "open_security_groups", columns, f"{joined} {of(HOME, FIRST)}")
    assert found == {(*group, user): 1 for group, names in users.items() for user in names}


def test_images_and_snapshots_that_are_shared_outside_the_organization(loaded: duckdb.DuckDBPyConnection) -> None:
    expected = {
        ("image", "public ✓", "everybody"): 1,
        ("image", "for two accounts ✓", FOREIGN): 1,
        ("image", "for another organization ✓", f"{OTHERS}:organization/o-zz99yy88xx"): 1,
        ("image", "for another unit ✓", f"{OTHERS}:ou/o-zz99yy88xx/ou-zz99-22222222"): 1,
        ("snapshot", "public ✓", "everybody"): 1,
        ("snapshot", "for two accounts ✓", FOREIGN): 1,
    }
    for region in (FIRST, SECOND):
        assert answers(loaded, "outside_sharing", "kind, name, shared_with", of(HOME, region)) == expected


def test_instances_that_answer_requests_of_imds_v1(loaded: duckdb.DuckDBPyConnection) -> None:
    names = {FIRST: ("web", "stopped", "database"), SECOND: ("web", "stopped")}
    for region, expected in names.items():
        assert answers(loaded, "imds_v1_instances", "name", of(HOME, region)) == {(name,): 1 for name in expected}
