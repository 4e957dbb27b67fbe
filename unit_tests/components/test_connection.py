"""What the components of one sync share."""

from __future__ import annotations

import gc
from typing import Any, cast

import pytest

from source_aws_iam.aws.errors import AwsError
from source_aws_iam.components.connection import Connection
from source_aws_iam.settings import Settings
from unit_tests.accounts.test_failures import read_until_refused, refusal
from unit_tests.iam.aws_answers import KEY

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
