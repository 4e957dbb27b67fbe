"""The class that the CDK loads: what it changes of the CDK."""

from __future__ import annotations

from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets, update_secrets

from source_aws_iam.command_line import Entrypoint
from source_aws_iam.source import RECORDS_WAITING, SourceAwsIam


def test_few_records_wait_in_memory_to_be_written() -> None:
    config = {"credentials": {"auth_type": "iam_role", "role_arn": "arn:aws:iam::123456789012:role/nobody"}}
    assert SourceAwsIam(config=config)._concurrent_source._queue.maxsize == RECORDS_WAITING


def test_external_ids_in_a_list_of_roles_are_masked_too() -> None:
    arn = "arn:aws:iam::123456789012:role/reader"
    config = {
        "credentials": {"auth_type": "iam_role", "role_arn": arn, "external_id": "of-the-hub"},
        "accounts": {"scope": "list", "roles": [{"role_arn": arn, "external_id": "of-a-member"}, {"role_arn": arn}]},
    }
    specification = SourceAwsIam(config=config).resolved_manifest["spec"]["connection_specification"]
    try:
        Entrypoint.set_up_secret_filter(config, specification)
        assert filter_secrets(f"{arn} of-the-hub of-a-member") == f"{arn} **** ****"
    finally:
        update_secrets([])
