"""Times in AWS's formats, compared with botocore's parsing."""

from __future__ import annotations

from datetime import datetime, timezone
from email.utils import format_datetime
from typing import Any

import pytest
from botocore.utils import parse_timestamp
from hypothesis import given
from hypothesis import strategies as st

from aws_calls.timestamps import parsed

# What AWS may write, and the C library of every machine knows.
TIMES = st.datetimes(datetime(1970, 1, 2), datetime(2037, 12, 31), timezones=st.just(timezone.utc))  # noqa: DTZ001


def written(time: datetime) -> list[Any]:
    text = time.isoformat().removesuffix("+00:00")
    return [f"{text}Z", f"{text}+00:00", time.timestamp(), int(time.timestamp()), format_datetime(time, usegmt=True)]


@given(TIMES)
def test_every_form_is_what_botocore_reads_in_it_but_in_utc(time: datetime) -> None:
    for form in written(time):
        assert parsed(form) == parse_timestamp(form)
        assert parsed(form).tzinfo is timezone.utc


@pytest.mark.parametrize("fraction", [".1", ".12", ".123", ".123456", ".1234567"])
def test_a_fraction_has_as_many_digits_as_it_likes(fraction: str) -> None:
    text = f"2026-01-02T03:04:05{fraction}Z"
    assert parsed(text) == parse_timestamp(text)


def test_another_offset_is_not_lost() -> None:
    assert parsed("2026-01-02T03:04:05+02:00").isoformat() == "2026-01-02T01:04:05+00:00"


@pytest.mark.parametrize("text", ["", "Z", "yesterdayZ", "2026-13-01T00:00:00Z"])
def test_what_is_no_time_is_refused_as_botocore_refuses_it(text: str) -> None:
    with pytest.raises(ValueError, match="Invalid timestamp"):
        parsed(text)
