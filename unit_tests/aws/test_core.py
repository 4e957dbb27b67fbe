"""What botocore's sessions read of the environment: always the network, and credentials where none are configured."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.config import Config
from botocore.credentials import create_credential_resolver
from botocore.session import Session

from aws_calls.core import SignInSession
from aws_calls.providers import providers
from source_aws_iam.aws.clients import SourceClients
from source_aws_iam.config import Settings

KEY = {"auth_type": "access_key", "access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "s" * 40}
ROLE = {"auth_type": "iam_role", "role_arn": "arn:aws:iam::123456789012:role/reader"}


def client(credentials: dict[str, str], service: str = "sts", **config: Any) -> Any:
    return SourceClients(Settings.of({"credentials": credentials, **config}).options).client(
        service, config.get("region", "us-east-1")
    )


@pytest.mark.parametrize("credentials", [KEY, ROLE], ids=["key", "environment"])
@pytest.mark.parametrize("value", ["legacy", "foo", ""])
@pytest.mark.parametrize(
    ("region", "domain"),
    [
        ("eu-west-1", "amazonaws.com"),
        ("us-gov-west-1", "amazonaws.com"),
        ("cn-north-1", "amazonaws.com.cn"),
    ],
)
def test_sts_is_that_of_the_region_whatever_the_environment_prefers(
    credentials: dict[str, str], value: str, region: str, domain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_STS_REGIONAL_ENDPOINTS", value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    address = f"https://sts.{region}.{domain}"
    assert client(credentials, region=region).meta.endpoint_url == address
    session = SignInSession(region=region, endpoint_url=None, config=Config())
    assert session.create_client("sts").meta.endpoint_url == address


def test_an_endpoint_variable_counts_only_where_the_environment_says_who_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert client(KEY).meta.endpoint_url == "https://sts.us-east-1.amazonaws.com"
    assert client(ROLE).meta.endpoint_url == "http://127.0.0.1:9"
    assert client(ROLE, endpoint_url="http://127.0.0.1:8").meta.endpoint_url == "http://127.0.0.1:8"
    session = SignInSession(region="eu-west-1", endpoint_url="http://127.0.0.1:8", config=Config())
    assert session.create_client("sts").meta.endpoint_url == "http://127.0.0.1:8"


@pytest.mark.parametrize("credentials", [KEY, ROLE], ids=["key", "environment"])
def test_the_network_is_that_of_the_environment(credentials: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    monkeypatch.setenv("AWS_CA_BUNDLE", "/etc/company.pem")
    made = client(credentials)
    assert made.meta.endpoint_url == "https://sts-fips.us-east-1.amazonaws.com"
    assert made._endpoint.http_session._verify == "/etc/company.pem"


@pytest.mark.parametrize("credentials", [KEY, ROLE], ids=["key", "environment"])
def test_an_empty_bundle_is_none_and_certificates_are_verified(
    credentials: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", "")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", " ")
    assert client(credentials)._endpoint.http_session._verify is True


def test_the_environment_is_searched_as_botocore_searches_it() -> None:
    """A provider that a newer botocore adds is to be added here too."""
    ours = providers(
        SignInSession(region="us-east-1", endpoint_url=None, config=Config()), region="us-east-1", seconds=1
    )
    theirs = create_credential_resolver(Session()).providers
    assert [provider.METHOD for provider in ours] == [provider.METHOD for provider in theirs]
