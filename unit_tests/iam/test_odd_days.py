"""Every stream of the inventory, with answers that lack members or have odd ones."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from unit_tests.iam.aws_answers import ACCOUNT_ID
from unit_tests.iam.odd_aws import OddAws
from unit_tests.inventory import DECLARED, PACKAGE, slice_of, stream_of

SCHEMAS = {
    name: Draft7Validator(json.loads((PACKAGE / "schemas" / f"{name}.json").read_text("utf-8"))) for name in DECLARED
}
BULK = "GetAccountAuthorizationDetails"


def read(name: str, aws: OddAws) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of a stream. It may fail in words, where AWS refuses it or answers with nothing at all."""
    try:
        yield from stream_of(aws.context, name).read_records({}, slice_of(ACCOUNT_ID))
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
