"""However a stream ends, whoever waits for it goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any, NoReturn, cast

import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from aws_calls.errors import AbsentError
from source_aws_iam.cloudtrail import NAME
from source_aws_iam.cloudtrail.history.window_generator import Windows
from source_aws_iam.cloudtrail.stream import Parts
from source_aws_iam.config import Settings
from source_aws_iam.streams.account_router import AccountRouter
from source_aws_iam.streams.organization_stream import OrganizationStream
from source_aws_iam.sync.account_handle import AccountHandle
from source_aws_iam.sync.context import SYNC_CONTEXT, SelectedStreams, SyncContext
from source_aws_iam.sync.coverage import Status
from unit_tests.sync.test_context import IDS, KEY, handles
from unit_tests.sync.test_failures import refusal


class Hub:
    """A session that AWS has refused nothing so far."""

    account_id = "999999999999"
    partition = "aws"

    def sign_in(self) -> None:
        pass

    def refused(self, *_: Any) -> Mapping[str, Any]:
        return {}


def context(find: Callable[[], list[AccountHandle]] = handles, hub: Any = None) -> SyncContext:
    streams = SelectedStreams(frozenset({"users"}), frozenset({NAME}), frozenset({"users", NAME, "units"}))
    return SyncContext(Settings.of({"credentials": KEY}), hub or cast(Any, Hub()), find, streams)


def refuse() -> NoReturn:
    raise refusal("Nobody can be found.")


def fault() -> NoReturn:
    raise KeyError("a value of a record")


ERRORS = (AirbyteTracedException, KeyError, AbsentError)
each_failure = pytest.mark.parametrize("find", [refuse, fault])


@each_failure
def test_accounts_that_cannot_be_found_end_their_streams(find: Callable[[], NoReturn]) -> None:
    shared = context(find)
    with pytest.raises(ERRORS):
        list(AccountRouter(config={SYNC_CONTEXT: shared}, name="users").stream_slices())
    shared.wait_for({"users"})
    assert shared.coverage.at("users").failure, "and they say why"


def test_a_stream_of_accounts_that_nobody_reads_on_ends() -> None:
    shared = context()
    slices = cast(Iterator[Any], AccountRouter(config={SYNC_CONTEXT: shared}, name="users").stream_slices())
    assert next(slices)["account_id"] == IDS[0]
    slices.close()  # type: ignore[attr-defined]
    shared.wait_for({"users"})
    [covered] = shared.coverage.of("users", IDS[0]).values()
    assert covered.status is Status.FAILED


@each_failure
def test_accounts_that_cannot_be_found_end_audit_events(find: Callable[[], NoReturn]) -> None:
    shared = context(find)
    cursor: Any = SimpleNamespace(state={})
    with pytest.raises(ERRORS):
        list(Parts(shared, cursor, partial(Windows, shared, cursor)).generate())
    shared.wait_for({NAME})
    assert shared.coverage.at(NAME).failure


def test_a_state_that_cannot_be_used_ends_audit_events() -> None:
    shared = context()
    cursor: Any = SimpleNamespace(state={"version": 0})
    with pytest.raises(AirbyteTracedException):
        list(Parts(shared, cursor, partial(Windows, shared, cursor)).generate())
    shared.wait_for({NAME})
    [covered] = shared.coverage.of(NAME, IDS[0]).values()
    assert (covered.status, str(covered.error)[:40]) == (Status.FAILED, "The saved state of audit_events was not ")


class Units(OrganizationStream):
    """Two rows, and then what `ending` does."""

    ending: Callable[[], object]

    def rows(self) -> Iterator[Mapping[str, Any]]:
        yield from ({"id": "ou-1"}, {"id": "ou-2"})
        self.ending()


def absent() -> NoReturn:
    raise AbsentError("AWSOrganizationsNotInUseException")


def leaked() -> NoReturn:
    """The code of one entity, which whoever asked about that entity should have handled."""
    raise AbsentError("ResourceNotFoundException")


@pytest.mark.parametrize(
    ("ending", "status", "error"),
    [
        (lambda: None, Status.COMPLETE, None),
        (absent, Status.COMPLETE, None),
        (refuse, Status.PARTIAL, "Nobody can be found."),
        (fault, Status.PARTIAL, "The connector failed with an unexpected KeyError."),
        (leaked, Status.PARTIAL, "The connector failed with an unexpected AbsentError."),
    ],
)
def test_a_stream_of_the_organization_ends_and_says_how(
    ending: Callable[[], object], status: Status, error: str | None
) -> None:
    shared = context()
    stream = Units(name="units", config={SYNC_CONTEXT: shared})
    stream.ending = ending
    try:
        assert len(list(stream.read_records({}))) == 2
    except ERRORS:
        assert error
    shared.wait_for({"units"})
    covered = shared.coverage.at("units")
    assert (covered.status, covered.rows) == (status, 2)
    assert str(covered.error).startswith(str(error))


def test_a_stream_of_the_organization_that_nobody_reads_on_ends_without_being_complete() -> None:
    shared = context()
    stream = Units(name="units", config={SYNC_CONTEXT: shared})
    rows = cast(Iterator[Any], stream.read_records({}))
    next(rows)
    rows.close()  # type: ignore[attr-defined]
    shared.wait_for({"units"})
    assert shared.coverage.at("units").status is Status.PARTIAL


class Closed(Hub):
    """A session that cannot be signed in to."""

    def sign_in(self) -> None:
        raise refusal("No role.", action="sts:AssumeRole")


def test_a_hub_that_cannot_be_signed_in_to_ends_the_streams_of_the_organization() -> None:
    shared = context(hub=Closed())
    stream = Units(name="units", config={SYNC_CONTEXT: shared})
    with pytest.raises(AirbyteTracedException):
        list(stream.read_records({}))
    shared.wait_for({"units"})
    assert (shared.coverage.at("units").status, shared.coverage.at("units").error) == (Status.FAILED, "No role.")
