"""Each declaration of an operation is what botocore's model says of it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore import xform_name
from botocore.session import Session
from botocore.validate import ParamValidator

from aws_calls.models import pagination
from aws_calls.operation import AskedBy, Operation, UndeclaredOperationError, declared
from destination_security_lake.aws.operations import OPERATIONS as OF_LAKE
from source_aws_iam.aws.operations import OPERATIONS as OF_SOURCE

OPERATIONS = {**OF_SOURCE, **OF_LAKE}
CORE = Session()
# IAM's own prefix of an action, where it is not the name that signs.
PREFIXES = {"s3": "s3", "sso-admin": "sso"}
# Actions that IAM has under another name than the operation.
# https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListFindingsV2.html
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
ACTIONS = {
    "ListFindingsV2": "ListFindings",
    "GetFindingV2": "GetFinding",
    **dict.fromkeys(("HeadBucket", "ListObjectsV2"), "ListBucket"),
}
# Its answer is nothing but headers.
NO_MEMBERS = {"s3.head_bucket": {"ResponseMetadata"}}
# Codes that AWS's reference has had, and its model has not.
NOT_IN_THE_MODEL = {
    "iam.get_access_key_last_used": {"NoSuchEntity"},
    "ec2.describe_image_attribute": {"InvalidAMIID.NotFound", "InvalidAMIID.Unavailable"},
    "ec2.describe_snapshot_attribute": {"InvalidSnapshot.NotFound"},
    "ec2.get_managed_prefix_list_entries": {"InvalidPrefixListID.NotFound", "InvalidPrefixListId.NotFound"},
    **{name: {"NoSuchBucket"} for name in ("s3.head_bucket", "s3.list_objects_v2", "s3.get_object", "s3.put_object")},
}


def model_of(name: str) -> Any:
    service, operation = name.split(".")
    model = CORE.get_service_model(service)
    [found] = [each for each in model.operation_names if xform_name(each) == operation]
    return model.operation_model(found)


def problems(name: str, operation: Operation) -> list[str]:
    """Return what is wrong with a declaration, by the model of its operation."""
    model = model_of(name)
    found = []
    prefix = PREFIXES.get(model.service_model.service_name, model.service_model.signing_name)
    if operation.action != f"{prefix}:{ACTIONS.get(model.name, model.name)}":
        found.append(f"action {operation.action}")
    outputs = {*(model.output_shape.members if model.output_shape else {}), *NO_MEMBERS.get(name, ())}
    if not operation.proof or not set(operation.proof) <= outputs:
        found.append(f"proof {operation.proof}")
    paging = pagination(model.service_model.service_name, model.name) or {}
    if set(operation.proof) == {paging.get("output_token")}:
        found.append("proof by the token of the next page, which the last page lacks")
    codes = {shape.metadata.get("error", {}).get("code", shape.name) for shape in model.error_shapes}
    absent = operation.absent | (operation.probe.absent if operation.probe else frozenset())
    codes |= NOT_IN_THE_MODEL.get(name, set())
    if not absent <= codes:
        found.append(f"absent {sorted(absent - codes)}, while the model has {sorted(codes)}")
    if operation.largest_page and model.input_shape.members[paging["limit_key"]].metadata.get("max"):
        found.append("largest page, while the model has a maximum")
    if operation.probe:
        found += _problems_of_probe(operation, model, paging)
    return found


def _problems_of_probe(operation: Operation, model: Any, paging: Any) -> list[str]:
    probe = operation.probe
    assert probe
    shape = model.input_shape
    size = {paging["limit_key"]: operation.smallest_page} if "limit_key" in paging else {}
    texts = {
        name: value.format(partition="aws", account_id="123456789012", region="us-east-1")
        if isinstance(value, str)
        else value
        for name, value in probe.arguments.items()
    }
    arguments = {**operation.arguments, **size, **texts}
    found = []
    if shape is None:
        return [f"arguments {sorted(arguments)} of an operation without any"] if arguments else []
    known = {name: value for name, value in arguments.items() if name in shape.members}
    if known != arguments:
        found.append(f"unknown arguments {sorted(arguments.keys() - known.keys())}")
    missing = {*shape.required_members} - known.keys() - probe.found.keys()
    if missing:
        found.append(f"required arguments {sorted(missing)}")
    report = ParamValidator().validate(known, shape).generate_report() if not probe.found else ""
    if report:
        found.append(report)
    for name, wanted in probe.found.items():
        records = model_of(wanted.operation).output_shape.members.get(wanted.records)
        if name not in shape.members or records is None or wanted.member not in records.member.members:
            found.append(f"the place of {name}")
    return found


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_declaration_is_what_the_model_says(name: str) -> None:
    assert problems(name, OPERATIONS[name]) == []


@pytest.mark.parametrize("name", OPERATIONS)
def test_entities_that_are_gone_are_absent_for_every_call_that_names_one(name: str) -> None:
    """An entity may be deleted between the list and the call for it."""
    operation, model = OPERATIONS[name], model_of(name)
    codes = {shape.metadata.get("error", {}).get("code") for shape in model.error_shapes}
    required = {*model.input_shape.required_members} if model.input_shape else set()
    if name.startswith("iam.") and required and "NoSuchEntity" in codes:
        assert "NoSuchEntity" in operation.absent


def test_wrong_declarations_are_found() -> None:
    """Each of these broke, or would have broken, a stream of another service."""
    assert problems("iam.list_users", Operation("iam:listUsers", ("Users",)))
    assert problems("iam.list_users", Operation("iam:ListUsers", ("Roles",)))
    assert problems("iam.list_users", Operation("iam:ListUsers", ("Users",), absent=frozenset({"NoSuchUser"})))
    assert problems("iam.get_role", Operation("iam:GetRole", ("Role",)))
    assert problems("iam.list_users", Operation("iam:ListUsers", ("Users",), smallest_page=0))
    assert problems("iam.list_users", Operation("iam:ListUsers", ("Users",), largest_page=1000))
    assert problems("iam.list_users", Operation("iam:ListUsers", ("Users",), arguments={"Owners": ["self"]}))
    assert problems("organizations.list_accounts", Operation("organizations:ListAccounts", ("NextToken",)))


def test_who_asks_and_quotas_follow_the_service() -> None:
    for name, operation in OPERATIONS.items():
        service = name.split(".")[0]
        of_hub = service in {"organizations", "sts", "s3"} or name == "cloudtrail.list_public_keys"
        assert (operation.asked_by is AskedBy.HUB) == of_hub, name
        assert (operation.quota is None) == (service in {"sts", "s3"}), name


def test_what_is_not_declared_is_refused_by_name() -> None:
    with pytest.raises(UndeclaredOperationError, match=r"iam\.list_everything is not declared"):
        declared("iam.list_everything", OPERATIONS)


def test_the_destination_calls_only_what_the_boundary_of_security_lake_allows() -> None:
    assert {operation.action for operation in OF_LAKE.values()} == {
        *("sts:GetCallerIdentity", "sts:AssumeRole"),  # of the identity that has no boundary, and allowed to everybody
        *("s3:ListBucket", "s3:PutObject"),
    }
