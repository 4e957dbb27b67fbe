"""How embedded AWS answers is on record, so that a change of it is seen in review."""

from __future__ import annotations

from typing import Any

import pytest

from contract.__main__ import RECORDED
from contract.comparison import compare
from contract.embedded import learn_from_embedded_aws
from contract.learning import COMPARED
from contract.models import operation_model
from contract.recording import MADE_UP, Recording, read, written
from contract.shapes import ITEM, shape_of
from contract.tests.test_redaction import OF_RECORDS, unexplained
from source_aws_iam.aws.operations import OPERATIONS

CALLS = {"the whole answer", "the first page", "the next page", "page", "asked", "honoured", MADE_UP}


@pytest.fixture(scope="module")
def recorded() -> Recording:
    return read(RECORDED)


def test_embedded_aws_answers_as_it_is_on_record(recorded: Recording) -> None:
    answers = learn_from_embedded_aws()
    assert compare(answers, recorded, OPERATIONS).differences == []
    assert compare(recorded, answers, OPERATIONS).differences == []
    assert written(answers) == RECORDED.read_text("utf-8"), "python -m contract --record writes it anew"


@pytest.mark.parametrize("operation", COMPARED)
def test_every_list_of_an_operation_shows_what_its_items_are_like(operation: str, recorded: Recording) -> None:
    shape = shape_of(recorded[operation])
    answer: Any = operation_model(operation).output_shape
    lists = [f".{name}" for name, member in answer.members.items() if member.type_name == "list"]
    assert [path for path in lists if path in shape.types and path + ITEM not in shape.types] == []
    assert shape.types


@pytest.mark.parametrize("operation", COMPARED)
def test_the_record_has_no_text_of_the_account(operation: str, recorded: Recording) -> None:
    codes = {kept["code"] for kept in recorded[operation] if "code" in kept}
    declared = OPERATIONS[operation]
    assert codes <= declared.absent | (declared.probe.absent if declared.probe else set())
    types = {"application/x-amz-json-1.1", "application/json", "application/xml"}
    assert set(unexplained(recorded[operation], operation)) <= OF_RECORDS | CALLS | codes | types
