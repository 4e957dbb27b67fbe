"""The trails that an account sees, and what CloudTrail says of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from embedded_aws.server.cloud import Cloud
from embedded_aws.server.trail import Trail
from embedded_aws.truth.values import Row, aware

_NOT_KEPT = (
    *("sns_topic_name", "sns_topic_arn", "cloud_watch_logs_log_group_arn", "cloud_watch_logs_role_arn"),
    *("latest_notification_time", "latest_notification_error", "recursive_logging"),
    *("latest_cloud_watch_logs_delivery_time", "latest_cloud_watch_logs_delivery_error"),
)
_MANAGEMENT = {"read_write_type": "All", "include_management_events": True}


def trails(aws: Cloud) -> Iterator[Row]:
    """Every trail of the account and of its organization, which all have their homes in Regions that are read."""
    members = aws.organization.members if aws.organization else ()
    for trail in aws.trails:
        if trail.account_id == aws.account_id or (trail.is_of_organization and aws.account_id in members):
            yield {**_described(aws, trail), **_status(aws, trail), **_selectors(trail), "unavailable_fields": []}


def _described(aws: Cloud, trail: Trail) -> Row:
    return {
        **dict.fromkeys(_NOT_KEPT),
        "region": trail.home_region,
        "trail_arn": f"arn:{aws.partition}:cloudtrail:{trail.home_region}:{trail.account_id}:trail/{trail.name}",
        "name": trail.name,
        "home_region": trail.home_region,
        "s3_bucket_name": trail.bucket.name,
        "s3_key_prefix": trail.prefix or None,
        "is_multi_region_trail": trail.multi_region,
        "is_organization_trail": trail.organization_id is not None,
        "include_global_service_events": True,
        "log_file_validation_enabled": trail.validated,
        "kms_key_id": trail.bucket.kms_key_arn,
        "has_custom_event_selectors": trail.advanced_selectors != [],
        "has_insight_selectors": trail.insight_types != [],
    }


def _status(aws: Cloud, trail: Trail) -> Row:
    return {
        "is_logging": trail.logging,
        "start_logging_time": aware(trail.started_at),
        "stop_logging_time": aware(trail.stopped_at),
        "latest_delivery_time": _newest(aws, (file.delivered_at for file in trail.files)),
        "latest_delivery_error": trail.delivery_error,
        "latest_digest_delivery_time": _newest(aws, trail.digests_at),
        "latest_digest_delivery_error": trail.digest_error,
    }


def _selectors(trail: Trail) -> Row:
    advanced = [
        {
            "name": one.get("Name"),
            "field_selectors": [
                {name.lower(): value for name, value in field.items()} for field in one["FieldSelectors"]
            ],
        }
        for one in trail.advanced_selectors
    ]
    usual = [{**_MANAGEMENT, "data_resources": [], "exclude_management_event_sources": []}]
    return {
        "event_selectors": None if advanced else usual,
        "advanced_event_selectors": advanced or None,
        "insight_selectors": [{"insight_type": kind} for kind in trail.insight_types],
    }


def _newest(aws: Cloud, times: Iterable[datetime]) -> datetime | None:
    return aware(max((time for time in times if time <= aws.now()), default=None))
