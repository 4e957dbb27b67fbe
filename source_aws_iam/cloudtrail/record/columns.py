"""From a CloudTrail record to the columns of its row, whatever source the record came from.

The column `event` has the complete record. The other columns are for filters and joins. Record fields:
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from source_aws_iam.cloudtrail.record.actor import actor, member
from source_aws_iam.cloudtrail.record.fields import Fields, as_json, as_text
from source_aws_iam.cloudtrail.record.on_behalf_of import on_behalf_of
from source_aws_iam.cloudtrail.record.sign_in import mfa_at_sign_in, sign_in_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_aws_iam.cloudtrail.record.fields import Json

# Column -> field of the record.
_TEXTS: Final[Mapping[str, str]] = {
    "event_version": "eventVersion",
    "event_type": "eventType",
    "event_category": "eventCategory",
    "aws_region": "awsRegion",
    "source_ip_address": "sourceIPAddress",
    "user_agent": "userAgent",
    "error_code": "errorCode",
    "error_message": "errorMessage",
    "request_id": "requestID",
    "shared_event_id": "sharedEventID",
    "api_version": "apiVersion",
    "vpc_endpoint_id": "vpcEndpointId",
}
# Column -> field whose shape every AWS service chooses for itself: JSON text, as AWS's own Athena tables have it.
_JSON: Final[Mapping[str, str]] = {
    "request_parameters": "requestParameters",
    "response_elements": "responseElements",
    "additional_event_data": "additionalEventData",
    "service_event_details": "serviceEventDetails",
    "insight_details": "insightDetails",
    "addendum": "addendum",
    "tls_details": "tlsDetails",
    "edge_device_details": "edgeDeviceDetails",
    "event_context": "eventContext",
}
# Column -> field of userIdentity.
_OF_IDENTITY: Final[Mapping[str, str]] = {
    "actor_type": "type",
    "actor_arn": "arn",
    "actor_principal_id": "principalId",
    "actor_user_name": "userName",
    "invoked_by": "invokedBy",
    "credential_id": "credentialId",
    "identity_provider": "identityProvider",
    "access_key_id": "accessKeyId",
    "sign_in_session_arn": "signInSessionArn",
}
_JSON_OF_IDENTITY: Final[Mapping[str, str]] = {"in_scope_of": "inScopeOf"}
# A resource in LookupEvents and in the record: its type, and its name.
_OF_RESOURCE: Final = (("ResourceType", "type"), ("ResourceName", "ARN", "ARNPrefix"))
# Column -> field of sessionContext.
_OF_SESSION: Final[Mapping[str, str]] = {
    "source_identity": "sourceIdentity",
    "sign_in_session_arn": "signInSessionArn",
}
_NO_SESSION: Final[Mapping[str, Json]] = dict.fromkeys(
    (*_OF_SESSION, "session_issuer_arn", "federated_provider", "assumed_root", "mfa_authenticated")
)


@dataclass(frozen=True)
class Beside:
    """What the source of a record says besides it, if anything. It takes precedence over the record."""

    username: str | None = None
    event_name: str | None = None
    event_source: str | None = None
    resources: list[dict[str, str | None]] | None = None
    read_only: bool | None = None
    access_key_id: str | None = None


NOTHING: Final = Beside()


def columns(record: Mapping[str, Json], fields: Fields, beside: Beside = NOTHING) -> dict[str, Json]:
    """Return the columns for one record. `fields` notes which of its fields are not of the type that AWS documents.

    What a record lacks is null. So is what has another type and cannot be converted without loss.
    """
    read_only = fields.boolean(record, "readOnly")
    return {
        "event_name": beside.event_name or fields.text(record, "eventName"),
        "event_source": beside.event_source or fields.text(record, "eventSource"),
        "username": beside.username,
        "resources": beside.resources or resources(fields, record, "resources"),
        "read_only": beside.read_only if read_only is None else read_only,
        "management_event": fields.boolean(record, "managementEvent"),
        "session_credential_from_console": fields.boolean(record, "sessionCredentialFromConsole", written=True),
        "recipient_account_id": fields.account_id(record, "recipientAccountId"),
        "vpc_endpoint_account_id": fields.account_id(record, "vpcEndpointAccountId"),
        **fields.texts(record, _TEXTS),
        **as_json(record, _JSON),
        "tls_version": as_text(member(record, "tlsDetails", "tlsVersion")),
        **_identity(fields, record, beside),
    }


def _identity(fields: Fields, record: Mapping[str, Json], beside: Beside) -> dict[str, Json]:
    """Return the columns that say who acted, and in which session."""
    identity = fields.members(record, "userIdentity")
    session = fields.members(identity, "sessionContext")
    of_session = _session(fields, session) if session else _NO_SESSION
    texts = fields.texts(identity, _OF_IDENTITY)
    name, kind = actor(record, identity, session, beside.username)
    return {
        **texts,
        **on_behalf_of(fields, record, identity, texts["credential_id"]),
        **sign_in_columns(record, identity),
        **as_json(identity, _JSON_OF_IDENTITY),
        **of_session,
        "user_identity": identity or None,
        "actor": name,
        "actor_kind": kind,
        "actor_account_id": fields.account_id(identity, "accountId"),
        "access_key_id": beside.access_key_id or texts["access_key_id"] or None,
        # It is beside the session in some records, and in it in others.
        "sign_in_session_arn": of_session["sign_in_session_arn"] or texts["sign_in_session_arn"],
        "mfa_used": _mfa_used(record, in_session=of_session["mfa_authenticated"]),
    }


def _session(fields: Fields, session: Mapping[str, Json]) -> dict[str, Json]:
    attributes = fields.members(session, "attributes")
    return {
        **fields.texts(session, _OF_SESSION),
        "session_issuer_arn": fields.text(fields.members(session, "sessionIssuer"), "arn"),
        "federated_provider": fields.text(fields.members(session, "webIdFederationData"), "federatedProvider"),
        "assumed_root": fields.boolean(session, "assumedRoot", written=True),
        "mfa_authenticated": fields.boolean(attributes, "mfaAuthenticated", written=True),
    }


def _mfa_used(record: Mapping[str, Json], *, in_session: bool | None) -> bool | None:
    at_sign_in = mfa_at_sign_in(record)
    return True in (at_sign_in, in_session) or (in_session if at_sign_in is None else at_sign_in)


def resources(fields: Fields, source: Mapping[str, Json], name: str) -> list[dict[str, str | None]] | None:
    """Return what LookupEvents or the record lists. A resource that is text is its name."""
    listed = source.get(name)
    if listed is None:
        return None
    if not isinstance(listed, list):
        fields.odd.append(name)
        return None
    found = []
    for item in listed:
        if isinstance(item, dict):
            kind, resource = (fields.text(item, *names) for names in _OF_RESOURCE)
            found.append({"resource_type": kind, "resource_name": resource})
        else:
            fields.odd.append(name)
            if isinstance(item, str):
                found.append({"resource_type": None, "resource_name": item})
    return found or None
