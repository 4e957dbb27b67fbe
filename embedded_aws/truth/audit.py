"""Audit events: the records that were planted, as columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from functools import reduce
from typing import Any, Final

from embedded_aws.server.cloud import Cloud
from embedded_aws.server.event_shape import event_of
from embedded_aws.truth.actors import who_acted
from embedded_aws.truth.values import Row

_RECORD_FIELDS: Final[Mapping[str, str]] = {
    "event_name": "eventName",
    "event_source": "eventSource",
    "event_version": "eventVersion",
    "event_type": "eventType",
    "event_category": "eventCategory",
    "management_event": "managementEvent",
    "read_only": "readOnly",
    "region": "awsRegion",
    "aws_region": "awsRegion",
    "recipient_account_id": "recipientAccountId",
    "vpc_endpoint_account_id": "vpcEndpointAccountId",
    "tls_version": "tlsDetails.tlsVersion",
    "tls_details": "tlsDetails",
    "addendum": "addendum",
    "edge_device_details": "edgeDeviceDetails",
    "event_context": "eventContext",
    "source_ip_address": "sourceIPAddress",
    "user_agent": "userAgent",
    "error_code": "errorCode",
    "error_message": "errorMessage",
    "request_id": "requestID",
    "shared_event_id": "sharedEventID",
    "api_version": "apiVersion",
    "vpc_endpoint_id": "vpcEndpointId",
    "session_credential_from_console": "sessionCredentialFromConsole",
    "actor_type": "userIdentity.type",
    "actor_arn": "userIdentity.arn",
    "actor_principal_id": "userIdentity.principalId",
    "actor_account_id": "userIdentity.accountId",
    "actor_user_name": "userIdentity.userName",
    "invoked_by": "userIdentity.invokedBy",
    "identity_provider": "userIdentity.identityProvider",
    "in_scope_of": "userIdentity.inScopeOf",
    "source_identity": "userIdentity.sessionContext.sourceIdentity",
    "assumed_root": "userIdentity.sessionContext.assumedRoot",
    "sign_in_session_arn": "userIdentity.sessionContext.signInSessionArn",
    "federated_provider": "userIdentity.sessionContext.webIdFederationData.federatedProvider",
    "session_issuer_arn": "userIdentity.sessionContext.sessionIssuer.arn",
    "mfa_authenticated": "userIdentity.sessionContext.attributes.mfaAuthenticated",
    "request_parameters": "requestParameters",
    "response_elements": "responseElements",
    "additional_event_data": "additionalEventData",
    "service_event_details": "serviceEventDetails",
    "insight_details": "insightDetails",
}
_BOOLEANS: Final = (
    *("management_event", "read_only", "session_credential_from_console"),
    *("mfa_authenticated", "assumed_root"),
)
_TIME: Final = "%Y-%m-%dT%H:%M:%SZ"


def audit_events(aws: Cloud) -> Iterator[Row]:
    return map(audit_event, aws.events.visible(account_id=aws.account_id))


def audit_event(recorded: Row) -> Row:
    """Return the columns of a record, whichever way it was read."""
    record = _redacted(recorded)
    wrapper = event_of(record, 0)
    row = {column: _at(record, path) for column, path in _RECORD_FIELDS.items()}
    return {
        **row,
        **{column: _boolean(row[column]) for column in _BOOLEANS},
        "event_id": record["eventID"],
        "event_time": datetime.strptime(record["eventTime"], _TIME).replace(tzinfo=timezone.utc),
        "username": wrapper.get("Username"),
        "access_key_id": wrapper.get("AccessKeyId"),
        "resources": [_resource(resource) for resource in wrapper["Resources"]] or None,
        "user_identity": record.get("userIdentity") or None,
        **who_acted(record, wrapper.get("Username")),
        "audit_source": "event_history",
        "log_file": None,
        "event": record,
        "event_text": None,
    }


def _resource(resource: Row) -> Row:
    return {"resource_type": resource.get("ResourceType"), "resource_name": resource.get("ResourceName")}


def _redacted(record: Row) -> Row:
    """What embedded AWS plants: the session tokens of AssumeRole, and the state of sign-ins in the console."""
    found = {**record}
    if _at(record, "responseElements.credentials.sessionToken"):
        credentials = {**record["responseElements"]["credentials"], "sessionToken": "REDACTED"}
        found["responseElements"] = {**record["responseElements"], "credentials": credentials}
    if login_to := _at(record, "additionalEventData.LoginTo"):
        redacted = re.sub("([?&])state=[^&]*", r"\1state=REDACTED", login_to)
        found["additionalEventData"] = {**record["additionalEventData"], "LoginTo": redacted}
    return found


def _at(record: Row, path: str) -> Any:
    def step(value: Any, name: str) -> Any:
        return value.get(name) if isinstance(value, dict) else None

    return reduce(step, path.split("."), record)


def _boolean(value: bool | str | None) -> bool | None:
    return {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else value
