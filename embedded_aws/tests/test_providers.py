"""Embedded AWS's identity providers, server certificates and instance profiles."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws

METADATA = "<EntityDescriptor/>" + " " * 1000
ACCOUNT = "arn:aws:iam::123456789012"
TRUST = '{"Version": "2012-10-17", "Statement": []}'


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as embedded:
        yield embedded


def error_of(call: Any, **arguments: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def test_empty_lists_are_empty(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    assert iam.list_saml_providers()["SAMLProviderList"] == []
    assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == []
    assert iam.list_server_certificates()["ServerCertificateMetadataList"] == []
    assert iam.list_instance_profiles()["InstanceProfiles"] == []


def test_saml_providers_are_listed_without_their_metadata(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    for name in ("okta", "adfs"):
        iam.create_saml_provider(Name=name, SAMLMetadataDocument=METADATA)
    listed = iam.list_saml_providers()["SAMLProviderList"]
    assert [provider["Arn"] for provider in listed] == [f"{ACCOUNT}:saml-provider/{name}" for name in ("adfs", "okta")]
    assert {frozenset(provider) for provider in listed} == {frozenset({"Arn", "ValidUntil", "CreateDate"})}
    adfs = iam.get_saml_provider(SAMLProviderArn=listed[0]["Arn"])
    assert (adfs["SAMLMetadataDocument"], adfs["Tags"]) == (METADATA, [])
    assert (adfs["ValidUntil"], adfs["CreateDate"]) == (listed[0]["ValidUntil"], listed[0]["CreateDate"])
    aws.iam().saml_providers["okta"].tags = [{"Key": "a", "Value": "b"}]  # type: ignore[attr-defined]
    assert iam.get_saml_provider(SAMLProviderArn=listed[1]["Arn"])["Tags"] == [{"Key": "a", "Value": "b"}]
    assert error_of(iam.get_saml_provider, SAMLProviderArn=f"{ACCOUNT}:saml-provider/no") == ("NoSuchEntity", 404)


def test_open_id_connect_providers_are_listed_as_arns(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    arguments = {"ThumbprintList": ["c" * 40], "ClientIDList": ["sts.amazonaws.com"]}
    for host in ("token.example.com/path", "issuer.example.com"):
        iam.create_open_id_connect_provider(Url=f"https://{host}", Tags=[{"Key": "a", "Value": host}], **arguments)
    listed = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    assert listed == [
        {"Arn": f"{ACCOUNT}:oidc-provider/issuer.example.com"},
        {"Arn": f"{ACCOUNT}:oidc-provider/token.example.com/path"},
    ]
    provider = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=listed[1]["Arn"])
    assert provider["Url"] == "token.example.com/path"
    assert {name: provider[name] for name in arguments} == arguments
    assert provider["Tags"] == [{"Key": "a", "Value": "token.example.com/path"}]
    unknown = f"{ACCOUNT}:oidc-provider/example.org"
    assert error_of(iam.get_open_id_connect_provider, OpenIDConnectProviderArn=unknown) == ("NoSuchEntity", 404)


def test_server_certificates_come_in_pages_and_by_path(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    for number in range(5):
        arguments = {"CertificateBody": "body", "PrivateKey": "key", "Path": "/cloudfront/" if number % 2 else "/"}
        iam.upload_server_certificate(ServerCertificateName=f"c{number}", **arguments)
    certificate = aws.iam().get_server_certificate("c0")
    certificate.expiration = datetime(2027, 1, 2, 3, 4, 5)  # type: ignore[attr-defined] # noqa: DTZ001
    first = iam.list_server_certificates(MaxItems=3)
    second = iam.list_server_certificates(MaxItems=3, Marker=first["Marker"])
    listed = first["ServerCertificateMetadataList"] + second["ServerCertificateMetadataList"]
    assert [one["ServerCertificateName"] for one in listed] == [f"c{number}" for number in range(5)]
    assert len({one["ServerCertificateId"] for one in listed}) == 5
    assert (listed[0]["Arn"], listed[0]["Path"]) == (f"{ACCOUNT}:server-certificate/c0", "/")
    assert listed[0]["Expiration"] == datetime(2027, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    cut = iam.list_server_certificates(PathPrefix="/cloudfront/")["ServerCertificateMetadataList"]
    assert [one["ServerCertificateName"] for one in cut] == ["c1", "c3"]


def test_instance_profiles_come_in_pages_with_their_role(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    iam.create_role(RoleName="worker", AssumeRolePolicyDocument=TRUST, Tags=[{"Key": "a", "Value": "b"}])
    for number in range(5):
        tags = [{"Key": "a", "Value": "b"}]
        path = "/x/" if number else "/"
        iam.create_instance_profile(InstanceProfileName=f"i{number}", Path=path, Tags=tags)
    iam.add_role_to_instance_profile(InstanceProfileName="i4", RoleName="worker")
    first = iam.list_instance_profiles(PathPrefix="/x/", MaxItems=3)
    assert first["IsTruncated"] is True
    second = iam.list_instance_profiles(PathPrefix="/x/", MaxItems=3, Marker=first["Marker"])
    assert [len(page["InstanceProfiles"]) for page in (first, second)] == [3, 1]
    [last] = second["InstanceProfiles"]
    assert [role["RoleName"] for role in last["Roles"]] == ["worker"]
    assert "Tags" not in last
    assert "Tags" not in last["Roles"][0]
    assert first["InstanceProfiles"][0]["Roles"] == []
