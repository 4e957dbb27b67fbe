"""The configuration of the destination: what is wrong with it in words, and its types."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from destination_security_lake.config.settings import Settings
from destination_security_lake.config.sources import CHOICES
from destination_security_lake.config.validation import problems
from destination_security_lake.ocsf.classes import GROUP_MANAGEMENT, USER_ACCESS, USER_INVENTORY

ROLE = {"auth_type": "iam_role", "role_arn": "arn:aws:iam::123456789012:role/lake"}
KEY = {"auth_type": "access_key", "access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "a" * 40}
GOV_ROLE = {**ROLE, "role_arn": "arn:aws-us-gov:iam::123456789012:role/lake"}
SEVERAL = (
    "source_name is for one class, and classes has several: Security Lake demands a source of its own for each. Choose "
    "one class, or leave source_name empty and create the sources iam-user-inventory and so on."
)


def config(**fields: Any) -> dict[str, Any]:
    return {"credentials": ROLE, "url": "s3://lake-of-mine", **fields}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"credentials": KEY},
        {"url": "https://lake-of-mine.s3.eu-west-1.amazonaws.com/below/here", "region": "eu-west-1"},
        {"url": "https://lake-of-mine.s3.us-gov-west-1.amazonaws.com", "credentials": GOV_ROLE},
        {"classes": ["user_inventory"], "source_name": "my-users"},
        {"classes": [*CHOICES], "source_name": "", "region": None},
        {"lake_region": "eu-west-2", "flush_size_mb": 16.0, "flush_age_minutes": 1440},
        {"endpoint_url": "http://127.0.0.1:5000"},
        {"a field of a later version": 1},
    ],
)
def test_a_valid_config_has_no_problem(fields: dict[str, Any]) -> None:
    assert problems(config(**fields)) == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"url": None}, "url is missing."),
        (
            {"url": "lake-of-mine"},
            "url must look like this: s3://bucket/prefix or https://bucket.s3.eu-west-1.amazonaws.com/prefix.",
        ),
        ({"url": "s3://lake-of-mine/ext/x"}, "url has ext/ in its prefix. Leave it out, and all that follows: the "),
        ({"credentials": {}}, "credentials.auth_type must be one of: iam_role, access_key."),
        ({"credentials": {**KEY, "secret_access_key": ""}}, "credentials.secret_access_key is missing."),
        (
            {"credentials": {**ROLE, "session_token": "x"}},
            "credentials.session_token needs the access_key_id and secret_access_key that were issued with it.",
        ),
        ({"classes": ["findings"]}, "classes.0 must be one of: user_inventory, group_management, user_access, "),
        ({"classes": []}, "classes must have at least 1 item."),
        ({"classes": ["user_access", "user_access"]}, "classes must not name anything twice."),
        ({"source_name": "my-users"}, SEVERAL),
        ({"classes": ["user_access", "api_activity"], "source_name": "my-users"}, SEVERAL),
        ({"classes": ["user_access"], "source_name": "a" * 21}, "source_name must have at most 20 characters."),
        ({"classes": ["user_access"], "source_name": "../x"}, "source_name must look like this: at most 20 of "),
        ({"classes": ["user_access"], "source_name": ".."}, "source_name must look like this: at most 20 of "),
        ({"classes": ["user_access"], "source_name": "_x"}, "source_name must look like this: at most 20 of "),
        ({"region": "eu-west-11"}, "region is not a Region of AWS; did you mean eu-west-1"),
        ({"region": "Ireland"}, "region must look like this: a Region name such as us-east-1."),
        ({"lake_region": "xx-nowhere-1"}, "lake_region is not a Region of AWS."),
        (
            {"url": "https://lake-of-mine.s3.eu-wset-1.amazonaws.com"},
            "url names a Region that is none of AWS; did you mean eu-west-1",
        ),
        (
            {"url": "https://lake-of-mine.s3.eu-west-1.amazonaws.com", "region": "eu-west-2"},
            "region is not the Region that url names. Correct one of them, or leave region empty.",
        ),
        (
            {"url": "https://lake-of-mine.s3.cn-north-1.amazonaws.com.cn"},
            "credentials.role_arn lies in the partition aws, but url in aws-cn. The bucket and the role have to be in ",
        ),
        (
            {"region": "us-gov-west-1", "lake_region": "us-east-1", "credentials": KEY},
            "lake_region lies in the partition aws, but region in aws-us-gov.",
        ),
        ({"flush_size_mb": 15}, "flush_size_mb must be at least 16."),
        ({"flush_size_mb": 4097}, "flush_size_mb must be at most 4096."),
        ({"flush_age_minutes": 4}, "flush_age_minutes must be at least 5."),
        ({"flush_age_minutes": 1441}, "flush_age_minutes must be at most 1440."),
        ({"endpoint_url": "https://me:secret@host"}, "endpoint_url must not hold a user name or password: "),
    ],
)
def test_a_problem_is_said_in_a_sentence_that_names_its_field(fields: dict[str, Any], said: str) -> None:
    [found] = problems(config(**fields))

    assert found.startswith(said)
    assert found.endswith((".", "?"))


def test_every_problem_is_said_at_once() -> None:
    assert len(problems(config(source_name="x", endpoint_url="http://h:0", url="s3://lake/a?b"))) == 3


def test_no_problem_quotes_a_value() -> None:
    secret = "THE-SECRET"
    broken = dict.fromkeys(("url", "region", "lake_region", "source_name", "endpoint_url"), secret)
    for fields in (broken, {"url": f"s3://{secret}/x"}, {"credentials": {**KEY, "secret_access_key": f"{secret} x"}}):
        said = problems(config(**fields))
        assert said
        assert secret not in " ".join(said)


def test_the_settings_say_where_the_lake_is() -> None:
    settings = Settings.of(config(url="https://lake-of-mine.s3.eu-west-1.amazonaws.com/below/here"))

    assert (settings.bucket, settings.prefix) == ("lake-of-mine", "below/here/")
    assert settings.region == settings.lake_region == settings.options.region == "eu-west-1"


def test_without_a_region_s3_is_asked_in_one_of_the_partition_of_the_role() -> None:
    for role, home in ((ROLE, "us-east-1"), (GOV_ROLE, "us-gov-east-1"), (KEY, "us-east-1")):
        settings = Settings.of(config(credentials=role))
        assert (settings.region, settings.lake_region, settings.options.region) == ("", "", home)


def test_the_region_of_the_keys_may_be_another() -> None:
    settings = Settings.of(config(region="eu-west-1", lake_region="eu-west-2"))

    assert (settings.region, settings.lake_region) == ("eu-west-1", "eu-west-2")


def test_by_default_classes_are_written_that_a_lake_has_from_nobody_else() -> None:
    assert Settings.of(config()).classes == (USER_INVENTORY, GROUP_MANAGEMENT, USER_ACCESS)


def test_each_class_has_a_source_and_one_class_may_have_a_name_of_its_own() -> None:
    usual = Settings.of(config())
    named = Settings.of(config(classes=["user_inventory"], source_name="my-users"))

    assert usual.source_name(GROUP_MANAGEMENT) == "iam-group-mgmt"
    assert named.source_name(USER_INVENTORY) == "my-users"


def test_sizes_and_ages_have_units() -> None:
    settings = Settings.of(config(flush_size_mb=16, flush_age_minutes=5))

    assert (settings.flush_bytes, settings.flush_age) == (16_000_000, timedelta(minutes=5))


def test_secrets_are_not_printed_with_the_settings() -> None:
    settings = Settings.of(config(credentials={**ROLE, "external_id": "THE-SECRET"}))

    assert "THE-SECRET" not in repr(settings)
    assert settings.options.role
    assert settings.options.role.external_id == "THE-SECRET"
    assert settings.options.role.session_name == "airbyte-destination-security-lake"
