"""trails: what each trail records, where it delivers, and whether it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from aws_calls.arns import account_of, region_of
from aws_calls.errors import AbsentError, AwsError
from source_aws_iam.aws.reader import Row
from source_aws_iam.aws.trail_operations import NO_INSIGHTS
from source_aws_iam.streams.columns import hidden, visible
from source_aws_iam.streams.regional_stream import RegionalStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from source_aws_iam.aws.reader import Reader
    from source_aws_iam.aws.session import Session

STATUS: Final = (
    *("is_logging", "start_logging_time", "stop_logging_time"),
    *("latest_delivery_time", "latest_delivery_error"),
    *("latest_digest_delivery_time", "latest_digest_delivery_error"),
    *("latest_notification_time", "latest_notification_error"),
    *("latest_cloud_watch_logs_delivery_time", "latest_cloud_watch_logs_delivery_error"),
)
EVENTS: Final = ("event_selectors", "advanced_event_selectors")
INSIGHTS: Final = ("insight_selectors",)

OfTrail = Callable[[tuple[str, ...], Callable[[], Row]], Row]


@dataclass
class Trails(RegionalStream):
    """One row per trail and account that sees it: its own trails, and those of its organization.

    AWS lists a multi-Region trail in every Region. It is read in its home Region; where that is not read, in the first
    Region that lists it.
    """

    def rows_of_region(self, session: Session, region: str, *, enabled: bool) -> Iterable[Row]:
        """Yield the trails that are read in one Region. Most have none."""
        reader = session.reader("cloudtrail", region, enabled=enabled)
        regions = self.context.settings.regions or session.regions.enabled
        before = regions[: regions.index(region)]
        mine: list[Row] = []
        others: list[Row] = []
        for trail in _listed(reader):
            home = _home(trail, region)
            if home == region or (home not in regions and not self._is_listed(session, trail, before, enabled=enabled)):
                owner = account_of(trail.get("trail_arn", ""))
                (mine if owner == session.account_id else others).append(trail)
        # First its own: what is denied for a trail of another account is then asked for no more.
        for trails, of_trail in ((mine, _of_own), (others, _of_other_account)):
            yield from reader.each("trails", partial(_row, reader, of_trail), trails)

    def _is_listed(self, session: Session, trail: Row, regions: Sequence[str], *, enabled: bool) -> bool:
        """Return whether one of the regions, which are all read, lists the trail. One that fails is named elsewhere."""
        for region in regions:
            try:
                listed = _listed(session.reader("cloudtrail", region, enabled=enabled))
            except AwsError:
                continue
            if any(one.get("trail_arn") == trail["trail_arn"] for one in listed):
                return True
        return False


def _listed(reader: Reader) -> Sequence[Row]:
    """Return the trails that AWS lists in a Region. It is asked once."""
    return reader.settled("trails", lambda: [*reader.rows("describe_trails", "trailList", includeShadowTrails=True)])


def _home(trail: Row, region: str) -> str:
    return trail.get("home_region") or region_of(trail.get("trail_arn", "")) or region


def _row(reader: Reader, of_trail: OfTrail, trail: Row) -> Row:
    arn = trail.get("trail_arn")
    if not arn:
        return {**trail, **hidden(STATUS, EVENTS, INSIGHTS)}
    calls: Mapping[tuple[str, ...], Callable[[], Row]] = {
        STATUS: lambda: _named(STATUS, reader.one("get_trail_status", Name=arn)),
        EVENTS: lambda: _named(EVENTS, reader.one("get_event_selectors", TrailName=arn)),
        INSIGHTS: lambda: _insights(reader, arn),
    }
    return {**trail, **visible({columns: partial(of_trail, columns, call) for columns, call in calls.items()})}


def _of_own(_: tuple[str, ...], call: Callable[[], Row]) -> Row:
    """Return what a call tells of a trail of this account. Raises AbsentError for one that was deleted."""
    return call()


def _of_other_account(columns: tuple[str, ...], call: Callable[[], Row]) -> Row:
    """Return what a call tells of a trail of another account, which AWS may list and not know otherwise."""
    try:
        return call()
    except AbsentError:
        return hidden(columns)


def _named(columns: tuple[str, ...], answer: Row) -> Row:
    return {column: answer.get(column) for column in columns}


def _insights(reader: Reader, arn: str) -> Row:
    try:
        return _named(INSIGHTS, reader.one("get_insight_selectors", TrailName=arn))
    except AbsentError as absent:
        if absent.code != NO_INSIGHTS:
            raise
        return {"insight_selectors": []}
