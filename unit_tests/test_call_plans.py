"""The streams do what the call plans of the manifest say, whatever is denied."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from hypothesis import given, settings
from hypothesis import strategies as st

from aws_calls.errors import AwsError
from aws_calls.operation import declared
from embedded_aws import EmbeddedAws, Fault
from embedded_aws.server.credential_report import CredentialReport
from source_aws_iam.aws.clients import SourceClients
from source_aws_iam.aws.operations import OPERATIONS
from source_aws_iam.aws.session import Session
from source_aws_iam.config import Settings
from source_aws_iam.streams.call_plan import Readable, Verdict, judge
from source_aws_iam.sync.account_handle import AccountHandle
from source_aws_iam.sync.context import SyncContext
from unit_tests.call_plans import PLANS, Plan
from unit_tests.inventory import DECLARED, slice_of, stream_of
from unit_tests.whole_account import whole_account

Row = Mapping[str, Any]
NOTHING: frozenset[str] = frozenset()
FEW_CALLS = 4
FAST = {operation.quota: 1e6 for operation in OPERATIONS.values() if operation.quota}
GENERATE = "iam.generate_credential_report"
# Which rows the kinds of `few_rows` are.
FEW_ROWS: Mapping[str, Callable[[Row], bool]] = {
    "the root user": lambda row: row["is_root"],
    "users who are younger than the credential report": lambda row: row["user_name"] == "too_young",
    "keys that the credential report does not know or cannot tell apart": (
        lambda row: row["user_name"] in {"too_young", "eve"}
    ),
}


def named_by(plan: Plan, denied: frozenset[str]) -> str:
    calls = "+".join(sorted(denied)) if len(denied) <= FEW_CALLS else f"{len(denied)} calls"
    return f"{plan}-{calls}"


CASES = [pytest.param(plan, denied, id=named_by(plan, denied)) for plan in PLANS for denied in plan.denials()]


class Reading:
    """Reads streams of one account with calls denied. Nothing is read twice."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._aws = aws
        self._report = aws.credential_report
        self._settings = {plan.setting: self._settings_with(plan.setting) for plan in PLANS}
        options = replace(self._settings[""].options, rates=FAST)
        self._clients = SourceClients(options, attempts=1)
        self._known: dict[tuple[Plan, frozenset[str]], list[Row] | AwsError] = {}

    def rows(self, plan: Plan, denied: frozenset[str]) -> list[Row] | AwsError:
        """Return the rows of a stream, or the error that it fails with."""
        if (plan, denied) not in self._known:
            self._deny(denied)
            self._known[plan, denied] = self._read(plan)
        return self._known[plan, denied]

    def all_rows(self, plan: Plan) -> list[Row]:
        found = self.rows(plan, NOTHING)
        assert isinstance(found, list)
        return found

    def _settings_with(self, setting: str) -> Settings:
        more = {setting: True} if setting else {}
        return Settings.of(self._aws.key_config(**more))

    def _deny(self, calls: frozenset[str]) -> None:
        self._aws.heal()
        for call in calls:
            self._aws.fail(Fault(declared(call, OPERATIONS).action, "access_denied", times=None))
        # Somebody else's report lasts four hours. A call that makes none is needed when there is none.
        self._aws.credential_report = CredentialReport() if GENERATE in calls else self._report

    def _read(self, plan: Plan) -> list[Row] | AwsError:
        session = Session.of_credentials(self._clients)
        account = AccountHandle(session, kept=True)
        context = SyncContext(self._settings[plan.setting], session, find_accounts=lambda: [account])
        try:
            stream, part = stream_of(context, plan.stream), slice_of(account.account_id)
            return [json.loads(json.dumps(row)) for row in stream.read_records({}, part)]
        except AirbyteTracedException as error:
            if isinstance(error._exception, AwsError):
                return error._exception
            raise
        finally:
            session.release()


@pytest.fixture(scope="module")
def reading() -> Iterator[Reading]:
    with whole_account() as aws:
        yield Reading(aws)


# When AWS completed what it was asked for: no two readings have it in common.
OF_THE_MOMENT = {"job_completion_date"}


def key_of(plan: Plan, row: Row) -> str:
    return json.dumps([row[column] for column in DECLARED[plan.stream]["primary_key"]])


def by_key(plan: Plan, rows: list[Row]) -> dict[str, dict[str, Any]]:
    """Return the rows as they can be compared: AWS lists what is in a row in any order."""
    found = {
        key_of(plan, row): {
            column: sorted(value, key=json.dumps) if isinstance(value, list) else value for column, value in row.items()
        }
        for row in rows
    }
    assert len(found) == len(rows)
    return found


def columns_of(verdicts: Iterable[Verdict]) -> set[str]:
    return {column for verdict in verdicts for column in verdict.columns}


def named(rows: Iterable[Row]) -> set[str]:
    return {column for row in rows for column in row.get("unavailable_fields", ())}


def assert_as_promised(reading: Reading, plan: Plan, denied: frozenset[str]) -> None:
    verdicts = [judge(needs, denied) for needs in plan.of_all_rows]
    found = reading.rows(plan, denied)
    if any(verdict.readable is Readable.UNREADABLE for verdict in verdicts):
        assert isinstance(found, AwsError), "the plan says that rows are missing"
        assert found.target.action in {declared(call, OPERATIONS).action for call in denied}
        return
    assert isinstance(found, list), f"the plan says that all rows can be read, and yet: {found}"

    columns, ordinary = columns_of(verdicts), found
    for kind, needs in plan.of_few_rows.items():
        few = [row for row in found if FEW_ROWS[kind](row)]
        ordinary = [row for row in ordinary if row not in few]
        of_few = columns_of([judge(needs, denied)])
        assert few
        assert of_few <= named(few) <= of_few | columns, kind
    assert named(ordinary) == columns

    rows, everything = by_key(plan, found), by_key(plan, reading.all_rows(plan))
    assert rows.keys() == everything.keys()
    varying = set() if verdicts[0].readable is Readable.COMPLETE else plan.varying
    for key, row in rows.items():
        hidden = {*row.get("unavailable_fields", ())}
        assert {row[column] for column in hidden} <= {None}
        assert differing(row, everything[key]) <= hidden | varying | OF_THE_MOMENT | {"unavailable_fields"}


def differing(row: Row, other: Row) -> set[str]:
    return {column for column in row.keys() | other.keys() if row.get(column) != other.get(column)}


@pytest.mark.parametrize("plan", PLANS, ids=str)
def test_with_every_call_allowed_there_are_rows_and_nothing_is_named(plan: Plan, reading: Reading) -> None:
    rows = reading.all_rows(plan)
    assert rows
    assert [row for row in rows if row.get("unavailable_fields")] == []


@pytest.mark.parametrize(("plan", "denied"), CASES)
def test_a_stream_does_what_its_plan_promises(plan: Plan, denied: frozenset[str], reading: Reading) -> None:
    assert_as_promised(reading, plan, denied)


@pytest.mark.parametrize("plan", [plan for plan in PLANS if len(plan.calls) > 1], ids=str)
@settings(max_examples=3)
@given(data=st.data())
def test_so_it_does_whatever_is_denied(plan: Plan, reading: Reading, data: st.DataObject) -> None:
    assert_as_promised(reading, plan, data.draw(st.frozensets(st.sampled_from(plan.calls))))


@pytest.mark.parametrize("plan", [plan for plan in PLANS if plan.varying], ids=str)
def test_the_columns_that_vary_by_call_do_vary(plan: Plan, reading: Reading) -> None:
    """What is exempt from the comparison above has to be."""
    everything = by_key(plan, reading.all_rows(plan))
    seen = set()
    for denied in plan.denials():
        found = reading.rows(plan, denied)
        for key, row in by_key(plan, found if isinstance(found, list) else []).items():
            seen |= differing(row, everything[key]) - {*row["unavailable_fields"]}
    assert seen - {"unavailable_fields"} == plan.varying


def test_every_kind_of_rows_that_the_manifest_names_is_told_apart_here() -> None:
    assert {kind for plan in PLANS for kind in plan.of_few_rows} == FEW_ROWS.keys()
