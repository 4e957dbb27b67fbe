"""The keys of a trail's bucket."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_aws_iam.cloudtrail.trail.keys import Folder, is_account, is_organization, is_region, last_part

FOLDER = Folder("logs/AWSLogs/123456789012/CloudTrail/us-east-1/", "123456789012", "us-east-1")
NAME = "123456789012_CloudTrail_us-east-1_20260301T0905Z_x1Y2z3A4b5C6d7E8.json.gz"


def key(name: str, day: str = "2026/03/01") -> str:
    return f"{FOLDER.prefix}{day}/{name}"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (NAME, datetime(2026, 3, 1, 9, 5, tzinfo=timezone.utc)),
        # A name of another day, or without a time, is a log file all the same. It is listed before or after the others.
        (NAME.replace("20260301", "20260228"), datetime(2026, 3, 1, tzinfo=timezone.utc)),
        (NAME.replace("20260301", "20260302"), datetime(2026, 3, 1, 23, 59, tzinfo=timezone.utc)),
        (NAME.replace("T0905Z", "T2505Z"), datetime(2026, 3, 1, 23, 59, tzinfo=timezone.utc)),
        (NAME.replace("T0905Z", "T0905"), datetime(2026, 3, 1, 9, 5, tzinfo=timezone.utc)),
        (NAME.replace("T0905Z", "T0975Z"), datetime(2026, 3, 1, 9, 59, tzinfo=timezone.utc)),
        ("123456789012_CloudTrail_us-east-1_New-form.json.gz", datetime(2026, 3, 1, 23, 59, tzinfo=timezone.utc)),
        ("123456789012_CloudTrail_us-east-1_0.json.gz", datetime(2026, 3, 1, tzinfo=timezone.utc)),
        ("123456789012_Config_us-east-1_20260301T0905Z_x.json.gz", None),
        (NAME.replace(".json.gz", ".json"), None),
        ("", None),
        ("deeper/" + NAME, None),
    ],
)
def test_a_log_file_is_known_by_its_name_and_has_the_time_in_it(name: str, expected: datetime | None) -> None:
    assert FOLDER.time(key(name)) == expected


def test_the_time_of_an_insights_file_is_found() -> None:
    folder = FOLDER._replace(prefix=FOLDER.prefix.replace("CloudTrail", "CloudTrail-Insight"))
    name = NAME.replace("_CloudTrail_", "_CloudTrail-Insight_")
    assert folder.time(f"{folder.prefix}2026/03/01/{name}") == datetime(2026, 3, 1, 9, 5, tzinfo=timezone.utc)


names = st.one_of(
    st.times().map(lambda time: f"20260301T{time:%H%M}Z_x"),
    st.text("0129TZ_aX", max_size=12),
    st.integers(0, 12).map(lambda length: "20260301T1234Z"[:length]),
)


@given(names, names, st.sampled_from(["123456789012_CloudTrail_us-east-1_", "000000000000_CloudTrail_eu-west-1_"]))
def test_times_never_go_back_in_the_order_of_the_keys(one: str, other: str, other_begins: str) -> None:
    found = [key(f"{begins}{name}.json.gz") for begins, name in ((NAME[:34], one), (other_begins, other))]
    first, second = (FOLDER.time(name) for name in sorted(found))
    assert first is not None
    assert second is not None
    assert first <= second


@pytest.mark.parametrize("day", ["2026/13/01", "2026/02/30", "2026-03-01", "20260301", ""])
def test_outside_of_the_folder_of_a_day_there_are_no_log_files(day: str) -> None:
    assert FOLDER.time(key(NAME, day)) is None


@given(st.datetimes(datetime(2013, 1, 1), datetime(2099, 12, 31)), st.text("0123456789abcdefXYZ", min_size=1))  # noqa: DTZ001
def test_everything_of_a_day_and_of_later_ones_comes_after_its_beginning(time: datetime, unique: str) -> None:
    stamp = time.replace(second=0, microsecond=0, tzinfo=timezone.utc)
    name = key(f"123456789012_CloudTrail_us-east-1_{time:%Y%m%dT%H%MZ}_{unique}.json.gz", f"{time:%Y/%m/%d}")
    assert FOLDER.time(name) == stamp
    assert FOLDER.start_after(stamp) < name < FOLDER.start_after(stamp.replace(year=stamp.year + 1, day=1))


def test_the_parts_of_a_key_are_told_apart() -> None:
    parts = [
        "AWSLogs/123456789012/",
        "AWSLogs/o-a1b2c3d4e5/",
        "AWSLogs/Config/",
        "us-gov-west-1/",
        "CloudTrail-Digest/",
    ]
    names = [last_part(part) for part in parts]
    assert [name for name in names if is_account(name)] == ["123456789012"]
    assert [name for name in names if is_organization(name)] == ["o-a1b2c3d4e5"]
    assert [name for name in names if is_region(name)] == ["us-gov-west-1"]
