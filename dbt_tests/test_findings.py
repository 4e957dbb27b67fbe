"""`findings`, compared with an evaluation of embedded AWS that knows neither the tables nor the SQL."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from dbt_tests.database import Database
from dbt_tests.findings_of_identities import Finding, of_identities
from dbt_tests.findings_of_machines import of_region
from dbt_tests.findings_of_policies import of_policies, of_trusts
from dbt_tests.landed import Landed
from embedded_aws.server.cloud import Cloud

# Root users of embedded AWS have no access keys: a unit test of dbt has them.
WITHOUT_FINDINGS = {"root_access_keys"}


@pytest.fixture(scope="module")
def found(built: object, database: Database) -> list[dict[str, object]]:
    return database.rows(f"select * from {database.schema}.findings")  # noqa: S608 - our own name


@pytest.fixture(scope="module")
def rules(built: object, database: Database) -> set[str]:
    return {str(row["rule"]) for row in database.rows(f"select rule from {database.schema}.finding_rules")}  # noqa: S608 - our own name


def test_findings_are_those_of_the_organization_itself(
    found: list[dict[str, object]], landed: Landed, rules: set[str]
) -> None:
    assert {row["status"] for row in found} == {"found"}
    # Thresholds are counted from the time of the run.
    [evaluated] = {row["evaluated_at"] for row in found}
    assert isinstance(evaluated, datetime)
    tree = landed.aws.organization
    assert tree is not None

    expected = {one for account in tree.members for one in of_account(landed.aws.within(account), evaluated)}

    seen = {Finding(*(str(row[name]) for name in Finding._fields)) for row in found}
    assert seen - expected == set()
    assert expected - seen == set()
    assert {one.rule for one in expected} == rules - WITHOUT_FINDINGS
    assert len(found) == len(seen)


def of_account(aws: Cloud, now: datetime) -> set[Finding]:
    found = {*of_identities(aws, now.replace(tzinfo=timezone.utc))}
    for region, pairs in (
        ("global", [*of_policies(aws), *of_trusts(aws)]),
        *((region, of_region(aws, region)) for region in aws.regions_of(aws.account_id)),
    ):
        found |= {Finding(rule, aws.account_id, region, resource_id) for rule, resource_id in pairs}
    return found
