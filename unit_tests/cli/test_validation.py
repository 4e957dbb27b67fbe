"""The problems of a configuration: one sentence each, with the field and never its value."""

import math
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

import source_aws_iam
from aws_calls.form.values import given as filled_in
from source_aws_iam.cli.validation import problems
from source_aws_iam.config import Settings

Config = dict[str, Any]

MANIFEST = yaml.safe_load(Path(source_aws_iam.__file__).with_name("manifest.yaml").read_text(encoding="utf-8"))
SPEC: Config = MANIFEST["spec"]["connection_specification"]
FIELDS: list[str] = list(SPEC["properties"])
ROLE_FIELDS: list[str] = list(SPEC["properties"]["credentials"]["oneOf"][0]["properties"])
ARN = "arn:aws:iam::123456789012:role/airbyte-read"
ROLE = {"auth_type": "iam_role", "role_arn": ARN}
KEY = {"auth_type": "access_key", "access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "a" * 40}
TEMPORARY = {**KEY, "access_key_id": "ASIAIOSFODNN7EXAMPLE", "session_token": "b" * 400}
BASE = {name: KEY[name] for name in ("access_key_id", "secret_access_key")}
ARN_SHAPE = "credentials.role_arn must look like this: arn:aws:iam::123456789012:role/path/name."
DATE_SHAPE = "start_date must look like this: YYYY-MM-DDTHH:mm:ssZ."
REGION_SHAPE = "region must look like this: a Region name such as us-east-1."
URL_SHAPE = "endpoint_url must look like this: https://host or https://host:port."
EXTERNAL_ID_SHAPE = "credentials.external_id must look like this: 2 to 1224 of A-Z a-z 0-9 _ + = , . @ : / -."
DAMAGED = "{} holds a character that AWS does not issue. Enter it again; it may have been damaged."
TOGETHER = "credentials.access_key_id and credentials.secret_access_key belong together: enter both or neither."
NEEDS_KEY = "credentials.session_token needs the access_key_id and secret_access_key that were issued with it."
NEEDS_TOKEN = "credentials.access_key_id is that of a temporary key (ASIA…), which needs its credentials.session_token."


def said_of(credentials: object, **rest: object) -> list[str]:
    return problems({"credentials": credentials, **rest}, SPEC)


@pytest.mark.parametrize(
    "config",
    [
        {"credentials": ROLE},
        {"credentials": {**ROLE, **BASE, "external_id": "x-1"}},
        {"credentials": {**ROLE, **TEMPORARY, "auth_type": "iam_role"}},
        {"credentials": KEY},
        {"credentials": TEMPORARY},
        {"credentials": ROLE, "regions": ["us-east-1", "eu-west-1"], "start_date": "2026-01-01T00:00:00Z"},
        {"credentials": ROLE, "endpoint_url": "https://vpce-1.iam.us-east-1.vpce.amazonaws.com:8443/aws"},
        {"credentials": KEY, "endpoint_url": "http://127.0.0.1:5000"},
        {"credentials": ROLE, "a field of a later version": 1},
    ],
)
def test_a_valid_config_has_no_problem(config: Config) -> None:
    assert problems(config, SPEC) == []


@pytest.mark.parametrize(
    "credentials",
    [
        ROLE | {"external_id": "", "access_key_id": "", "secret_access_key": "", "session_token": ""},
        KEY | {"session_token": ""},
    ],
)
def test_an_optional_field_that_a_form_sends_empty_was_not_filled_in(credentials: Config) -> None:
    assert said_of(credentials) == []


def test_a_config_without_credentials_misses_them() -> None:
    for config in ({}, {"credentials": None}, {"credentials": ""}):
        assert problems(config, SPEC) == ["credentials is missing."]


@pytest.mark.parametrize(
    "credentials", [{}, "role", 1, [], {"auth_type": "key"}, {"auth_type": None}, {"role_arn": ARN}]
)
def test_the_ways_to_sign_in_are_named_when_none_of_them_is_chosen(credentials: object) -> None:
    assert said_of(credentials) == ["credentials.auth_type must be one of: iam_role, access_key."]


@pytest.mark.parametrize("credentials", [{"auth_type": []}, {"auth_type": {}}])
def test_not_even_nonsense_in_place_of_credentials_is_a_crash(credentials: object) -> None:
    assert said_of(credentials) == ["credentials.auth_type must be one of: iam_role, access_key."]


def test_a_required_field_that_is_missing_is_named() -> None:
    assert said_of({"auth_type": "iam_role"}) == ["credentials.role_arn is missing."]
    assert said_of({"auth_type": "access_key", "access_key_id": KEY["access_key_id"]}) == [
        "credentials.secret_access_key is missing."
    ]


def test_every_required_field_that_is_missing_is_named() -> None:
    assert said_of({"auth_type": "access_key"}) == [
        "credentials.access_key_id is missing.",
        "credentials.secret_access_key is missing.",
    ]


@pytest.mark.parametrize(
    ("credentials", "missing"),
    [
        (ROLE | {"role_arn": ""}, ["role_arn"]),
        (KEY | {"access_key_id": ""}, ["access_key_id"]),
        (KEY | {"access_key_id": "", "secret_access_key": ""}, ["access_key_id", "secret_access_key"]),
    ],
)
def test_a_required_field_that_is_empty_is_missing(credentials: Config, missing: list[str]) -> None:
    assert said_of(credentials) == [f"credentials.{name} is missing." for name in missing]


@pytest.mark.parametrize(
    ("field", "value", "sentences"),
    [
        ("external_id", "x", ["credentials.external_id must have at least 2 characters."]),
        ("external_id", "xy", []),
        ("external_id", "x" * 1224, []),
        ("external_id", "x" * 1225, ["credentials.external_id must have at most 1224 characters."]),
        ("external_id", "Az09_+=,.@:/-", []),
        ("external_id", "two words", [EXTERNAL_ID_SHAPE]),
        ("external_id", "naïve", [EXTERNAL_ID_SHAPE]),
        ("role_session_name", "x", ["credentials.role_session_name must have at least 2 characters."]),
        ("role_session_name", "x" * 64, []),
        ("role_session_name", "x" * 65, ["credentials.role_session_name must have at most 64 characters."]),
        ("role_session_name", "Az09_+=,.@-", []),
        (
            "role_session_name",
            "a/b",
            ["credentials.role_session_name must look like this: 2 to 64 of A-Z a-z 0-9 _ + = , . @ -."],
        ),
        ("duration_seconds", 899, ["credentials.duration_seconds must be at least 900."]),
        ("duration_seconds", 900, []),
        ("duration_seconds", 43200, []),
        ("duration_seconds", 43201, ["credentials.duration_seconds must be at most 43200."]),
        ("duration_seconds", "3600", ["credentials.duration_seconds must be of type integer."]),
    ],
)
def test_a_role_is_held_to_the_limits_of_sts(field: str, value: object, sentences: list[str]) -> None:
    assert said_of({**ROLE, field: value}) == sentences


@pytest.mark.parametrize(
    ("field", "value", "sentences"),
    [
        ("access_key_id", "A" * 15, ["credentials.access_key_id must have at least 16 characters."]),
        ("access_key_id", "A" * 16, []),
        ("access_key_id", "A" * 128, []),
        ("access_key_id", "A" * 129, ["credentials.access_key_id must have at most 128 characters."]),
        (
            "access_key_id",
            "AKIA-IOSFODNN7EXAMPLE",
            ["credentials.access_key_id must look like this: an access key id such as AKIAIOSFODNN7EXAMPLE."],
        ),
        ("secret_access_key", 1, ["credentials.secret_access_key must be of type string."]),
        ("session_token", ["x"], ["credentials.session_token must be of type string."]),
        ("session_token", None, []),
        ("session_token", "", []),
    ],
)
def test_a_key_is_held_to_the_limits_of_iam(field: str, value: object, sentences: list[str]) -> None:
    assert said_of({**KEY, field: value}) == sentences


@pytest.mark.parametrize(
    ("arn", "region"),
    [
        (ARN, "us-east-1"),
        ("arn:aws:iam::123456789012:role/teams/data/Airbyte_Read+=,.@-", "ap-southeast-7"),
        ("arn:aws-us-gov:iam::123456789012:role/r", "us-gov-west-1"),
        ("arn:aws-cn:iam::123456789012:role/r", "cn-north-1"),
        ("arn:aws-eusc:iam::123456789012:role/r", "eusc-de-east-1"),
        ("arn:aws-iso-b:iam::123456789012:role/r", "us-isob-east-1"),
    ],
)
def test_a_role_of_any_partition_is_accepted_with_a_region_of_it(arn: str, region: str) -> None:
    assert said_of({**ROLE, "role_arn": arn}, region=region) == []


@pytest.mark.parametrize(
    "arn",
    [
        "airbyte-read-role-of-the-account",
        "arn:aws:iam::123456789012:user/airbyte",
        "arn:aws:iam::12345678901:role/eleven-digits",
        "arn:aws:iam:us-east-1:123456789012:role/r",
        "arn:aws:sts::123456789012:assumed-role/r/session",
        "arn:aws:iam::123456789012:role/",
        "arn:aws:iam::123456789012:role/any*",
        "arn:gcp:iam::123456789012:role/r",
        f" {ARN}",
        f"{ARN} ",
    ],
)
def test_an_arn_that_is_no_role_s_is_answered_with_one_that_is(arn: str) -> None:
    assert said_of({**ROLE, "role_arn": arn}) == [ARN_SHAPE]


@pytest.mark.parametrize(
    ("length", "sentences"),
    [(19, ["must have at least 20 characters."]), (20, []), (2048, []), (2049, ["must have at most 2048 characters."])],
)
def test_an_arn_has_the_length_that_sts_allows(length: int, sentences: list[str]) -> None:
    arn = "arn:aws:iam::123456789012:role/".ljust(length, "r")
    said = [sentence for sentence in said_of({**ROLE, "role_arn": arn[:length]}) if "characters" in sentence]

    assert said == [f"credentials.role_arn {sentence}" for sentence in sentences]


def test_a_role_of_another_partition_than_the_region_is_pointed_out() -> None:
    choose = "Choose a region of the role's partition."

    assert said_of({**ROLE, "role_arn": "arn:aws-us-gov:iam::123456789012:role/r"}) == [
        f"credentials.role_arn lies in the partition aws-us-gov, but region us-east-1 in aws. {choose}"
    ]
    assert said_of(ROLE, region="cn-north-1") == [
        f"credentials.role_arn lies in the partition aws, but region cn-north-1 in aws-cn. {choose}"
    ]
    assert said_of(KEY, region="cn-north-1") == []


@pytest.mark.parametrize(
    ("credentials", "sentences"),
    [
        (ROLE | {"access_key_id": KEY["access_key_id"]}, [TOGETHER]),
        (ROLE | {"secret_access_key": "s"}, [TOGETHER]),
        (ROLE | {"session_token": "t"}, [NEEDS_KEY]),
        (ROLE | {"secret_access_key": "s", "session_token": "t"}, [TOGETHER, NEEDS_KEY]),
        (ROLE | BASE | {"access_key_id": TEMPORARY["access_key_id"]}, [NEEDS_TOKEN]),
        (KEY | {"access_key_id": TEMPORARY["access_key_id"]}, [NEEDS_TOKEN]),
        (KEY | {"access_key_id": TEMPORARY["access_key_id"], "session_token": ""}, [NEEDS_TOKEN]),
    ],
)
def test_the_parts_of_a_key_belong_together(credentials: Config, sentences: list[str]) -> None:
    assert said_of(credentials) == sentences


@pytest.mark.parametrize(
    ("region", "sentences"),
    [
        ("us-east-1", []),
        ("us-gov-east-1", []),
        ("zz-qqqqq-99", ["region is not a Region of AWS."]),
        ("us-east1", [REGION_SHAPE]),
        ("US-EAST-1", [REGION_SHAPE]),
        ("us-east-1a", [REGION_SHAPE]),
        ("N. Virginia", [REGION_SHAPE]),
        (1, ["region must be of type string."]),
    ],
)
def test_the_home_region_is_one_that_aws_has(region: object, sentences: list[str]) -> None:
    assert said_of(KEY, region=region) == sentences


@pytest.mark.parametrize(
    ("regions", "sentences"),
    [
        ([], []),
        (["us-east-1"], []),
        (["us-east-1", "zz-qqqqq-99"], ["regions.1 (zz-qqqqq-99) is not a Region of AWS."]),
        (["us-east-1", "us-east-1"], ["regions must not name anything twice."]),
        (["us-east-1", "east"], ["regions.1 must look like this: a Region name such as us-east-1."]),
        ("us-east-1", ["regions must be of type array."]),
        ([1], ["regions.0 must be of type string."]),
        (
            ["us-east-1", "cn-north-1", "us-gov-west-1"],
            [
                "regions.1 (cn-north-1) lies in the partition aws-cn, but region us-east-1 in aws.",
                "regions.2 (us-gov-west-1) lies in the partition aws-us-gov, but region us-east-1 in aws.",
            ],
        ),
    ],
)
def test_regions_are_those_that_aws_has_in_the_partition(regions: object, sentences: list[str]) -> None:
    assert said_of(ROLE, regions=regions) == sentences


@pytest.mark.parametrize("region", ["us-eats-1", "us-east-11", "us-esat-1"])
def test_a_misspelt_region_is_answered_with_what_was_probably_meant(region: str) -> None:
    (home,) = said_of(KEY, region=region)
    (listed,) = said_of(KEY, regions=[region])

    assert home.startswith("region is not a Region of AWS; did you mean ")
    assert listed.startswith(f"regions.0 ({region}) is not a Region of AWS; did you mean ")
    for sentence in (home, listed):
        assert re.search(r"\bus-east-1\b", sentence.split("did you mean")[1])


@pytest.mark.parametrize(
    ("start_date", "sentences"),
    [
        ("2026-01-01T00:00:00Z", []),
        ("2026-01-01", [DATE_SHAPE]),
        ("2026-01-01T00:00:00", [DATE_SHAPE]),
        ("2026-01-01T00:00:00+02:00", [DATE_SHAPE]),
        ("2026-01-01T00:00:00.000Z", [DATE_SHAPE]),
        ("2026-01-01 00:00:00Z", [DATE_SHAPE]),
        ("yesterday", [DATE_SHAPE]),
        (1767225600, ["start_date must be of type string."]),
    ],
)
def test_a_start_date_is_written_in_one_way(start_date: object, sentences: list[str]) -> None:
    assert said_of(ROLE, start_date=start_date) == sentences


@pytest.mark.parametrize("start_date", ["2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:01Z"])
def test_a_start_date_is_one_that_exists(start_date: str) -> None:
    assert said_of(ROLE, start_date=start_date) == ["start_date is not a date and time that exists."]


@pytest.mark.parametrize(
    ("endpoint_url", "sentences"),
    [
        ("", []),
        ("https://host", []),
        ("http://localhost:5000/", []),
        ("host:5000", [URL_SHAPE]),
        ("ftp://host", [URL_SHAPE]),
        ("https://", [URL_SHAPE]),
        ("https:///path", [URL_SHAPE]),
        (5000, ["endpoint_url must be of type string."]),
        *((url, []) for url in ("https://host:", "http://[::1]:5000", "http://127.0.0.1:1/path", "https://a-b.c.")),
        *(
            (url, ["endpoint_url is no web address: its host or port cannot be read."])
            for url in ("https://host:99999", "http://[::1", "https://host:port", "http://[x]/")
        ),
        *(
            (url, ["endpoint_url is no web address: its host is no name or address."])
            for url in ("http://-", "https://a_b", "https://a..b", f"https://{'a' * 64}.com", "https://\\host")
        ),
        *(
            (
                url,
                [
                    "endpoint_url must not hold a user name or password: AWS takes neither, and it would be printed.",
                ],
            )
            for url in ("https://user:password@host", "https://user@host:8443/", "https://:@host")
        ),
        *(
            (url, ["endpoint_url must end with its host, port or path: what follows ? or # would be lost."])
            for url in ("https://host/?X=1", "https://host?token", "https://host#x")
        ),
        ("https://host:0", ["endpoint_url has port 0, to which nothing can be sent."]),
        *((f"https://host/{character}", [DAMAGED.format("endpoint_url")]) for character in "é\0\x7f\ud83d"),
    ],
)
def test_an_endpoint_is_a_web_address(endpoint_url: object, sentences: list[str]) -> None:
    assert said_of(ROLE, endpoint_url=endpoint_url) == sentences


@pytest.mark.parametrize(
    ("field", "value", "sentences"),
    [
        ("lookback_minutes", -1, ["lookback_minutes must be at least 0."]),
        ("lookback_minutes", 0, []),
        ("lookback_minutes", 20160, []),
        ("lookback_minutes", 20161, ["lookback_minutes must be at most 20160."]),
        ("lookback_minutes", 1.5, ["lookback_minutes must be of type integer."]),
        ("lookback_minutes", 90.0, []),
        ("lookback_minutes", math.inf, ["lookback_minutes must be of type integer."]),
        ("lookback_minutes", math.nan, ["lookback_minutes must be of type integer."]),
        ("lookback_minutes", 10**400, ["lookback_minutes must be at most 20160."]),
        ("iam_requests_per_second", math.inf, ["iam_requests_per_second must be of type number."]),
        ("iam_requests_per_second", math.nan, ["iam_requests_per_second must be of type number."]),
        ("num_workers", 0, ["num_workers must be at least 1."]),
        ("num_workers", 1, []),
        ("num_workers", 50, []),
        ("num_workers", 51, ["num_workers must be at most 50."]),
        ("num_workers", True, ["num_workers must be of type integer."]),
        ("lookup_requests_per_second", 0.09, ["lookup_requests_per_second must be at least 0.1."]),
        ("lookup_requests_per_second", 0.1, []),
        ("lookup_requests_per_second", 1000, []),
        ("lookup_requests_per_second", 1001, ["lookup_requests_per_second must be at most 1000."]),
        ("lookup_requests_per_second", "2", ["lookup_requests_per_second must be of type number."]),
    ],
)
def test_a_number_is_held_to_its_limits(field: str, value: object, sentences: list[str]) -> None:
    assert said_of(ROLE, **{field: value}) == sentences


@pytest.mark.parametrize(
    ("mode", "shards", "is_read"),
    [
        ("trail_bucket", {}, True),
        ("trail_bucket", {"shard_index": 3, "shard_count": 4}, True),
        ("trail_bucket", {"shard_index": 4, "shard_count": 4}, False),
        ("trail_bucket", {"shard_index": 1}, False),
        ("event_history", {"shard_index": 1}, True),
    ],
)
def test_a_shard_is_one_of_those_that_there_are(mode: str, shards: Config, *, is_read: bool) -> None:
    sentence = (
        "audit_source.shard_index must be less than audit_source.shard_count: shards are numbered from 0 on, and "
    )
    said = said_of(ROLE, audit_source={"mode": mode, "bucket": "acme-cloudtrail-logs", **shards})
    assert said == ([] if is_read else [f"{sentence}this one would read nothing."])


@pytest.mark.parametrize("role_arn", ["none", "arn:aws-cn:iam::123456789012:role/r"])
def test_what_is_left_over_from_the_other_way_to_sign_in_does_not_matter(role_arn: str) -> None:
    assert said_of({**KEY, "role_arn": role_arn}) == []


@pytest.mark.parametrize(
    "config",
    [
        {"event_selection": {"mode": "all", "include_read_only": [], "attribute_key": 5}},
        {"event_selection": {"mode": "write_only", "attribute_value": {}, "insights": True}},
        {"event_selection": {"mode": "identity", "attribute_value": "x", "unknown": 1}},
        {"accounts": {"scope": "current", "roles": [5], "role_name": [], "external_id": 1}},
        {"accounts": {"scope": "list", "roles": [{"role_arn": ARN, "more": 1e400}], "include_ous": 5}},
        {"accounts": {"scope": "organization", "role_name": "r", "roles": 5, "mode": None}},
        {"credentials": {**KEY, "external_id": 17, "duration_seconds": "long", "role_session_name": []}},
        {"unknown": {"\ud83d": "\ud83d"}, "another": "x" * 100_000},
    ],
)
def test_keys_of_another_choice_and_unknown_ones_do_not_matter(config: Config) -> None:
    config = {"credentials": ROLE, **config}
    assert problems(config, SPEC) == []
    Settings.of(config)


def test_whole_numbers_may_be_written_as_others(tmp_path: Path) -> None:
    floats = {"num_workers": 10.0, "accounts_to_check": 20.0, "lookback_minutes": 60.0}
    config: Config = {"credentials": {**ROLE, "duration_seconds": 3600.0}, **floats}
    assert problems(config, SPEC) == []
    settings = Settings.of(config)
    assert settings == Settings.of({"credentials": ROLE})
    assert settings.options.role
    for number in (settings.options.workers, settings.accounts.to_check, settings.options.role.duration_seconds):
        assert isinstance(number, int)


@pytest.mark.parametrize("damage", ["\ud83d", "\0", "é", "\x7f"])
@pytest.mark.parametrize("field", ["secret_access_key", "session_token"])
def test_a_secret_that_no_request_could_carry_is_a_problem(field: str, damage: str) -> None:
    assert said_of({**TEMPORARY, field: f"abc{damage}def"}) == [DAMAGED.format(f"credentials.{field}")]


@pytest.mark.parametrize("damage", ["\ud83d", "\0"])
def test_half_a_character_is_a_problem_also_where_other_writing_is_none(damage: str) -> None:
    chosen = {"mode": "attribute", "attribute_key": "Username", "attribute_value": "Jörg 日本"}
    assert said_of(ROLE, event_selection=chosen) == []
    assert said_of(ROLE, event_selection={**chosen, "attribute_value": damage}) == [
        "event_selection.attribute_value holds a NUL or one half of a character (a lone surrogate). Enter it again."
    ]


def test_a_text_has_a_length_that_servers_take() -> None:
    assert said_of({**TEMPORARY, "session_token": "x" * 16_384}) == []
    assert said_of({**TEMPORARY, "session_token": "x" * 100_000}) == [
        "credentials.session_token must have at most 16384 characters."
    ]


def test_all_problems_are_told_at_once() -> None:
    assert said_of({**ROLE, "external_id": "x", "duration_seconds": 1}, region="x", num_workers=0) == [
        REGION_SHAPE,
        "num_workers must be at least 1.",
        "credentials.external_id must have at least 2 characters.",
        "credentials.duration_seconds must be at least 900.",
    ]


LINE_BREAKS = [
    (ROLE, "role_arn", ARN),
    (ROLE, "external_id", "external"),
    (KEY, "access_key_id", KEY["access_key_id"]),
    (KEY, "secret_access_key", KEY["secret_access_key"]),
    (TEMPORARY, "session_token", TEMPORARY["session_token"]),
]


@pytest.mark.parametrize(("credentials", "field", "value"), LINE_BREAKS, ids=[field for _, field, _ in LINE_BREAKS])
def test_a_line_break_that_was_pasted_along_is_a_problem(credentials: Config, field: str, value: str) -> None:
    """In an HTTP header it makes urllib3 fail with the secret in its message."""
    said = said_of({**credentials, field: f"{value}\n"})

    assert [sentence.split(" ")[0] for sentence in said] == [f"credentials.{field}"]


# What is pasted into the wrong field is as long as a secret, and may have any of its characters.
secret = st.text("ABCDEFGHabcdefgh0123456789/+=-_.:@ \n", min_size=12, max_size=60)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=5,
)
credentials_of_any_kind = st.fixed_dictionaries(
    {"auth_type": st.sampled_from(["iam_role", "access_key"]) | json_values},
    optional={
        name: json_values | st.just(value) for name, value in {**ROLE, **TEMPORARY}.items() if name != "auth_type"
    },
)
configs = st.fixed_dictionaries(
    {},
    optional={
        "credentials": credentials_of_any_kind | json_values,
        **{name: json_values for name in FIELDS if name != "credentials"},
    },
)


@settings(deadline=None)
@given(secret, st.sampled_from([(ROLE, name) for name in ROLE_FIELDS] + [(TEMPORARY, name) for name in TEMPORARY]))
def test_what_was_entered_into_a_field_of_credentials_is_never_repeated(value: str, place: tuple[Config, str]) -> None:
    credentials, field = place
    assume(value not in str(SPEC))  # the examples in the form's own words
    for wrong in (value, [value], {value: value}):
        assert value not in " ".join(said_of({**credentials, field: wrong}))


@settings(deadline=None)
@given(secret, st.sampled_from(FIELDS))
def test_what_was_entered_into_any_other_field_is_never_repeated(value: str, field: str) -> None:
    assume(value not in str(SPEC))
    for wrong in (value, [value], {value: value}):
        assert value not in " ".join(problems({"credentials": ROLE, field: wrong}, SPEC))


@settings(deadline=None)
@given(configs)
@example({"credentials": None})
@example({"credentials": {"auth_type": []}})
@example({"credentials": {**KEY, "role_arn": "none"}})
def test_any_config_at_all_is_answered_in_sentences(config: Config) -> None:
    assert all(sentence[0].islower() and sentence.endswith((".", "?")) for sentence in problems(config, SPEC))


@settings(deadline=None)
@given(configs)
@example({"credentials": {**KEY, "access_key_id": "", "secret_access_key": ""}})
@example({"credentials": {**ROLE, "role_arn": ""}})
def test_a_config_without_problems_is_one_that_airbyte_accepts(config: Config) -> None:
    """Airbyte's own answer would be JSON schema, which names no field of the two ways to sign in."""
    if not problems(config, SPEC):
        assert Draft7Validator(SPEC).is_valid(filled_in(config))
        Settings.of(config)


WHOLE: list[Config] = [
    {
        "credentials": {**ROLE, **TEMPORARY, "auth_type": "iam_role", "external_id": "x-1", "duration_seconds": 900},
        "accounts": {"scope": "list", "roles": [{"role_arn": ARN, "external_id": "x-1"}]},
        "event_selection": {"mode": "attribute", "attribute_key": "Username", "attribute_value": "x"},
    },
    {
        "credentials": {**TEMPORARY},
        "accounts": {
            "scope": "organization",
            "role_name": "path/r",
            "include_ous": ["ou-ab12-cd34ef56"],
            "exclude_accounts": ["123456789012"],
        },
        "event_selection": {"mode": "identity", "include_read_only": False},
        "region": "us-east-1",
        "regions": ["us-east-1", "eu-west-1"],
        "start_date": "2026-01-01T00:00:00Z",
        "lookback_minutes": 60,
        "num_workers": 10,
        "iam_requests_per_second": 20,
        "endpoint_url": "https://host",
        "include_insights": True,
    },
]


def places(value: Any) -> list[list[Any]]:
    """The path of every part of `value`."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [[], *([name, *path] for name, part in parts for path in places(part))]


def changed(value: Any, path: list[Any], new: Any) -> Any:
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = changed(value[path[0]], path[1:], new)
    return copy


@st.composite
def with_something_odd(draw: st.DrawFn) -> Config:
    """A valid config with any JSON in one or two of its places, or with keys that it does not have."""
    config = draw(st.sampled_from(WHOLE))
    for _ in range(draw(st.integers(1, 2))):
        path = draw(st.sampled_from(places(config)[1:]))
        odd = draw(json_values | st.sampled_from([math.nan, math.inf, 10**400, 3600.0, "\ud83d", "x" * 20_000]))
        config = changed(config, path, odd)
    return config


@settings(deadline=None)
@given(with_something_odd())
def test_any_json_in_any_place_is_answered_in_sentences_or_makes_settings(config: Config) -> None:
    found = problems(config, SPEC)
    assert all(sentence[0].islower() and sentence.endswith((".", "?")) for sentence in found)
    if not found:
        Settings.of(config)
        filled = filled_in(config)
        Draft7Validator(SPEC).validate(filled)


MEMBERS = {"scope": "list", "roles": [{"role_arn": ARN}]}
ORGANIZATION = {"scope": "organization", "role_name": "audit/airbyte-read"}
ACCOUNTS: dict[str, tuple[Any, list[str]]] = {
    "this account": ({"scope": "current"}, []),
    "a list": (MEMBERS, []),
    "an empty external id": ({"scope": "list", "roles": [{"role_arn": ARN, "external_id": ""}]}, []),
    "an organization": ({**ORGANIZATION, "include_ous": ["ou-ab12-cd34ef56"], "exclude_accounts": ["1" * 12]}, []),
    "no scope": ({}, ["accounts.scope must be one of: current, list, organization."]),
    "no roles": ({"scope": "list"}, ["accounts.roles is missing."]),
    "an empty list": ({"scope": "list", "roles": []}, ["accounts.roles must have at least 1 item."]),
    "a role without an ARN": ({"scope": "list", "roles": [{}]}, ["accounts.roles.0.role_arn is missing."]),
    "a text for a role": ({"scope": "list", "roles": [ARN]}, ["accounts.roles.0 must be of type object."]),
    "a wrong ARN": (
        {"scope": "list", "roles": [{"role_arn": ARN}, {"role_arn": "arn:aws:iam::1:role/x-and-more"}]},
        ["accounts.roles.1.role_arn must look like this: arn:aws:iam::123456789012:role/path/name."],
    ),
    "a short external id": (
        {"scope": "list", "roles": [{"role_arn": ARN, "external_id": "?"}]},
        [
            "accounts.roles.0.external_id must have at least 2 characters.",
            "accounts.roles.0.external_id must look like this: 2 to 1224 of A-Z a-z 0-9 _ + = , . @ : / -.",
        ],
    ),
    "an account twice": (
        {"scope": "list", "roles": [{"role_arn": ARN}, {"role_arn": f"{ARN}-2"}]},
        [
            (
                "accounts.roles.1.role_arn is in the same account as accounts.roles.0.role_arn. "
                "Enter one role for each account."
            )
        ],
    ),
    "another partition": (
        {"scope": "list", "roles": [{"role_arn": ARN.replace("arn:aws:", "arn:aws-cn:")}]},
        [
            (
                "accounts.roles.0.role_arn lies in the partition aws-cn, but region us-east-1 in aws. "
                "Choose a region of the role's partition."
            )
        ],
    ),
    "a path with a slash before it": (
        {**ORGANIZATION, "role_name": "/audit/read"},
        ["accounts.role_name must look like this: path/name or name."],
    ),
    "a unit by its name": (
        {**ORGANIZATION, "include_ous": ["Production"]},
        ["accounts.include_ous.0 must look like this: the id of a unit such as ou-ab12-cd34ef56."],
    ),
    "a short account id": (
        {**ORGANIZATION, "exclude_accounts": ["123"]},
        ["accounts.exclude_accounts.0 must look like this: an account id of 12 digits."],
    ),
}


@pytest.mark.parametrize(("accounts", "expected"), ACCOUNTS.values(), ids=ACCOUNTS)
def test_what_is_wrong_with_accounts_is_said_item_by_item(accounts: Any, expected: list[str]) -> None:
    assert sorted(said_of(ROLE, accounts=accounts)) == expected
