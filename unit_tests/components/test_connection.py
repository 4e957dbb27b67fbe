"""What the components of one sync share."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, cast

import pytest

from source_aws_iam.aws.errors import AwsError
from source_aws_iam.components.connection import Connection
from source_aws_iam.settings import Settings
from unit_tests.accounts.test_failures import read_until_refused, refusal
from unit_tests.iam.aws_answers import KEY

LISTED = {
    "credentials": KEY,
    "accounts": {
        "scope": "list",
        "roles": [{"role_arn": f"arn:aws:iam::{one}:role/reader"} for one in ("111111111111", "222222222222")],
    },
}
CONFIG = {"credentials": KEY, "accounts": {"scope": "organization", "role_name": "reader"}}


class Hub:
    """The session of an account that may not ask Organizations."""

    settings = Settings.of(CONFIG)
    asked = 0

    def once(self, *_: object) -> None:
        self.asked += 1
        raise refusal()


def test_what_one_stream_had_read_is_not_kept_with_the_failure_that_all_get() -> None:
    shared, hub = Connection(CONFIG), Hub()
    shared.hub = cast(Any, hub)
    read = [read_until_refused(shared.members, str) for _ in range(2)]
    with pytest.raises(AwsError):
        shared.members()
    gc.collect()

    assert hub.asked == 1
    assert [answer() for answer in read] == [None, None]


@pytest.mark.parametrize("audited", [True, False])
def test_an_account_is_finished_when_audit_events_are_done_with_it_too(*, audited: bool) -> None:
    shared = Connection(LISTED)
    if audited:
        shared.left_by_audit.expect()
    shared.read_together(["users"])
    for member in shared.members():
        shared.done("users", member.account_id)
    finished = shared.finished()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(next, finished)
        if audited:
            assert not wait([first], timeout=0.2).done
            shared.left_by_audit.leave("111111111111")
        assert first.result(60).account_id == "111111111111"
        shared.left_by_audit.end()
        assert [member.account_id for member in finished] == ["222222222222"]
