"""Applications and trusted token issuers of IAM Identity Center, as a sync of the home account has to bring them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from embedded_aws.server.applications import Application
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.identity_center import Instance
from embedded_aws.truth.identity_center import principal_name, seen
from embedded_aws.truth.values import Row


def applications(aws: Cloud) -> Iterator[Row]:
    for instance, one in _applications(aws):
        yield {
            "instance_arn": instance.arn,
            "identity_store_arn": instance.store_arn,
            "application_arn": one.arn,
            "application_provider_arn": one.provider_arn,
            "name": one.name,
            "application_account": one.account,
            "status": one.status,
            "portal_options": _portal_options(one.portal_options),
            "description": one.description,
            "created_date": one.created,
            "created_from": one.created_from,
            "assignment_required": one.assignment_required,
            "tags": dict(one.tags),
            "unavailable_fields": [],
        }


def application_assignments(aws: Cloud) -> Iterator[Row]:
    for instance, one in _applications(aws):
        for kind, principal_id in one.assignments:
            yield {
                "instance_arn": instance.arn,
                "application_arn": one.arn,
                "application_name": one.name,
                "principal_type": kind,
                "principal_id": principal_id,
                "principal_name": principal_name(instance, principal_id),
                "unavailable_fields": [],
            }


def trusted_token_issuers(aws: Cloud) -> Iterator[Row]:
    for instance in seen(aws):
        for issuer in instance.issuers.values():
            yield {
                "instance_arn": instance.arn,
                "trusted_token_issuer_arn": issuer.arn,
                "name": issuer.name,
                "trusted_token_issuer_type": "OIDC_JWT",
                "trusted_token_issuer_configuration": {
                    "oidc_jwt_configuration": {
                        "issuer_url": issuer.issuer_url,
                        "claim_attribute_path": issuer.claim_attribute_path,
                        "identity_store_attribute_path": issuer.identity_store_attribute_path,
                        "jwks_retrieval_option": "OPEN_ID_DISCOVERY",
                    }
                },
                "tags": dict(issuer.tags),
                "unavailable_fields": [],
            }


def _applications(aws: Cloud) -> Iterator[tuple[Instance, Application]]:
    for instance in seen(aws):
        for one in instance.applications.values():
            yield instance, one


def _portal_options(options: dict[str, Any] | None) -> Row | None:
    if options is None:
        return None
    sign_in = options["SignInOptions"]
    return {
        "sign_in_options": {"origin": sign_in["Origin"], "application_url": sign_in.get("ApplicationUrl")},
        "visibility": options["Visibility"],
    }
