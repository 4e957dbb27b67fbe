"""Applications, who is assigned to them, and trusted token issuers of IAM Identity Center.

https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListApplications.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from embedded_aws.server.applications import Application, TrustedTokenIssuer
from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.identity_center import Instance
from embedded_aws.server.identity_center_calls import (
    Operation,
    administered,
    asked_instance,
    for_owner,
    not_found,
    page,
)
from embedded_aws.server.principals import Principal

Result = dict[str, Any]

# The model allows MaxResults to be 100, and no list to be longer than this.
_PAGE = 50


def _list_applications(cloud: Cloud, call: Call, caller: Principal) -> Result:
    """All of an instance, or those of one account or provider. A member that is not the delegated administrator may
    list those of its own account only.
    """
    wanted = call.params.get("Filter", {})
    account, provider = wanted.get("ApplicationAccount"), wanted.get("ApplicationProvider")
    own = asked_instance(cloud, call, caller) if account == caller.account_id else None
    instance = own or administered(cloud, call, caller)
    found = [
        _application(instance, one)
        for one in instance.applications.values()
        if account in (None, one.account) and provider in (None, one.provider_arn)
    ]
    return page(call, "Applications", found, _PAGE)


def _application(instance: Instance, one: Application) -> Result:
    return {
        "ApplicationArn": one.arn,
        "ApplicationProviderArn": one.provider_arn,
        "Name": one.name,
        "ApplicationAccount": one.account,
        "InstanceArn": instance.arn,
        "IdentityStoreArn": instance.store_arn,
        "Status": one.status,
        "PortalOptions": one.portal_options,
        "Description": one.description,
        "CreatedDate": one.created,
        "CreatedFrom": one.created_from,
    }


def _of_application(answer: Callable[[Application, Call], Result]) -> Operation:
    def serve(instance: Instance, call: Call) -> Result:
        one = instance.applications.get(call.params["ApplicationArn"])
        if one is None:
            raise not_found("Application", call.params["ApplicationArn"])
        return answer(one, call)

    return for_owner(serve)


def _assignments(one: Application, call: Call) -> Result:
    listed = [
        {"ApplicationArn": one.arn, "PrincipalType": kind, "PrincipalId": principal_id}
        for kind, principal_id in one.assignments
    ]
    return page(call, "ApplicationAssignments", listed)


def _assignment_configuration(one: Application, _call: Call) -> Result:
    return {"AssignmentRequired": one.assignment_required}


def _list_issuers(instance: Instance, call: Call) -> Result:
    return page(call, "TrustedTokenIssuers", [_issuer(one) for one in instance.issuers.values()])


def _describe_issuer(instance: Instance, call: Call) -> Result:
    one = instance.issuers.get(call.params["TrustedTokenIssuerArn"])
    if one is None:
        raise not_found("TrustedTokenIssuer", call.params["TrustedTokenIssuerArn"])
    configuration = {
        "IssuerUrl": one.issuer_url,
        "ClaimAttributePath": one.claim_attribute_path,
        "IdentityStoreAttributePath": one.identity_store_attribute_path,
        "JwksRetrievalOption": "OPEN_ID_DISCOVERY",
    }
    return {**_issuer(one), "TrustedTokenIssuerConfiguration": {"OidcJwtConfiguration": configuration}}


def _issuer(one: TrustedTokenIssuer) -> Result:
    return {"TrustedTokenIssuerArn": one.arn, "Name": one.name, "TrustedTokenIssuerType": "OIDC_JWT"}


OPERATIONS: Mapping[str, Operation] = {
    "sso:DescribeTrustedTokenIssuer": for_owner(_describe_issuer),
    "sso:GetApplicationAssignmentConfiguration": _of_application(_assignment_configuration),
    "sso:ListApplicationAssignments": _of_application(_assignments),
    "sso:ListApplications": _list_applications,
    "sso:ListTrustedTokenIssuers": for_owner(_list_issuers),
}
