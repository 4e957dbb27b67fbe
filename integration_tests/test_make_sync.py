"""What `make sync` loads, with two reads for each sync, is what AWS holds."""

from __future__ import annotations

from contextlib import ExitStack, closing

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws.control.changes import changes
from embedded_aws.scenarios.company import open_company
from embedded_aws.scenarios.seed_identity_center import People
from embedded_aws.truth.comparison import first_differences
from embedded_aws.truth.many_accounts import truth_of_accounts
from embedded_aws.truth.trail import read_from_trail
from integration_tests.forked_command import forking_command
from integration_tests.needed import supported_pyairbyte
from integration_tests.sync.client import Connector
from integration_tests.sync.embedded import EXTERNAL_ID, organization_config
from integration_tests.sync.overheard import Heard
from integration_tests.sync.trail import OrganizationTrail
from integration_tests.sync.warehouse import tables
from integration_tests.test_warehouses import ACCOUNT, SEED, warehouse_of


@pytest.mark.parametrize("with_trail", [False, True], ids=["event history", "trail"])
def test_what_make_sync_loads_in_two_reads_agrees_with_aws_after_each_sync(
    with_trail: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    supported_pyairbyte()
    files = tmp_path_factory.getbasetemp() / "pyairbyte"
    with ExitStack() as stack:
        warehouse = stack.enter_context(warehouse_of("duckdb", files, stack, f"in-two-reads-{with_trail}"))
        aws = stack.enter_context(EmbeddedAws(seed=SEED, lookup_rate=None, account_id=ACCOUNT))
        accounts = open_company(aws, EXTERNAL_ID, People(people=30, groups=6))
        trail = OrganizationTrail(aws, accounts) if with_trail else None
        config = organization_config(aws, **({"audit_source": trail.config} if trail else {}))
        connector = stack.enter_context(closing(Connector(config, files, forking_command())))
        for happens in (changes, None):
            assert trail is None or trail.deliver()
            truth = truth_of_accounts(aws, accounts)
            truth = read_from_trail(aws, truth) if trail else truth
            connector.sync(warehouse, Heard())
            assert first_differences(truth, tables(warehouse, truth)) == []
            assert with_trail == bool(truth["trail_digests"])
            if happens:
                happens(aws)
