"""The public keys with which digests are verified. Each Region has its own, and any account may ask for them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from aws_calls.errors import AwsError, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from source_aws_iam.aws.session import Session

logger = logging.getLogger("airbyte.source_aws_iam")

LIST: Final = "list_public_keys"


@dataclass(frozen=True)
class PublicKeys:
    """The keys that were valid from `since` to `until`. `hub` asks for them. Thread-safe."""

    stream: str
    hub: Session
    since: datetime
    until: datetime

    def of(self, region: str) -> Mapping[str, bytes] | None:
        """Return {fingerprint: public key in DER}, and None where AWS does not tell this caller. Raises AwsError."""
        reader = self.hub.reader("cloudtrail", region)
        try:
            return reader.settled("public_keys", lambda: self._listed(region))
        except AwsError as error:
            # Also where the Region is not enabled in the account of the credentials, and is in another.
            if error.outcome is not Outcome.ACT:
                raise
            reader.once("no_public_keys", partial(self._warn, region, str(error)))
            return None

    def _listed(self, region: str) -> Mapping[str, bytes]:
        reader = self.hub.reader("cloudtrail", region)
        listed = reader.rows(LIST, "PublicKeyList", StartTime=self.since, EndTime=self.until)
        return {key["fingerprint"]: key["value"] for key in listed if key.keys() >= {"fingerprint", "value"}}

    def _warn(self, region: str, cause: str) -> None:
        logger.warning(
            "%s: %s Digests of Region %s are therefore checked without their signatures.", self.stream, cause, region
        )
