"""The streams of IAM Access Analyzer."""

from __future__ import annotations

from collections.abc import Iterator

from embedded_aws.server.cloud import Cloud
from embedded_aws.truth.values import Row


def access_analyzer_findings(aws: Cloud) -> Iterator[Row]:
    """Every finding as lists have it. Details are read where the form asks for them."""
    for (account_id, region), analyzers in aws.analyzers.items():
        for analyzer in analyzers if account_id == aws.account_id and region in aws.regions_of(account_id) else ():
            for finding in analyzer.findings:
                yield {
                    "region": region,
                    "analyzer_arn": analyzer.summary["arn"],
                    "analyzer_name": analyzer.summary["name"],
                    "analyzer_type": analyzer.summary["type"],
                    "finding_id": finding["id"],
                    "finding_type": finding.get("findingType"),
                    "resource": finding.get("resource"),
                    "resource_type": finding["resourceType"],
                    "resource_owner_account": finding["resourceOwnerAccount"],
                    "status": finding["status"],
                    "created_at": finding["createdAt"],
                    "updated_at": finding["updatedAt"],
                    "analyzed_at": finding["analyzedAt"],
                    "error": finding.get("error"),
                    "details": None,
                    "unavailable_fields": [],
                }
