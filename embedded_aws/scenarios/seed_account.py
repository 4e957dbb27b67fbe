"""The account itself: identity providers, server certificates and the password policy."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from moto.iam.models import Certificate, IAMBackend

from embedded_aws.scenarios.seed_documents import GITHUB, KUBERNETES, SAML
from embedded_aws.scenarios.seed_ids import planted_id
from embedded_aws.scenarios.seed_times import past

_METADATA = '<?xml version="1.0"?><EntityDescriptor entityID="https://idp.example.com/{name}"/>'


def plant_account(backend: IAMBackend, rng: Random, now: datetime) -> None:
    _saml_providers(backend, rng, now)
    _oidc_providers(backend, rng, now)
    _server_certificates(backend, rng, now)
    backend.update_account_password_policy(
        allow_change_password=True,
        hard_expiry=False,
        max_password_age=90,
        minimum_password_length=14,
        password_reuse_prevention=24,
        require_lowercase_characters=True,
        require_numbers=True,
        require_symbols=False,
        require_uppercase_characters=True,
    )


def _saml_providers(backend: IAMBackend, rng: Random, now: datetime) -> None:
    """moto knows neither their tags nor their ids; the attributes are named after AWS's members."""
    for name, tags in ((SAML, [{"Key": "Owner", "Value": "Jürgen"}]), ("Other_IdP.example", [])):
        provider = backend.create_saml_provider(name, _METADATA.format(name=name))
        provider.create_date = past(rng, now)
        provider.valid_until = now + timedelta(days=365)
        provider.tags = tags  # type: ignore[attr-defined]
        provider.saml_provider_uuid = str(UUID(int=rng.getrandbits(128)))  # type: ignore[attr-defined]


def _oidc_providers(backend: IAMBackend, rng: Random, now: datetime) -> None:
    providers: tuple[tuple[str, list[str], list[dict[str, str]]], ...] = (
        (GITHUB, ["sts.amazonaws.com"], [{"Key": "Purpose", "Value": "CI/CD"}]),
        (KUBERNETES, ["sts.amazonaws.com", "cluster-admin"], []),
    )
    for url, clients, tags in providers:
        thumbprint = f"{rng.getrandbits(160):040x}"
        provider = backend.create_open_id_connect_provider(f"https://{url}", [thumbprint], clients, tags)
        provider.create_date = past(rng, now)


def _server_certificates(backend: IAMBackend, rng: Random, now: datetime) -> None:
    """moto files them under their ids, without dates."""
    for name, path in (("shop.example.com", "/"), ("old-cdn", "/cloudfront/")):
        body = f"-----BEGIN CERTIFICATE-----\n{name}\n-----END CERTIFICATE-----"
        certificate = Certificate(backend.account_id, backend.region_name, name, body, "made up", path=path)
        certificate.upload_date = past(rng, now)  # type: ignore[attr-defined]
        certificate.expiration = certificate.upload_date + timedelta(days=397)  # type: ignore[attr-defined]
        backend.certificates[planted_id("ASCA")] = certificate
