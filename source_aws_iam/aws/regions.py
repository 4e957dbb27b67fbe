"""Which Regions an account has."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from source_aws_iam.aws.answers import broken_answer
from source_aws_iam.aws.core import CoreSession
from source_aws_iam.aws.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from source_aws_iam.aws.session import Session

logger = logging.getLogger("airbyte.source_aws_iam")

# Enabled in every account; all later Regions of the partition have to be opted into:
# https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
DEFAULT_ENABLED: Final = (
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
    *("eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3"),
    *("ap-south-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2"),
)


# Where a partition records the events of its global services, IAM first of all:
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html#cloudtrail-concepts-global-service-events
GLOBAL: Final[Mapping[str, str]] = {
    "aws": "us-east-1",
    "aws-cn": "cn-north-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-eusc": "eusc-de-east-1",
}


@lru_cache
def known_regions() -> dict[str, str]:
    """Return {Region: partition} of every Region that this version of botocore knows."""
    core = CoreSession(identity=False)
    return {
        region: partition
        for partition in core.get_available_partitions()
        for region in core.get_available_regions("cloudtrail", partition)
    }


def enabled_regions(session: Session) -> list[str]:
    """Return the Regions enabled in the account (ec2:DescribeRegions), or where that is closed the usual ones."""
    try:
        ec2 = session.caller("ec2")
        answer = ec2.call("describe_regions", expect="Regions")
    except AwsError as error:
        if not error.unavailable:
            raise
        usual = _usual_regions(session.partition)
        _warn_of_usual(error, session.account_id, ", ".join(usual))
        return usual
    names = {region.get("RegionName") for region in answer["Regions"]}
    # Every account has a Region, and the events of one without a name would be missing without a word.
    if not names or None in names:
        raise broken_answer(ec2.target("describe_regions"))
    return sorted(names)


def audit_regions(session: Session, chosen: Sequence[str]) -> Sequence[str]:
    """Return where the audit events of an account are read: the Regions that were `chosen`, or all enabled ones."""
    return chosen or enabled_regions(session)


def missing_home(partition: str, chosen: Sequence[str]) -> str | None:
    """Return a warning where the Regions that were `chosen` leave out the one that matters most."""
    home = GLOBAL.get(partition)
    if not chosen or home is None or home in chosen:
        return None
    return (
        f"regions leaves out {home}, the only Region of partition {partition} in which changes of IAM are recorded. "
        "Add it to regions, unless you do without them."
    )


def _warn_of_usual(error: AwsError, account_id: str, usual: str) -> None:
    if not error.lacks_permission:
        logger.warning(
            "%s Audit events are read in the Regions that are enabled by default: %s. To read others, list them in "
            "regions.",
            error,
            usual,
        )
        return
    logger.warning(
        "The permission ec2:DescribeRegions is missing in account %s, so audit events are read in the Regions that "
        "are enabled by default: %s. Add the permission, or list your Regions in regions.",
        account_id,
        usual,
    )


def _usual_regions(partition: str) -> list[str]:
    if partition == "aws":
        return sorted(DEFAULT_ENABLED)
    return sorted(region for region, home in known_regions().items() if home == partition)
