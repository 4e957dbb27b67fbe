"""The ground truth of a sync of several accounts of the home account's organization."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from embedded_aws.server.cloud import Cloud
from embedded_aws.truth import permission_sets, truth_of
from embedded_aws.truth.coverage import OF_ORGANIZATION, covered
from embedded_aws.truth.organization import accounts
from embedded_aws.truth.values import Row, Tables

_COVERAGE: Final = "sync_coverage"


def truth_of_accounts(aws: Cloud, account_ids: Sequence[str]) -> Tables:
    """The rows that a sync which begins now has to bring. The home account is the management account, and may know
    everything of the others.
    """
    origin = {"partition": aws.partition}
    tables = truth_of(aws)
    tables["accounts"] = [
        {**origin, "account_id": one, **row}
        for one in account_ids
        for row in accounts(aws.within(one), seen_by=aws.account_id)
    ]
    tables["account_assignments"] = [
        {**origin, **row} for row in permission_sets.account_assignments(aws, [*account_ids])
    ]
    own = tables.keys() - {*OF_ORGANIZATION, _COVERAGE}
    for one in account_ids:
        if one != aws.account_id:
            for stream, rows in truth_of(aws.within(one)).items():
                tables[stream] += [row for row in rows if stream in own or _is_of_account(stream, row)]
    tables[_COVERAGE] = [_counted(row, tables) for row in tables[_COVERAGE]]
    return tables


def _is_of_account(stream: str, row: Row) -> bool:
    return stream == _COVERAGE and row["stream"] not in OF_ORGANIZATION


def _counted(row: Row, tables: Tables) -> Row:
    """What covers a stream of the organization counts the rows that the management account may know."""
    stream = row["stream"]
    return {**row, **covered(stream, len(tables[stream]))} if stream in OF_ORGANIZATION else row
