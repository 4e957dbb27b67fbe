"""The sync context."""

from __future__ import annotations

import copy
import gc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, NoReturn, cast

import pytest

from aws_calls.errors import AwsError
from source_aws_iam.config import Settings
from source_aws_iam.sync.account_handle import AccountHandle
from source_aws_iam.sync.context import SYNC_CONTEXT, SelectedStreams, SyncContext, context_of
from unit_tests.sync.test_failures import read_until_refused, refusal

IDS = ["111111111111", "222222222222"]
KEY = {"auth_type": "access_key", "access_key_id": "A" * 16, "secret_access_key": "s"}


class Session:
    """The session of an account, as far as a context needs one."""

    def __init__(self, account_id: str) -> None:
        self.account_id = account_id
        self.released = 0

    def sign_in(self) -> None:
        pass

    def release(self) -> None:
        self.released += 1


def context(find: Callable[[], list[AccountHandle]], **streams: frozenset[str]) -> SyncContext:
    settings = Settings.of({"credentials": KEY})
    return SyncContext(settings, cast(Any, None), find, SelectedStreams(**streams))


def handles() -> list[AccountHandle]:
    return [AccountHandle(cast(Any, Session(account_id))) for account_id in IDS]


def test_what_one_stream_had_read_is_not_kept_with_the_failure_that_all_get() -> None:
    asked = []

    def refuse() -> NoReturn:
        asked.append(1)
        raise refusal()

    shared = context(refuse)
    read = [read_until_refused(shared.accounts, str) for _ in range(2)]
    with pytest.raises(AwsError):
        shared.accounts()
    gc.collect()

    assert len(asked) == 1
    assert [answer() for answer in read] == [None, None]


@pytest.mark.parametrize("audited", [True, False])
def test_an_account_is_finished_when_audit_events_are_done_with_it_too(*, audited: bool) -> None:
    independent = frozenset({"audit_events"} if audited else ())
    shared = context(handles, sharing=frozenset({"users"}), independent=independent)
    for account_id in IDS:
        shared.scheduler.done("users", account_id)
    finished = shared.scheduler.finished()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(next, finished)
        if audited:
            assert not wait([first], timeout=0.2).done
            shared.scheduler.done("audit_events", IDS[0])
        assert first.result(60) == IDS[0]
        shared.end("audit_events")
        assert [*finished] == IDS[1:]


@pytest.mark.parametrize("first", [True, False])
def test_nobody_waits_for_a_stream_that_ended_whenever_that_was(*, first: bool) -> None:
    """A stream may end before anybody has asked for the accounts: its state cannot be used, say."""
    shared = context(handles, independent=frozenset({"audit_events"}))
    if not first:
        _ = shared.scheduler
    shared.end("audit_events")
    assert [*shared.scheduler.finished()] == IDS
    shared.wait_for({"audit_events"})


def test_an_account_is_kept_until_all_streams_have_read_it() -> None:
    found = handles()
    shared = context(lambda: found, sharing=frozenset({"users", "groups"}))
    with shared.account(IDS[0]).held():
        shared.scheduler.done("users", IDS[0])
    assert cast(Any, found[0].session).released == 0
    shared.scheduler.done("groups", IDS[0])
    assert [cast(Any, account.session).released for account in found] == [1, 0]


def test_a_copy_of_the_config_has_the_same_context() -> None:
    """The CDK is free to copy a config. Streams of one run with sessions of their own would ask AWS twenty times."""
    shared = context(handles)
    config = {SYNC_CONTEXT: shared}
    assert context_of(config) is context_of(dict(config)) is context_of(copy.deepcopy(config)) is shared


@pytest.mark.parametrize("config", [{}, {"credentials": KEY}, {SYNC_CONTEXT: None}])
def test_a_config_without_a_context_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises(LookupError, match=SYNC_CONTEXT):
        context_of(config)
