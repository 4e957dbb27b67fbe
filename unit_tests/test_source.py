"""The class that the CDK loads: what it changes of the CDK."""

from __future__ import annotations

from source_aws_iam.source import RECORDS_WAITING, SourceAwsIam


def test_few_records_wait_in_memory_to_be_written() -> None:
    config = {"credentials": {"auth_type": "iam_role", "role_arn": "arn:aws:iam::123456789012:role/nobody"}}
    assert SourceAwsIam(config=config)._concurrent_source._queue.maxsize == RECORDS_WAITING
