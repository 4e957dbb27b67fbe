"""Every stream of the inventory, on days when AWS's answers lack members or have odd ones."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.types import StreamSlice
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

import source_aws_iam
from unit_tests.iam.aws_answers import ACCOUNT_ID
from unit_tests.streams.odd_aws import OddAws

PACKAGE = Path(source_aws_iam.__file__).parent
MANIFEST = yaml.safe_load((PACKAGE / "manifest.yaml").read_text("utf-8"))
DECLARED = {stream["name"]: stream for stream in MANIFEST["streams"] if stream["name"] != "audit_events"}
SCHEMAS = {
    name: Draft7Validator(json.loads((PACKAGE / "schemas" / f"{name}.json").read_text("utf-8"))) for name in DECLARED
}
LISTING = MANIFEST["definitions"]["listing"]
BULK = "GetAccountAuthorizationDetails"
SLICE = StreamSlice(partition={"account_id": ACCOUNT_ID}, cursor_slice={})


def made(name: str, aws: OddAws) -> Any:
    """Return the retriever of a stream as the manifest declares it."""
    declared = DECLARED[name]
    retriever = declared["retriever"]
    module, _, component = retriever.get("class_name", LISTING["class_name"]).rpartition(".")
    given = {key: retriever[key] for key in ("needs", "counter", "operation", "records") if key in retriever}
    key = declared["primary_key"]
    stream = getattr(import_module(module), component)(name=name, config=aws.config, primary_key=key, **given)
    stream._connection.hub = aws.session
    return stream


def read(name: str, aws: OddAws) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of a stream. It may fail in words, where AWS refuses it or answers with nothing at all."""
    try:
        yield from made(name, aws).read_records({}, SLICE)
    except AirbyteTracedException as error:
        if error.failure_type is FailureType.system_error:
            raise


@settings(deadline=None, max_examples=12)
@given(seed=st.integers(0, 2**32), bulk=st.booleans(), report=st.booleans(), everything=st.booleans())
def test_no_answer_of_aws_stops_a_stream_and_every_row_can_be_loaded(
    *, seed: int, bulk: bool, report: bool, everything: bool
) -> None:
    refused = {*([] if bulk else [BULK]), *([] if report else ["GetCredentialReport"])}
    options = {"include_policy_tags": everything, "ask_every_user": everything, "include_all_aws_policies": everything}
    aws = OddAws(seed, refuses=refused.__contains__, **options)
    for name, declared in DECLARED.items():
        for row in read(name, aws):
            assert [*SCHEMAS[name].iter_errors(row)] == [], name
            assert all(row[key] is not None for key in declared["primary_key"]), name
