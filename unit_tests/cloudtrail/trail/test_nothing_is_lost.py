"""Files that come late, out of order and during a listing; syncs that crash, and a start date that moves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from hypothesis import example, given, settings
from hypothesis import strategies as st

from source_aws_iam.cloudtrail.feed import Feed
from source_aws_iam.cloudtrail.read_times import ReadTimes, parsed, text
from source_aws_iam.cloudtrail.trail.bucket import StoredObject
from source_aws_iam.cloudtrail.trail.keys import Folder
from source_aws_iam.cloudtrail.trail.lister import batches
from source_aws_iam.cloudtrail.trail.odd_objects import OddObjects
from source_aws_iam.cloudtrail.trail.reading import Reading

BEGIN = datetime(2026, 3, 1, tzinfo=timezone.utc)
FEED = Feed("123456789012", "us-east-1")
ROOTS = ("AWSLogs/", "AWSLogs/o-a1b2c3d4e5/")
FOLDERS = [Folder(f"{root}123456789012/CloudTrail/us-east-1/", "123456789012", "us-east-1") for root in ROOTS]
LOOKBACK = timedelta(days=2)
# S3 lists an object when its upload has ended, with the time at which it began.
LONGEST_UPLOAD = timedelta(minutes=14)


class File(NamedTuple):
    """A log file with the time in its key, uploaded from `stored` on, and listed from `visible` on."""

    key: str
    time: datetime
    stored: datetime
    visible: datetime


class Clocked:
    """A bucket whose clock moves on while it is listed, one object at a time."""

    name = "logs"

    def __init__(self, files: list[File], now: datetime) -> None:
        self.files, self.now = files, now

    def objects(self, prefix: str, start_after: str) -> Iterator[tuple[datetime, list[StoredObject]]]:
        last = start_after
        asked = False
        while True:
            there = [one for one in self.files if one.visible <= self.now and one.key.startswith(prefix)]
            page = sorted(one for one in there if one.key > last)[:2]
            if page or not asked:
                yield self.now, [StoredObject(one.key, one.stored, 900_000) for one in page]
            asked = True
            if not page:
                return
            last = page[-1].key
            self.now += timedelta(minutes=1)


@st.composite
def files(draw: st.DrawFn, first: datetime = BEGIN) -> File:
    time = first + timedelta(minutes=draw(st.integers(0, 5 * 24 * 60)))
    late = draw(st.sampled_from([0, 3, 60, 24 * 60, 47 * 60]))
    stored = time + timedelta(minutes=late, seconds=draw(st.integers(0, 59)))
    visible = stored + draw(st.sampled_from([timedelta(0), LONGEST_UPLOAD]))
    folder = draw(st.sampled_from(FOLDERS))
    # Now and then, a name has no time: it stands before or behind all others of its day.
    stamp = draw(st.sampled_from([*[f"{time:%Y%m%dT%H%MZ}"] * 8, "-odd", "odd"]))
    unique = draw(st.integers(0, 10**9))
    key = f"{folder.prefix}{time:%Y/%m/%d}/123456789012_CloudTrail_us-east-1_{stamp}_{unique}.json.gz"
    return File(key, time, stored, visible)


syncs = st.lists(
    st.tuples(
        st.integers(1, 3 * 24 * 60),  # minutes since the last one
        st.none() | st.integers(0, 30),  # it crashes when so many batches are read
        st.lists(st.integers(0, 30), max_size=4),  # these are being read by others then
        st.sampled_from([None, 0, 24, 30]),  # the start date moves there, in hours
    ),
    max_size=6,
)


def named(key: str, time: datetime) -> File:
    return File(f"{FOLDERS[0].prefix}{time:%Y/%m/%d}/123456789012_CloudTrail_us-east-1_{key}.json.gz", time, time, time)


# A file without a time in its name, before and after another one of its day.
MIDNIGHT, SIX = datetime(2026, 3, 2, tzinfo=timezone.utc), datetime(2026, 3, 2, 6, tzinfo=timezone.utc)


@settings(max_examples=300)
@example(
    [named("odd_0", BEGIN), named("odd_0", MIDNIGHT), named("20260302T0600Z_0", SIX)],
    [(356, None, [], None), (539, None, [], 30), (564, None, [], None)],
)
@given(st.lists(files(), max_size=30, unique_by=lambda file: file.key), syncs)
def test_every_file_is_read(given_: list[File], planned: list[tuple[int, int | None, list[int], int | None]]) -> None:
    now, since = BEGIN, BEGIN
    times = ReadTimes.nothing(since)
    read: set[str] = set()
    end: tuple[int, int | None, list[int], int | None] = (8 * 24 * 60, None, [], 0)
    for pause, crash, slow, moved in [*planned, end]:
        now += timedelta(minutes=pause)
        since = since if moved is None else BEGIN + timedelta(hours=moved)
        reading = Reading(FEED, FOLDERS, times.beginning(since))
        bucket = Clocked(given_, now)
        for number, batch in enumerate(batches(reading, bucket, LOOKBACK, OddObjects("audit_events", "logs"))):  # type: ignore[arg-type]
            if number == crash:
                break
            if crash is None or number not in slow:
                read |= {stored.key for _, stored in batch.objects}
                reading.done(batch.number)
        now = bucket.now
        times = parsed(text(reading.times()))
        assert times.since == since
        assert crash is not None or reading.is_read
    missing = [file for file in given_ if file.key not in read]
    assert not missing
    assert len(times.steps) == 1, "a complete sync leaves one step"


def test_a_quiet_place_is_one_listing_from_the_lookback_on() -> None:
    listed: list[str] = []

    class Quiet(Clocked):
        def objects(self, prefix: str, start_after: str) -> Iterator[tuple[datetime, list[StoredObject]]]:
            listed.append(start_after)
            return super().objects(prefix, start_after)

    now = BEGIN + timedelta(days=100, hours=5)
    times = ReadTimes.nothing(BEGIN).read(BEGIN, None, now)
    reading = Reading(FEED, FOLDERS[:1], times)
    bucket = Quiet([], now + timedelta(hours=1))
    assert [*batches(reading, bucket, LOOKBACK, OddObjects("audit_events", "logs"))] == []  # type: ignore[arg-type]
    assert listed == [f"{FOLDERS[0].prefix}2026/06/07"]
    assert text(reading.times()) == f"2026-03-01T00:00:00Z/{now + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
