"""The streams of the inventory as the manifest declares them, made without the CDK."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from airbyte_cdk.sources.types import StreamSlice

import source_aws_iam
from source_aws_iam.source import SourceAwsIam
from source_aws_iam.sync.context import SYNC_CONTEXT, SyncContext

PACKAGE = Path(source_aws_iam.__file__).parent
# Regions fail one by one: integration_tests/test_key_pairs.py and unit_tests/streams/test_regional_stream.py.
OTHERS = {"audit_events", "sync_coverage", "access_analyzer_findings", "trails", "trail_digests"}
ALL = {stream["name"]: stream for stream in SourceAwsIam().resolved_manifest["streams"]}
DECLARED = {name: stream for name, stream in ALL.items() if name not in OTHERS and not name.startswith("ec2_")}
# What the manifest entry of a retriever gives its class.
_GIVEN = ("needs", "counter", "operation", "records", "items", "parent_columns")


def stream_of(context: SyncContext, name: str) -> Any:
    """Return the retriever of a stream."""
    declared = ALL[name]
    retriever = declared["retriever"]
    module, _, component = retriever["class_name"].rpartition(".")
    given = {key: retriever[key] for key in _GIVEN if key in retriever}
    made = getattr(import_module(module), component)
    return made(name=name, config={SYNC_CONTEXT: context}, primary_key=declared["primary_key"], **given)


def slice_of(account_id: str) -> StreamSlice:
    """Return the partition of an account."""
    return StreamSlice(partition={"account_id": account_id}, cursor_slice={})
