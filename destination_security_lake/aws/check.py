"""What `check` does: it signs in, finds the bucket, and asks whether each source may be written. It writes nothing.

An object of a test could not be deleted again, and every subscriber of the lake would be told of it:
https://docs.aws.amazon.com/security-lake/latest/userguide/subscriber-data-access.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from destination_security_lake.aws.bucket import Bucket
from destination_security_lake.aws.failures import may_not_write
from destination_security_lake.aws.session import LakeClients, Session

if TYPE_CHECKING:
    from destination_security_lake.config.settings import Settings

# https://docs.aws.amazon.com/security-lake/latest/userguide/manage-regions.html
_OF_SECURITY_LAKE: Final = re.compile(r"aws-security-data-lake-.+")
# Readers of tables leave out what begins with an underscore, should a gateway store it in spite of its checksum.
_NAME: Final = "_check"


def check(settings: Settings) -> list[str]:
    """Return sentences for the log: who writes, where, and what. Raises AwsError, with all that is missing."""
    session = Session(LakeClients(settings.options))
    session.sign_in()
    bucket = Bucket.found(session, settings)
    sources = [f"ext/{settings.source_name(one)}/" for one in settings.classes]
    refusals = {bucket.arn(f"{source}*"): bucket.denied(f"{source}{_NAME}") for source in sources}
    denied = {arn: error for arn, error in refusals.items() if error}
    if denied:
        raise may_not_write(denied, settings.options.role.arn if settings.options.role else "")
    return [*_said(session, bucket), _MAY_WRITE.format(bucket=bucket.name, sources=", ".join(sources))]


_MAY_WRITE: Final = (
    "The bucket {bucket} may be written below {sources}. Nothing was written to find that out. Whether its key of AWS "
    "KMS may be used, if it has one, only the first upload tells."
)


def _said(session: Session, bucket: Bucket) -> list[str]:
    who = f"{session.arn} in account {session.account_id} writes" if session.arn else "The key writes"
    kind = "" if _OF_SECURITY_LAKE.fullmatch(bucket.name) else " By its name, it is no bucket of Security Lake."
    where = f"the bucket {bucket.name} in Region {bucket.region}, with region={bucket.lake_region} in the keys."
    return [f"{who} to {where}{kind}"]
