"""The streams of the Regions of an account."""

from __future__ import annotations

from collections.abc import Iterator

from embedded_aws.server.cloud import Cloud
from embedded_aws.truth.values import Row, by_key


def ec2_key_pairs(aws: Cloud) -> Iterator[Row]:
    for (account_id, region), pairs in aws.key_pairs.items():
        for pair in pairs if account_id == aws.account_id and region in aws.regions_of(account_id) else ():
            yield {
                "region": region,
                "key_pair_id": pair["KeyPairId"],
                "key_name": pair["KeyName"],
                "key_type": pair["KeyType"],
                "key_fingerprint": pair["KeyFingerprint"],
                "create_time": pair["CreateTime"],
                "tags": by_key(pair["Tags"]),
            }
