"""The Regions of an account."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aws_calls.answers import broken_answer
from aws_calls.errors import AwsError
from aws_calls.partitions import known_regions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from source_aws_iam.aws.reader import Reader

logger = logging.getLogger("airbyte.source_aws_iam")

# Enabled in every account; all later Regions of the partition have to be opted into:
# https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
DEFAULT_ENABLED: Final = (
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
    *("eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3"),
    *("ap-south-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2"),
)

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Region.html
NOT_ENABLED: Final = "not-opted-in"
# Where a partition records the events of its global services, IAM first of all:
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html#cloudtrail-concepts-global-service-events
GLOBAL: Final[Mapping[str, str]] = {
    "aws": "us-east-1",
    "aws-cn": "cn-north-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-eusc": "eusc-de-east-1",
}


@dataclass(frozen=True)
class Regions:
    """The Regions of an account in its partition. `not_enabled` are those that the account has not opted into."""

    enabled: tuple[str, ...]
    not_enabled: tuple[str, ...] = ()


def find_regions(ec2: Reader) -> Regions:
    """Return the Regions of the account (ec2:DescribeRegions), or where that is denied, those enabled by default."""
    try:
        found = list(ec2.rows("describe_regions", "Regions", AllRegions=True))
    except AwsError as error:
        if not error.unavailable:
            raise
        default = _default_regions(ec2.partition)
        _warn_of_default(error, ec2.account_id, ", ".join(default))
        return Regions(default)
    named = {region["region_name"]: region.get("opt_in_status") for region in found if region.get("region_name")}
    enabled = sorted(name for name, status in named.items() if status != NOT_ENABLED)
    # Every account has a Region, and rows of a Region without a name would be missing silently.
    if not enabled or len(named) < len(found):
        raise broken_answer(ec2.target("describe_regions"))
    return Regions(tuple(enabled), tuple(sorted(named.keys() - enabled)))


def missing_global_region(partition: str, chosen: Sequence[str]) -> str | None:
    """Return a warning where the `chosen` Regions leave out the one in which IAM is recorded."""
    region = GLOBAL.get(partition)
    if not chosen or region is None or region in chosen:
        return None
    return (
        f"regions leaves out {region}, the only Region of partition {partition} in which changes of IAM are recorded. "
        "Add it to regions, unless you do not need them."
    )


def _warn_of_default(error: AwsError, account_id: str, default: str) -> None:
    if not error.lacks_permission:
        logger.warning(
            "%s The Regions that are enabled by default are read: %s. To read others, list them in regions.",
            error,
            default,
        )
        return
    logger.warning(
        "The permission ec2:DescribeRegions is missing in account %s, so the Regions that are enabled by default are "
        "read: %s. Add the permission, or list your Regions in regions.",
        account_id,
        default,
    )


def _default_regions(partition: str) -> tuple[str, ...]:
    if partition == "aws":
        return tuple(sorted(DEFAULT_ENABLED))
    return tuple(sorted(region for region, of_partition in known_regions().items() if of_partition == partition))
