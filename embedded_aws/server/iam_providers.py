"""SAML and OpenID Connect providers: lists that are not paged, and everything else one by one."""

from __future__ import annotations

from typing import Any

from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.iam_entities import no_such_entity
from embedded_aws.server.iam_shapes import seconds
from embedded_aws.server.principals import Principal


def list_saml_providers(cloud: Cloud, _call: Call, caller: Principal) -> dict[str, Any]:
    providers = sorted(cloud.iam(caller.account_id).saml_providers.values(), key=lambda provider: provider.arn)
    return {
        "SAMLProviderList": [
            {
                "Arn": provider.arn,
                "ValidUntil": seconds(provider.valid_until),
                "CreateDate": seconds(provider.create_date),
            }
            for provider in providers
        ]
    }


def get_saml_provider(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """moto keeps neither tags nor ids of SAML providers; the attributes are read if they have been set."""
    arn = call.params["SAMLProviderArn"]
    for provider in cloud.iam(caller.account_id).saml_providers.values():
        if provider.arn == arn:
            return {
                "SAMLProviderUUID": getattr(provider, "saml_provider_uuid", None),
                "SAMLMetadataDocument": provider.saml_metadata_document,
                "CreateDate": seconds(provider.create_date),
                "ValidUntil": seconds(provider.valid_until),
                "Tags": getattr(provider, "tags", []),
            }
    raise no_such_entity(f"Manifest not found for arn {arn}")


def list_open_id_connect_providers(cloud: Cloud, _call: Call, caller: Principal) -> dict[str, Any]:
    arns = sorted(cloud.iam(caller.account_id).open_id_providers)
    return {"OpenIDConnectProviderList": [{"Arn": arn} for arn in arns]}


def get_open_id_connect_provider(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    arn = call.params["OpenIDConnectProviderArn"]
    provider = cloud.iam(caller.account_id).open_id_providers.get(arn)
    if provider is None:
        raise no_such_entity(f"OpenIDConnect Provider not found for arn {arn}")
    return {
        "Url": provider.url,
        "ClientIDList": provider.client_id_list,
        "ThumbprintList": provider.thumbprint_list,
        "CreateDate": seconds(provider.create_date),
        "Tags": provider.get_tags(),
    }
