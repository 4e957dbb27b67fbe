"""ec2_vpc_endpoints: the ways from networks to services of AWS, with the policies that govern them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from source_aws_iam.aws.values import json_object
from source_aws_iam.streams.listing import RegionalListing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.aws.session import Session


@dataclass
class VpcEndpoints(RegionalListing):
    """One row per endpoint. A policy that is no JSON object is in `document_text`."""

    def rows_of_region(self, session: Session, region: str, *, enabled: bool) -> Iterable[Row]:
        """Yield the endpoints of one Region, page by page."""
        for endpoint in super().rows_of_region(session, region, enabled=enabled):
            text = endpoint.get("policy_document")
            document, odd = json_object(text) if text else (None, None)
            yield {**endpoint, "policy_document": document, "document_text": odd}
