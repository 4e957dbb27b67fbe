"""Who may ask IAM Identity Center, in which Region, and the pages of its lists.

https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListInstances.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.errors import DENIED, AwsError
from embedded_aws.server.identity_center import Instance
from embedded_aws.server.paging import digest, seal, unseal
from embedded_aws.server.principals import Principal

Result = dict[str, Any]
Operation = Callable[[Cloud, Call, Principal], Result]

_SERVICE = "sso.amazonaws.com"
_LARGEST = 100


def visible_to(cloud: Cloud, caller: Principal) -> Iterator[Instance]:
    """Yield the instances that an account sees: its own, and that of its organization."""
    for instance in cloud.identity_center:
        shared = _of_organization(cloud, instance) and _is_in(cloud, caller)
        if shared or instance.owner == caller.account_id:
            yield instance


def for_administrator(answer: Callable[[Instance, Call], Result]) -> Operation:
    """Serve an operation that only the organization's instance has. Only the management account and the delegated
    administrator may make it.
    """

    def serve(cloud: Cloud, call: Call, caller: Principal) -> Result:
        instance = administered(cloud, call, caller)
        if not _of_organization(cloud, instance):
            text = "The operation is not supported for this Identity Center instance"
            raise AwsError("ValidationException", text)
        return answer(instance, call)

    return serve


def for_owner(answer: Callable[[Instance, Call], Result]) -> Operation:
    """Serve an operation that every instance has. Of the organization's, the same accounts may make it; of an account
    instance, its account.
    """

    def serve(cloud: Cloud, call: Call, caller: Principal) -> Result:
        return answer(administered(cloud, call, caller), call)

    return serve


def for_members(answer: Callable[[Instance, Call], Result]) -> Operation:
    """Serve an operation of an identity store, which every account that sees the instance may make."""

    def serve(cloud: Cloud, call: Call, caller: Principal) -> Result:
        asked = call.params.get("IdentityStoreId")
        for instance in visible_to(cloud, caller):
            if instance.store_id == asked and call.region == instance.region:
                return answer(instance, call)
        raise AwsError("ResourceNotFoundException", f"IdentityStore not present for IdentityStoreId: {asked}")

    return serve


def page(call: Call, records: str, items: Sequence[Any], most: int = _LARGEST) -> Result:
    """Return the page that the call asks for, with `most` items at most. A token belongs to one operation and its
    arguments.
    """
    size = int(call.params.get("MaxResults", _LARGEST))
    if not 1 <= size <= _LARGEST:
        raise AwsError("ValidationException", f"MaxResults must be 1 to {_LARGEST}.")
    start = _start(call) if "NextToken" in call.params else 0
    end = start + min(size, most)
    more = {"NextToken": seal([_purpose(call), end])} if end < len(items) else {}
    return {records: [sent(item) for item in items[start:end]], **more}


def sent(value: Any) -> Any:
    """Return a value as JSON sends it: times are seconds since 1970, and what is None is left out."""
    if isinstance(value, Mapping):
        return {name: sent(one) for name, one in value.items() if one is not None}
    if isinstance(value, list):
        return [sent(one) for one in value]
    return value.timestamp() if isinstance(value, datetime) else value


def not_found(what: str, name: object) -> AwsError:
    return AwsError("ResourceNotFoundException", f"{what} not found: {name}")


def administered(cloud: Cloud, call: Call, caller: Principal) -> Instance:
    """Return the instance that the call is about. Raises what AWS answers to an account that may not make the call."""
    instance = asked_instance(cloud, call, caller)
    delegated = cloud.organization.delegations.get(caller.account_id, []) if cloud.organization else []
    if instance and (caller.account_id == instance.owner or any(one.service == _SERVICE for one in delegated)):
        return instance
    text = f"User: {caller.arn} is not authorized to perform: {call.action} on resource: {_resource(call)}"
    raise DENIED.to(call.protocol, text)


def asked_instance(cloud: Cloud, call: Call, caller: Principal) -> Instance | None:
    """Return the instance that the call is about, if the caller sees it in this Region."""
    asked = _resource(call).split("/")[1:2]
    seen = (one for one in visible_to(cloud, caller) if call.region == one.region)
    return next((one for one in seen if asked == [one.id]), None)


def _resource(call: Call) -> str:
    """Return the ARN of the instance, or of what is in it: all of them have the instance's id in second place."""
    arguments = ("InstanceArn", "ApplicationArn", "TrustedTokenIssuerArn", "ResourceArn")
    return next((str(call.params[name]) for name in arguments if name in call.params), "")


def _of_organization(cloud: Cloud, instance: Instance) -> bool:
    return cloud.organization is not None and cloud.organization.management == instance.owner


def _is_in(cloud: Cloud, caller: Principal) -> bool:
    return cloud.organization is not None and caller.account_id in cloud.organization.members


def _start(call: Call) -> int:
    unsealed: Any = unseal(call.params["NextToken"])
    if not isinstance(unsealed, list) or unsealed[:1] != [_purpose(call)]:
        raise AwsError("ValidationException", "The NextToken is not valid for this request.")
    start: int = unsealed[1]
    return start


def _purpose(call: Call) -> str:
    return digest(call, {"NextToken", "MaxResults"})
