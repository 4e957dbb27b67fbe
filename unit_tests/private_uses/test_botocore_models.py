"""What the connector uses of botocore's models and small functions without a promise."""

from __future__ import annotations

from typing import Any

from botocore.session import Session

from unit_tests.private_uses.aws_client import client
from unit_tests.private_uses.uses import canary, name


@canary(
    "Models say how values are written: `type_name`, `members`, `member`, `key`, `value`, `serialization` (`name`, "
    "`resultWrapper`), `is_document_type`, `metadata`, `required_members`, `resolved_protocol`",
    sign="type_name",
    why="Answers are read, and named as columns, by AWS's own models.",
    instead="Read the same from the JSON of the models: `botocore.loaders.Loader` gives it.",
)
def test_models_say_how_values_are_written() -> None:
    iam: Any = Session().get_service_model("iam")
    operation = iam.operation_model("ListUsers")
    assert (iam.resolved_protocol, iam.signing_name, iam.service_id.hyphenize()) == ("query", "iam", "iam")
    answer, request = operation.output_shape, operation.input_shape
    assert (answer.type_name, answer.serialization["resultWrapper"]) == ("structure", "ListUsersResult")
    assert (answer.required_members, answer.is_document_type) == (["Users"], False)
    assert answer.members["Users"].member.members["UserName"].type_name == "string"
    assert request.members["MaxItems"].metadata["max"] == 1000
    summary = iam.operation_model("GetAccountSummary").output_shape.members["SummaryMap"]
    assert (summary.key.type_name, summary.value.type_name, summary.value.serialization) == ("string", "integer", {})
    ec2: Any = Session().get_service_model("ec2")
    regions = ec2.operation_model("DescribeRegions").output_shape
    assert regions.members["Regions"].serialization["name"] == "regionInfo"


@canary(
    "`client.meta` has the `service_model` and `method_to_api_mapping` of a client",
    sign="method_to_api_mapping",
    why="Streams name operations as boto3's methods do, and sentences name them as AWS does.",
    instead="Make the mapping of `botocore.xform_name` and the names of the model's operations.",
)
def test_a_client_knows_the_operations_of_its_methods() -> None:
    meta = client().meta
    assert meta.method_to_api_mapping["list_users"] == "ListUsers"
    assert meta.service_model.service_name == "iam"
    assert meta.endpoint_url == "https://iam.amazonaws.com"


@canary(
    "`Loader` reads models, and the file `paginators-1`, from botocore's own folder alone",
    sign="BUILTIN_DATA_PATH",
    why="Models in ~/.aws/models and AWS_DATA_PATH are not meant, and pages are read by our own loop.",
    instead="Use `client.get_paginator` for what is paged how, and unset AWS_DATA_PATH for the session.",
)
def test_models_are_read_from_botocore_alone() -> None:
    loader = name("botocore.loaders:Loader")
    own = loader(extra_search_paths=[loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
    assert own.search_paths == [loader.BUILTIN_DATA_PATH]
    assert own.load_service_model("iam", "paginators-1")["pagination"]["ListUsers"] == {
        "input_token": "Marker",
        "limit_key": "MaxItems",
        "more_results": "IsTruncated",
        "output_token": "Marker",
        "result_key": "Users",
    }


@canary(
    "`botocore.utils` has `parse_timestamp`, `lowercase_dict`, `is_valid_endpoint_url` and "
    "`is_valid_ipv6_endpoint_url`",
    sign="from botocore.utils import",
    why="Times and addresses are those that botocore accepts.",
    instead="Write them down here: each takes a few lines.",
)
def test_botocore_lends_small_functions() -> None:
    assert name("botocore.utils:parse_timestamp")("2026-01-01T00:00:00Z").year == 2026
    assert name("botocore.utils:lowercase_dict")({"A": 1}) == {"a": 1}
    assert name("botocore.utils:is_valid_endpoint_url")("https://example.com:1")
    assert not name("botocore.utils:is_valid_endpoint_url")("https://exa mple.com")
    assert name("botocore.utils:is_valid_ipv6_endpoint_url")("https://[::1]:1")


@canary(
    "`botocore.xform_name` makes the names of methods, and of columns",
    sign="xform_name",
    why="Columns are named as boto3 names things, and may never change.",
    instead="Copy what it does to `values.py`, with its exceptions: columns must stay.",
)
def test_names_in_snake_case_are_those_of_botocore() -> None:
    names = {
        "ListMFADevices": "list_mfa_devices",
        "SSHPublicKeyId": "ssh_public_key_id",
        "AccessKeysPerUserQuota": "access_keys_per_user_quota",
        "ListOpenIDConnectProviders": "list_open_id_connect_providers",
        "OpenIDConnectProviderArn": "open_id_connect_provider_arn",
        "SAMLProviderArn": "saml_provider_arn",
    }
    assert {long: name("botocore:xform_name")(long) for long in names} == names


@canary(
    "`ParamValidator().validate(request, shape).has_errors()` says whether a model allows a request",
    sign="ParamValidator",
    why="An id in an answer may be one that no call takes; it is then not asked for.",
    instead="Catch `ParamValidationError`, which is documented, where the call is made.",
)
def test_a_request_can_be_validated_without_making_it() -> None:
    model: Any = Session().get_service_model("iam")
    shape = model.operation_model("GetUser").input_shape
    validator = name("botocore.validate:ParamValidator")()
    assert [validator.validate({"UserName": one}, shape).has_errors() for one in ("ana", "")] == [False, True]
