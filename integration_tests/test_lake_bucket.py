"""The bucket of a lake against embedded AWS: signing in, finding it, what `check` says, and what S3 has afterwards."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aws_calls.errors import AwsError, Outcome
from destination_security_lake.aws.bucket import Bucket
from destination_security_lake.aws.check import check
from destination_security_lake.aws.operations import OPERATIONS
from destination_security_lake.aws.session import LakeClients, Session
from destination_security_lake.config.settings import Settings
from destination_security_lake.config.sources import CHOICES
from embedded_aws import EmbeddedAws, Fault
from embedded_aws.control.faults import Kind
from embedded_aws.scenarios.lake import create_lake, create_provider_role
from embedded_aws.server.errors import NOT_SERVED
from embedded_aws.server.rendering import render_error
from embedded_aws.server.s3_bucket import Bucket as S3Bucket
from integration_tests.certificates import certificate
from tools.security_lake import lake_policy

ABROAD = "eu-west-1"
ACCOUNT = "123456789012"
SOURCE = "iam-user-inventory"
KEY = f"ext/{SOURCE}/region={ABROAD}/accountId={ACCOUNT}/eventDay=20260115/rows.parquet"
EXTERNAL_ID = "lake-external-id"
# More than one chunk of boto3's, and no multiple of one.
CONTENT = bytes(range(256)) * 9_000
KMS_KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd"
PUT = f"s3:PutObject in account {ACCOUNT}, Region {ABROAD}"
DENIED = f"The permission for {PUT} is missing. Add s3:PutObject to the policy of the role or user"


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as embedded:
        yield embedded


@pytest.fixture
def lake(aws: EmbeddedAws) -> S3Bucket:
    """The bucket of Security Lake, in another Region than the connection knows."""
    return create_lake(aws, region=ABROAD)


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    file = tmp_path / "rows.parquet"
    file.write_bytes(CONTENT)
    return file


def of_provider(aws: EmbeddedAws, lake: S3Bucket, source: str = SOURCE, **fields: Any) -> dict[str, Any]:
    """The config of a connection that has the provider role of a source."""
    role = create_provider_role(aws, lake, source, trusted=aws.account_id, external_id=EXTERNAL_ID)
    config = of_role(aws, lake, classes=["user_inventory"], **fields)
    config["credentials"] |= {"role_arn": role.arn, "external_id": EXTERNAL_ID}
    return config


def of_role(aws: EmbeddedAws, lake: S3Bucket, **fields: Any) -> dict[str, Any]:
    """The config of a connection that has the role of the connector."""
    return aws.config(url=f"s3://{lake.name}", **{"region": "", **fields})


def of_key(aws: EmbeddedAws, lake: S3Bucket) -> dict[str, Any]:
    """The config of a connection that has the key of the connector."""
    return aws.key_config(url=f"s3://{lake.name}", region="")


def refused(config: dict[str, Any]) -> AwsError:
    with pytest.raises(AwsError) as caught:
        check(Settings.of(config))
    return caught.value


def impatient(config: dict[str, Any]) -> Bucket:
    """The bucket of a connection that tries each call twice."""
    settings = Settings.of(config)
    session = Session(LakeClients(settings.options, attempts=2))
    session.sign_in()
    return Bucket.found(session, settings)


def stored(lake: S3Bucket) -> dict[str, bytes]:
    return {key: lake.planned(key).body for key in list(lake.keys())}


def actions(aws: EmbeddedAws) -> set[str]:
    return {action for _, _, action in aws.requests}


def test_check_says_who_writes_where_and_leaves_nothing_behind(aws: EmbeddedAws, lake: S3Bucket) -> None:
    said = check(Settings.of(of_provider(aws, lake)))

    who, where = said
    assert who == (
        f"arn:aws:sts::{ACCOUNT}:assumed-role/AmazonSecurityLake-Provider-{SOURCE}-{ABROAD}/"
        f"airbyte-destination-security-lake in account {ACCOUNT} writes to the bucket {lake.name} in Region {ABROAD}, "
        f"with region={ABROAD} in the keys."
    )
    assert where == (
        f"The bucket {lake.name} may be written below ext/{SOURCE}/. Nothing was written to find that out. Whether its "
        "key of AWS KMS may be used, if it has one, only the first upload tells."
    )
    assert stored(lake) == {}


def test_a_file_is_put_below_the_prefix_of_the_url_and_a_second_one_replaces_it(
    aws: EmbeddedAws, lake: S3Bucket, rows: Path
) -> None:
    bucket = Bucket.of(Settings.of({**of_role(aws, lake), "url": f"s3://{lake.name}/below/here/"}))
    bucket.put(KEY, rows)
    rows.write_bytes(b"others")
    bucket.put(KEY, rows)

    assert stored(lake) == {f"below/here/{KEY}": b"others"}


def test_the_provider_role_needs_no_call_that_its_boundary_denies(aws: EmbeddedAws, lake: S3Bucket, rows: Path) -> None:
    config = of_provider(aws, lake)
    check(Settings.of(config))
    Bucket.of(Settings.of(config)).put(KEY, rows)

    assert stored(lake) == {KEY: CONTENT}
    assert actions(aws) <= {one.action for one in OPERATIONS.values()}


def test_an_empty_file_is_put_too(aws: EmbeddedAws, lake: S3Bucket, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    Bucket.of(Settings.of(of_role(aws, lake))).put(KEY, tmp_path / "empty")

    assert stored(lake) == {KEY: b""}


def test_a_file_that_is_gone_is_said_as_the_system_says_it(aws: EmbeddedAws, lake: S3Bucket, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Bucket.of(Settings.of(of_role(aws, lake))).put(KEY, tmp_path / "gone")


def test_every_source_that_may_not_be_written_is_named_at_once(aws: EmbeddedAws, lake: S3Bucket) -> None:
    error = refused({**of_provider(aws, lake), "classes": [*CHOICES]})

    assert (error.outcome, error.denied) == (Outcome.ACT, True)
    assert str(error).startswith(DENIED)
    others = {"group-mgmt", "user-access", "account-change", "authentication", "api-activity"}
    for name in others:
        assert f"arn:aws:s3:::{lake.name}/ext/iam-{name}/*" in str(error)
    assert f"/ext/{SOURCE}/*" not in str(error)
    assert "The role is the provider role of a custom source, and may write that source alone" in str(error)
    assert stored(lake) == {}


def test_a_role_of_ones_own_is_told_which_permission_it_lacks(aws: EmbeddedAws, lake: S3Bucket) -> None:
    aws.allow("s3:ListBucket", "s3:GetObject")
    error = refused(of_role(aws, lake))

    assert str(error).startswith(DENIED)
    assert f"If the bucket belongs to another account than {ACCOUNT}, its bucket policy has to allow it too" in str(
        error
    )


def test_only_putting_objects_has_to_be_allowed(aws: EmbeddedAws, lake: S3Bucket, rows: Path) -> None:
    aws.allow("s3:PutObject")
    settings = Settings.of(of_role(aws, lake))
    assert check(settings)
    Bucket.of(settings).put(KEY, rows)

    assert stored(lake) == {KEY: CONTENT}


def test_the_policy_of_the_guide_is_enough_for_the_classes_of_the_default(
    aws: EmbeddedAws, lake: S3Bucket, rows: Path
) -> None:
    document = "".join(list(lake_policy())[1:-1])
    [_, of_key] = json.loads(document)["Statement"]
    aws.iam().get_role(aws.role_arn.rpartition("/")[2]).put_policy("guide", document)
    lake.kms_key_arn = of_key["Resource"]
    settings = Settings.of(of_role(aws, lake))
    check(settings)
    bucket = Bucket.of(settings)
    keys = {f"ext/{settings.source_name(one)}/rows.parquet" for one in settings.classes}
    for key in keys:
        bucket.put(key, rows)

    assert stored(lake).keys() == keys
    assert "ext/iam-api-activity/*" in str(refused(of_role(aws, lake, classes=["api_activity"])))


def test_a_put_that_is_denied_later_names_the_object(aws: EmbeddedAws, lake: S3Bucket, rows: Path) -> None:
    bucket = Bucket.of(Settings.of(of_provider(aws, lake)))
    with pytest.raises(AwsError, match="may write that source alone") as caught:
        bucket.put("ext/iam-group-mgmt/rows.parquet", rows)

    assert str(caught.value).startswith(DENIED)
    assert f"It was refused for arn:aws:s3:::{lake.name}/ext/iam-group-mgmt/rows.parquet." in str(caught.value)
    assert stored(lake) == {}


def test_a_lake_of_somebody_else_is_refused(aws: EmbeddedAws) -> None:
    lake = create_lake(aws, region=ABROAD, account_id="222222222222")
    lake.readers = set()
    error = refused(of_role(aws, lake))

    assert str(error).startswith(DENIED)
    assert "if that is not the account of your lake, correct url" in str(error)


def test_a_policy_of_the_organization_is_named_and_no_permission_is_asked_for(aws: EmbeddedAws, lake: S3Bucket) -> None:
    aws.accounts.denied[ACCOUNT] = ("s3:PutObject",)
    error = refused(of_role(aws, lake))

    assert f"The permission for {PUT} is denied by a service control policy (SCP)" in str(error)
    assert "bucket policy" not in str(error)


@pytest.mark.parametrize("external_id", ["another-one", None])
def test_a_wrong_or_missing_external_id_is_said(external_id: str | None, aws: EmbeddedAws, lake: S3Bucket) -> None:
    config = of_provider(aws, lake)
    config["credentials"]["external_id"] = external_id
    error = refused(config)

    assert error.outcome is Outcome.ACT
    assert "external_id equals the trust policy's sts:ExternalId" in str(error)
    assert "another-one" not in str(error)
    with pytest.raises(AwsError, match="external_id equals"):
        Bucket.of(Settings.of(config))


def test_a_role_that_does_not_exist_is_said(aws: EmbeddedAws, lake: S3Bucket) -> None:
    config = of_role(aws, lake)
    config["credentials"]["role_arn"] = f"arn:aws:iam::{ACCOUNT}:role/none"

    assert "The base identity may not assume the role" in str(refused(config))


def test_keys_that_aws_does_not_know_are_said(aws: EmbeddedAws, lake: S3Bucket) -> None:
    config = of_key(aws, lake)
    config["credentials"]["access_key_id"] = "AKIAIOSFODNN7EXAMPLE"

    assert "AWS does not know the access key that signed sts:GetCallerIdentity" in str(refused(config))


def test_temporary_keys_that_have_expired_are_said(aws: EmbeddedAws, lake: S3Bucket, rows: Path) -> None:
    issued = aws.client("sts").assume_role(RoleArn=aws.role_arn, RoleSessionName="test", ExternalId=aws.external_id)[
        "Credentials"
    ]
    config = of_key(aws, lake)
    config["credentials"] = {
        "auth_type": "access_key",
        "access_key_id": issued["AccessKeyId"],
        "secret_access_key": issued["SecretAccessKey"],
        "session_token": issued["SessionToken"],
    }
    bucket = Bucket.of(Settings.of(config))
    bucket.put(KEY, rows)
    aws.expire_sessions()
    with pytest.raises(AwsError, match="has expired and could not be renewed") as caught:
        bucket.put("ext/another", rows)

    assert caught.value.outcome is Outcome.ACT
    assert stored(lake) == {KEY: CONTENT}


@pytest.mark.parametrize("tls", [False, True])
def test_a_token_that_expires_in_mid_upload_is_renewed_and_the_whole_file_is_put(
    tls: bool, rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over TLS boto3 sends the file in chunks, with its checksum behind it."""
    pem = certificate(tmp_path / "server.pem") if tls else None
    if pem:
        monkeypatch.setenv("AWS_CA_BUNDLE", str(pem))
    with EmbeddedAws(certificate=pem) as aws:
        lake = create_lake(aws, region=ABROAD)
        bucket = Bucket.of(Settings.of(of_provider(aws, lake)))
        aws.reset_requests()
        # S3 says so when it has the whole request.
        aws.fail(Fault("s3:PutObject", "expired_token"))
        bucket.put(KEY, rows)

        assert stored(lake) == {KEY: CONTENT}
        assert aws.requests[ACCOUNT, "us-east-1", "sts:AssumeRole"] == 1
        assert lake.planned(KEY).content_encoding is None


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("kind", ["throttle", "internal_error", "unavailable", "reset"])
def test_what_ends_after_some_attempts_leaves_the_whole_file(
    kind: Kind, tls: bool, rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = certificate(tmp_path / "server.pem") if tls else None
    if pem:
        monkeypatch.setenv("AWS_CA_BUNDLE", str(pem))
    with EmbeddedAws(certificate=pem) as aws:
        lake = create_lake(aws, region=ABROAD)
        bucket = Bucket.of(Settings.of(of_role(aws, lake)))
        aws.fail(Fault("s3:PutObject", kind, times=2))
        bucket.put(KEY, rows)

        assert stored(lake) == {KEY: CONTENT}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("throttle", f"AWS kept throttling {PUT}. Sync again later"),
        ("internal_error", f"AWS kept failing at {PUT} (HTTP 500 InternalError). Sync again later."),
        ("unavailable", f"AWS kept failing at {PUT} (HTTP 503 ServiceUnavailable). Sync again later."),
    ],
)
def test_what_does_not_end_is_for_later_and_leaves_nothing(
    kind: Kind, said: str, aws: EmbeddedAws, lake: S3Bucket, rows: Path
) -> None:
    bucket = impatient(of_role(aws, lake))
    aws.fail(Fault("s3:PutObject", kind, times=None))
    with pytest.raises(AwsError) as caught:
        bucket.put(KEY, rows)

    assert caught.value.outcome is Outcome.LATER
    assert str(caught.value).startswith(said)
    assert stored(lake) == {}


def test_an_answer_without_the_name_of_what_was_stored_is_no_success(
    aws: EmbeddedAws, lake: S3Bucket, rows: Path
) -> None:
    bucket = Bucket.of(Settings.of(of_role(aws, lake)))
    aws.fail(Fault("s3:PutObject", "empty_body"))
    with pytest.raises(AwsError) as caught:
        bucket.put(KEY, rows)

    assert caught.value.is_broken_answer


@pytest.mark.parametrize("field", ["region", "url"])
def test_a_wrong_region_is_said_before_a_row_is_written_below_it(field: str, aws: EmbeddedAws, lake: S3Bucket) -> None:
    wrong = {"region": "ap-southeast-2", "url": f"https://{lake.name}.s3.ap-southeast-2.amazonaws.com"}
    config = {**of_role(aws, lake), field: wrong[field]}
    error = refused(config)

    assert error.outcome is Outcome.ACT
    assert str(error) == (
        f"The bucket {lake.name} is in Region {ABROAD}, and not in ap-southeast-2: s3:ListBucket in account {ACCOUNT}, "
        "Region ap-southeast-2 says so. Correct region or url, or leave region empty."
    )
    with pytest.raises(AwsError, match="Correct region or url"):
        Bucket.of(Settings.of(config))


def test_while_s3_does_not_say_the_region_nothing_is_written_below_another(aws: EmbeddedAws, lake: S3Bucket) -> None:
    aws.fail(Fault("s3:HeadBucket", "unavailable", times=None))
    with pytest.raises(AwsError, match=r"AWS kept failing at s3:ListBucket .*\(HTTP 503\)") as caught:
        impatient(of_role(aws, lake))

    assert caught.value.outcome is Outcome.LATER


def test_the_region_of_the_keys_is_that_of_the_bucket_unless_it_is_given(aws: EmbeddedAws, lake: S3Bucket) -> None:
    asked = Bucket.of(Settings.of(of_role(aws, lake)))
    given = Bucket.of(Settings.of(of_role(aws, lake, lake_region="eu-west-2")))

    assert (asked.region, asked.lake_region) == (ABROAD, ABROAD)
    assert (given.region, given.lake_region) == (ABROAD, "eu-west-2")


def test_a_bucket_that_does_not_exist_is_said(aws: EmbeddedAws, lake: S3Bucket, rows: Path) -> None:
    config = {**of_role(aws, lake), "url": "s3://no-such-lake"}
    said = "S3 has no bucket no-such-lake: s3:PutObject in account 123456789012, Region us-east-1 found none. "

    assert str(refused(config)).startswith(said)
    with pytest.raises(AwsError, match="S3 has no bucket no-such-lake"):
        Bucket.of(Settings.of(config)).put(KEY, rows)


def test_the_environment_signs_in_and_a_bucket_that_s3_does_not_know_is_said_before_anything_is_put(
    aws: EmbeddedAws, lake: S3Bucket, rows: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", aws.base_key.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", aws.base_key.secret_access_key)
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
    role = {"auth_type": "iam_role", "role_arn": aws.role_arn, "external_id": aws.external_id}
    config = {"credentials": role, "url": f"s3://{lake.name}"}
    Bucket.of(Settings.of(config)).put(KEY, rows)
    with pytest.raises(AwsError, match="S3 has no bucket no-such-lake: s3:ListBucket in account 123456789012"):
        Bucket.of(Settings.of({**config, "url": "s3://no-such-lake"}))

    assert stored(lake) == {KEY: CONTENT}


def test_a_bucket_of_ones_own_is_no_error_and_said(aws: EmbeddedAws) -> None:
    own = aws.create_bucket("lake-of-mine")
    [where, _] = check(Settings.of(of_role(aws, own)))

    assert where.endswith("in the keys. By its name, it is no bucket of Security Lake.")


def test_a_key_of_kms_that_may_not_be_used_is_said_by_the_first_upload(
    aws: EmbeddedAws, lake: S3Bucket, rows: Path
) -> None:
    lake.kms_key_arn = KMS_KEY
    settings = Settings.of(of_provider(aws, lake))
    assert check(settings)
    with pytest.raises(AwsError) as caught:
        Bucket.of(settings).put(KEY, rows)

    assert caught.value.outcome is Outcome.ACT
    assert (
        f"The permission kms:GenerateDataKey is missing, without which {PUT} cannot use what a customer managed key"
        in str(caught.value)
    )
    assert "Allow kms:GenerateDataKey on that key" in str(caught.value)
    assert "source_name" not in str(caught.value)
    assert stored(lake) == {}


def test_a_gateway_without_sts_and_regions_is_written_with_a_key(aws: EmbeddedAws, lake: S3Bucket, rows: Path) -> None:
    home = aws.create_bucket("lake-of-mine")
    aws.rewrite("sts:GetCallerIdentity", lambda call, _: _not_offered(call))
    aws.rewrite("s3:HeadBucket", lambda _, answer: _without_region(answer))
    settings = Settings.of(of_key(aws, home))
    [where, _] = check(settings)
    Bucket.of(settings).put(KEY, rows)

    assert where.startswith("The key writes to the bucket lake-of-mine in Region us-east-1")
    assert stored(home) == {KEY: CONTENT}


def _not_offered(call: Any) -> Any:

    return render_error(call, NOT_SERVED.to(call.protocol))


def _without_region(answer: Any) -> Any:

    return replace(answer, headers={name: value for name, value in answer.headers.items() if "region" not in name})


def test_nothing_that_is_logged_has_a_secret(
    aws: EmbeddedAws, lake: S3Bucket, rows: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    config = of_provider(aws, lake)
    said = [*check(Settings.of(config)), caplog.text]
    Bucket.of(Settings.of(config)).put(KEY, rows)
    secrets = [EXTERNAL_ID, aws.base_key.secret_access_key]
    secrets += [part for key in aws.sessions.issued() for part in (key.secret_access_key, key.session_token or "")]

    assert [secret for secret in secrets if secret in " ".join([*said, caplog.text])] == []
